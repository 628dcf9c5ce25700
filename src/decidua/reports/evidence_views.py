"""What statements rest on: study tables with the stored verdicts on their numbers; and what sources contradict.

Nothing is computed here: verdicts were stored when the numbers were recomputed (`decidua reproduce --write`).
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from decidua.evidence import Evidence, Verdict, read_evidence, read_verdicts
from decidua.facts.values import plain
from decidua.guidelines import Knowledge
from decidua.language import Lang
from decidua.reports import models as m
from decidua.reports.wording import Wording


class EvidenceViews:
    """Reads tables and verdicts when they are first asked for. Nothing here depends on a patient: `knowledge.kept`."""

    def __init__(self, knowledge: Knowledge, lang: Lang) -> None:
        self.w = knowledge.kept(Wording, lang)

    @cached_property
    def evidence(self) -> Evidence:
        return read_evidence(self.w.k.content)

    @cached_property
    def by_table(self) -> dict[str, list[Verdict]]:
        found: dict[str, list[Verdict]] = {}
        for verdict in read_verdicts().values():
            found.setdefault(verdict.ref.split("/", 1)[0], []).append(verdict)
        return found

    def of(self, statement: str) -> tuple[m.EvidenceView, ...]:
        """The tables that the statement rests on."""
        return self.w.once(("evidence", statement), self._of, statement)

    def _of(self, statement: str) -> tuple[m.EvidenceView, ...]:
        return tuple(self.table(id_) for id_ in self.evidence.rests_on(statement))

    def table(self, id_: str) -> m.EvidenceView:
        verdicts = self.by_table.get(id_, [])
        wrong = [verdict for verdict in verdicts if verdict.word == "mismatch"]
        return m.EvidenceView(
            table=id_,
            title=self.evidence.tables[id_].title[self.w.lang],
            claims=len(verdicts),
            mismatches=tuple(
                m.MismatchView(place=verdict.ref, printed=verdict.printed, recomputed=_shown(verdict.value))
                for verdict in wrong
            ),
        )

    def discrepancies(self, guideline: str, option: str) -> tuple[m.DiscrepancyView, ...]:
        """Contradictions that touch the option, of this guideline's rendering or of the talk itself."""
        return self.w.once(("discrepancies", guideline, option), self._discrepancies, guideline, option)

    def _discrepancies(self, guideline: str, option: str) -> tuple[m.DiscrepancyView, ...]:
        return tuple(
            m.DiscrepancyView(
                id=found.id,
                kind=found.kind,
                says=found.says[self.w.lang],
                effect=found.effect,
                reading=found.reading,
                places=self.w.cites(found.places),
            )
            for found in self.w.k.discrepancies.values()
            if option in found.touches and found.id.split(".", 1)[0] in (guideline, "talk")
        )


def _shown(value: float | None) -> str | None:
    return None if value is None else plain(Decimal(repr(value)))
