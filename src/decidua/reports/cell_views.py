"""One guideline's cells as parts of the output contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from decidua.answers import AGAINST, FOR, SILENT, WEAK
from decidua.consult import Cell, Consultation, Finding, LegalState, PrecautionState, deciding_sets, explain
from decidua.guidelines import Statement
from decidua.language import Lang
from decidua.reports import models as m
from decidua.reports.evidence_views import EvidenceViews
from decidua.reports.wording import Wording

GROUPS: Sequence[tuple[m.Group, Iterable[str]]] = (
    ("for", FOR), ("against", AGAINST), ("weak", WEAK), ("silent", SILENT),
)  # fmt: skip


def group_of(possible: Sequence[str]) -> m.Group:
    """The screen group of the answers that are possible: open only where they fall into several."""
    return next((group for group, answers in GROUPS if set(possible) <= set(answers)), "open")


class CellViews:
    """Views of the cells of one consultation. `why`: with traces; `deciding`: with deciding sets."""

    def __init__(self, consultation: Consultation, lang: Lang, why: bool, deciding: bool) -> None:
        self.c, self.why, self.with_deciding, self.full = consultation, why, deciding, why or deciding
        self.w = consultation.knowledge.kept(Wording, lang)
        self.evidence = consultation.knowledge.kept(EvidenceViews, lang)
        self.done = dict(consultation.done)

    def guideline(self, id_: str) -> m.GuidelineView:
        meant, cells = self.w.k.guidelines[id_], [cell for cell in self.c.cells if cell.guideline == id_]
        return m.GuidelineView(
            id=id_,
            name=meant.name[self.w.lang],
            society=meant.society,
            year=meant.year,
            basis=meant.basis[self.w.lang],
            definition=self.definition(id_),
            tests=tuple(self.test(cell) for cell in cells if cell.option.startswith("test:")),
            options=tuple(m.OptionView(**self.option(cell)) for cell in cells if not cell.option.startswith("test:")),
        )

    def definition(self, id_: str) -> m.DefinitionView:
        meant = self.w.k.guidelines[id_]
        state = next(d for d in self.c.definitions if d.guideline == id_)
        return m.DefinitionView(
            met=state.met,
            says=meant.definition_says[self.w.lang],
            ko_status=meant.definition_says.ko_status,
            by_reading=tuple((self.w.choices(way), met) for way, met in state.by_reading),
            trace=self.w.trace(state.trace),
            cites=self.w.cites(meant.definition_cites),
        )

    def test(self, cell: Cell) -> m.TestView:
        return m.TestView(**self.option(cell), done=self.done[cell.option])

    def option(self, cell: Cell) -> dict[str, object]:
        return {
            "option": cell.option,
            "label": self.w.k.options[cell.option].label[self.w.lang],
            "answer": cell.answer,
            "group": group_of(cell.standing.possible),
            "possible": cell.standing.possible,
            "bound": cell.standing.bound,
            **self._readings(cell),
            **self._printed(cell),
            "statements": tuple(self.statement(f) for f in cell.findings if f.statement.kind != "remark"),
            "regimens": tuple(self.w.regimen(worked) for worked in cell.regimens),
            **self._around(cell),
            "notes": tuple(self.w.said(note) for note in cell.notes),
            "discrepancies": self.evidence.discrepancies(cell.guideline, cell.option) if self.full else (),
            "nearest": tuple(s.id for s in cell.nearest),
            "relevant": cell.relevant,
            "deciding": self.deciding(cell) if self.with_deciding else (),
        }

    def _readings(self, cell: Cell) -> dict[str, object]:
        branches = [branch for branch in cell.branches if branch.readings]
        return {
            "readings": tuple(map(self.w.branch, branches)),
            "depends_on": cell.readings,
        }

    def _printed(self, cell: Cell) -> dict[str, object]:
        """Every strength and certainty of the statements that speak, each once, never the highest alone."""
        return {
            "strength": tuple(dict.fromkeys(s.strength.printed for s in cell.speaking if s.strength.printed)),
            "certainty": tuple(dict.fromkeys(s.certainty.printed for s in cell.speaking if s.certainty.printed)),
        }

    def _around(self, cell: Cell) -> dict[str, object]:
        return {
            "before": tuple(map(self.precaution, cell.before)),
            "legal": tuple(map(self.legal, cell.legal)),
            "now": cell.now,
            "other_indications": tuple(self.w.said(indication) for indication in cell.other_indications),
        }

    def precaution(self, found: PrecautionState) -> m.PrecautionView:
        return m.PrecautionView(**self.w.said_parts(found.precaution), state=found.state)

    def legal(self, found: LegalState) -> m.LegalView:
        law = found.legal
        return m.LegalView(
            **self.w.said_parts(law), country=found.country, countries=law.countries, dated=law.dated
        )  # fmt: skip

    def deciding(self, cell: Cell) -> tuple[m.DecidingView, ...]:
        return tuple(map(self.w.deciding_set, deciding_sets(cell)))

    def statement(self, finding: Finding) -> m.StatementView:
        """Without a trace there are few that differ, so that each is made once."""
        if self.why:
            return self._statement(finding)
        key = ("statement", finding.statement.id, finding.applies, finding.by_reading, self.full)
        return self.w.once(key, self._statement, finding)

    def _statement(self, finding: Finding) -> m.StatementView:
        s, knowledge = finding.statement, self.w.k
        return m.StatementView(
            **self.w.once(("spoken", s.id), self._spoken, s),
            applies=finding.applies,
            by_reading=tuple((self.w.choices(way), applies) for way, applies in finding.by_reading),
            evidence=self.evidence.of(s.id) if self.full else (),
            trace=self.w.trace(explain(knowledge, s, self.c.patient.values)) if self.why else None,
        )

    def _spoken(self, s: Statement) -> dict[str, object]:
        """What a statement says to everybody."""
        return {
            **self.w.said_parts(s),
            "kind": s.kind,
            "answer": s.answer,
            "verb": s.verb,
            "because": self.w.text(s.because),
            "strength": s.strength.printed,
            "certainty": s.certainty.printed,
            "certainty_of": self.w.text(s.certainty.of),
            "population": self.w.words(self.w.k.own_populations[s.id]),
        }
