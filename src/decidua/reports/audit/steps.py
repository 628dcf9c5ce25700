"""Attrition: who is left after each step of a statement's conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decidua.audit.models import StepRow
from decidua.language import Lang
from decidua.reports.audit.counts import share
from decidua.reports.audit.models import AttritionView, StepView
from decidua.reports.audit.suppress import small

Three = tuple[int, int, int]


class Steps:
    """What the steps of one report tell, whichever statement they belong to.

    A step is shown whole or not at all. Its counts must not be small; nor may they differ by a small number from those
    of a shown step that asks for more or for less, because the difference is whom the other conditions leave out.
    """

    def __init__(self, least: int) -> None:
        self.least = least
        self._told: dict[frozenset[str], Three | None] = {}

    def shows(self, criteria: frozenset[str], now: Three) -> bool:
        """criteria: all that the step asks for. The same ones are shown everywhere or nowhere."""
        if criteria not in self._told:
            self._told[criteria] = now if self._may(criteria, now) else None
        return self._told[criteria] == now

    def _may(self, criteria: frozenset[str], now: Three) -> bool:
        if any(small(n, self.least) for n in now):
            return False
        nested = (told for others, told in self._told.items() if told and (others < criteria or others > criteria))
        return not any(
            small(abs(after - before), self.least) for told in nested for before, after in zip(told, now, strict=True)
        )


def attrition(rows: Sequence[StepRow], lang: Lang, steps: Steps) -> tuple[AttritionView, ...]:
    statements = dict.fromkeys(row.statement for row in rows)
    return tuple(
        AttritionView(
            statement=id_, steps=tuple(_steps([row for row in rows if row.statement == id_], lang, steps))
        )
        for id_ in statements
    )  # fmt: skip


def _steps(rows: Sequence[StepRow], lang: Lang, steps: Steps) -> Iterator[StepView]:
    criteria = frozenset[str]()
    for row in sorted(rows, key=lambda row: row.step):
        now, of = (row.yes, row.no, row.unknown), row.yes + row.no + row.unknown
        criteria |= {row.criterion}
        shown = steps.shows(criteria, now)
        yes, no, unknown = (share(n, of, shown=shown) for n in now)
        yield StepView(criterion=row.ko if lang == "ko" else row.en, yes=yes, no=no, unknown=unknown)
