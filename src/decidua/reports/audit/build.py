"""An audit into its output contract, in one language. What is hidden is hidden here, once for every form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from decidua import __version__
from decidua.audit.models import Audit
from decidua.errors import UsageError
from decidua.guidelines import Knowledge
from decidua.language import Lang, Model, say
from decidua.reports.audit import models as m
from decidua.reports.audit.counts import count
from decidua.reports.audit.linked import whole, without_links
from decidua.reports.audit.options import OptionViews
from decidua.reports.audit.received import input_view
from decidua.reports.audit.rows import of_group, values_of
from decidua.reports.audit.suppress import pooled

if TYPE_CHECKING:
    from decidua.intake.cohort.description import Description

LEAST = 5
"""Smaller counts are hidden, unless the user says otherwise."""
MOST_COSTLY = 15


def build_audit_report(
    audit: Audit, knowledge: Knowledge, lang: Lang, *, least: int = LEAST, description: Description | None = None
) -> m.AuditReport:
    """Raises UsageError where fewer than `least` women are counted."""
    women = audit.about.rows - audit.about.refused
    if women < max(least, 1):
        raise UsageError("error.audit-few", given=women, least=least)
    return _Builder(audit, knowledge, lang, least, women).report(description)


class _Builder:
    def __init__(self, audit: Audit, knowledge: Knowledge, lang: Lang, least: int, women: int) -> None:
        self.a, self.k, self.lang, self.least, self.women = audit, knowledge, lang, least, women
        self.views = OptionViews(audit, knowledge, lang, least, women)

    def report(self, description: Description | None) -> m.AuditReport:
        definitions = tuple(whole(self.views.definition(id_)) for id_ in self.a.about.guidelines)
        options = tuple(without_links(self.views.option(option), definitions) for option in self._ordered())
        cells = [cell for option in options for cell in option.cells]
        made = m.AuditReport(
            language=self.lang,
            about=self._about(),
            input=input_view(description, self.lang, self.least) if description else None,
            guidelines=tuple((id_, self.views.society(id_)) for id_ in self.a.about.guidelines),
            groups=tuple(self._groups()),
            definitions=definitions,
            options=options,
            costly_facts=_costly((one.fact, one.label, one.women) for cell in cells for one in cell.unknowns),
            costly_readings=_costly((one.reading, f"{cell.name}: {one.question}", one.women) for cell in cells
                                    for one in cell.readings),
            notes=tuple(say(self.lang, f"audited.note-{name}", most=self.least - 1)
                        for name in self._notes(description)),
        )  # fmt: skip
        return made.model_copy(update={"about": made.about.model_copy(update={"hidden": _hidden(made)})})

    def _ordered(self) -> list[str]:
        return sorted(self.a.about.options, key=lambda id_: (id_.startswith("test:"), self.k.options[id_].rank, id_))

    def _notes(self, description: Description | None) -> Iterator[str]:
        yield from ("unknown", "answers", "open", "variation", "sums")
        if description and any(problem.key == "cohort.any-time" for problem in description.problems):
            yield "any-time"
        if self.least > 1:
            yield "hidden"

    def _about(self) -> m.AboutView:
        about, statements = self.a.about, self.k.statements.values()
        reviewed = sum(s.review.level == "clinician" for s in statements)
        said = {"hash": about.content, "reviewed": reviewed, "total": len(statements), "version": __version__}
        return m.AboutView(
            software=f"decidua {about.software}", content=about.content, statements=len(statements), reviewed=reviewed,
            as_of=about.as_of, synthetic=about.synthetic, seed=about.seed,
            watermark=say(self.lang, "audited.watermark") if about.synthetic else None,
            women=self.women, contradicting=about.refused, least=self.least, engine=about.engine, hidden=0,
            use=say(self.lang, "audited.use"), intended_use=say(self.lang, "report.use", **said),
        )  # fmt: skip

    def _groups(self) -> Iterator[m.GroupView]:
        """Sizes come from the first guideline's definition: every woman is in one of its rows."""
        first = [row for row in self.a.definitions if row.guideline == self.a.about.guidelines[0]]
        for group in self.a.about.groups:
            rows = of_group(first, group)
            values = values_of(rows)
            sizes = [sum(row.n for row in rows if row.value == value) for value in values]
            hidden = pooled(sizes, self.least)
            yield m.GroupView(group=group, values=tuple(
                m.ValueView(value=value, women=count(sizes[at], shown=at not in hidden))
                for at, value in enumerate(values)
            ))  # fmt: skip


def _costly(found: Iterator[tuple[str, str, m.Share]]) -> tuple[m.CostView, ...]:
    """Added up over cells; hidden counts are left out, else a sum less its shown parts would tell them."""
    sums: dict[str, tuple[str, int, int]] = {}
    for id_, label, women in found:
        _, answers, cells = sums.get(id_, (label, 0, 0))
        sums[id_] = (label, answers + (women.n or 0), cells + bool(women.n))
    costly = [m.CostView(id=id_, label=label, answers=n, cells=cells) for id_, (label, n, cells) in sums.items() if n]
    return tuple(sorted(costly, key=lambda one: (-one.answers, one.id))[:MOST_COSTLY])


def _hidden(part: object) -> int:
    """How many counts are hidden anywhere."""
    if isinstance(part, m.Count) and part.hidden:
        return 1
    if isinstance(part, Model):
        return sum(_hidden(getattr(part, name)) for name in type(part).model_fields)
    return sum(map(_hidden, part)) if isinstance(part, tuple) else 0
