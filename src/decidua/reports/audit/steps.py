"""Attrition: who is left after each step of a statement's conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decidua.audit.models import StepRow
from decidua.language import Lang
from decidua.reports.audit.counts import share
from decidua.reports.audit.models import AttritionView, StepView
from decidua.reports.audit.suppress import small

Three = tuple[int, int, int]


def attrition(rows: Sequence[StepRow], lang: Lang, least: int) -> tuple[AttritionView, ...]:
    statements = dict.fromkeys(row.statement for row in rows)
    return tuple(
        AttritionView(
            statement=id_, steps=tuple(_steps([row for row in rows if row.statement == id_], lang, least))
        )
        for id_ in statements
    )  # fmt: skip


def _steps(rows: Sequence[StepRow], lang: Lang, least: int) -> Iterator[StepView]:
    """A step is shown whole or not at all: its counts, and how they differ from the last step that is shown, must
    not be small, because their difference is whom this step left out."""
    last: Three = (0, 0, 0)
    for row in sorted(rows, key=lambda row: row.step):
        now, of = (row.yes, row.no, row.unknown), row.yes + row.no + row.unknown
        shown = not any(small(n, least) for n in now) and _may_follow(last, now, least)
        yes, no, unknown = (share(n, of, shown=shown) for n in now)
        last = now if shown else last
        yield StepView(criterion=row.ko if lang == "ko" else row.en, yes=yes, no=no, unknown=unknown)


def _may_follow(last: Three, now: Three, least: int) -> bool:
    return not any(small(abs(after - before), least) for before, after in zip(last, now, strict=True))
