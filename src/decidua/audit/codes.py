"""Facts as small numbers: each column becomes the code of what it says, and each code knows what it means.

A code stands for all values between which no criterion of the content and no answer can tell a difference, so that
everything after it is looked up in small tables. Code 0 of a yes-or-no or a choice is *unknown*; a number has one code
for every pair of (lowest, highest) span that it may be in. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from operator import add

import polars as pl

from decidua.answers import AnswerFunction
from decidua.answers.space import Break, Span, breaks_of, spans
from decidua.criteria import Compare, Criterion, facts_in, walk
from decidua.facts import Fact, Range, Value
from decidua.guidelines import Knowledge

STEP = Decimal("0.000001")
"""The nearest that two different amounts can be, as where a patient file says `> 5`."""


@dataclass(frozen=True)
class Coding:
    """How one fact, or one name that may be stated, is coded."""

    id: str
    choices: tuple[Value, ...] = (False, True)
    breaks: tuple[Break, ...] = ()
    numeric: bool = False
    integer: bool = False

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        return spans(self.breaks)

    @cached_property
    def meanings(self) -> tuple[Value | None, ...]:
        """What is known of a patient with this code; None: nothing."""
        if not self.numeric:
            return (None, *self.choices)
        count = len(self.spans)
        return tuple(self._between(low, high) for low in range(count) for high in range(count))

    def _between(self, low: int, high: int) -> Value | None:
        least, most = _first(self.spans[low]), _last(self.spans[high], self.integer)
        if least is None and most is None:
            return None
        return least if least is not None and least == most else Range(least, most)

    def expression(self, have: Collection[str]) -> pl.Expr:
        """The code of every row; a fact without a column is unknown."""
        if self.numeric:
            return self._number(have).cast(pl.UInt16)
        if self.id not in have:
            return pl.lit(0, dtype=pl.UInt16)
        if self.choices == (False, True):
            return (pl.col(self.id).cast(pl.UInt16) + 1).fill_null(0)
        listed = pl.Enum([str(choice) for choice in self.choices])
        return (pl.col(self.id).cast(listed).to_physical().cast(pl.UInt16) + 1).fill_null(0)

    def _number(self, have: Collection[str]) -> pl.Expr:
        last, nothing = len(self.breaks), pl.lit(None, dtype=pl.Float64)
        exact = pl.col(self.id).cast(pl.Float64) if self.id in have else nothing
        if f"{self.id}.low" not in have:
            span = self._span(exact)
            return (span * (last + 2)).fill_null(last)
        low = self._span(pl.coalesce(exact, pl.col(f"{self.id}.low"))).fill_null(0)
        high = self._span(pl.coalesce(exact, pl.col(f"{self.id}.high"))).fill_null(last)
        return low * (last + 1) + high

    def _span(self, value: pl.Expr) -> pl.Expr:
        """How many breaks lie at or before the value; null where there is none."""
        if not self.breaks:
            return pl.lit(0, dtype=pl.UInt16)
        past = (value >= float(at) if side == 0 else value > float(at) for at, side in self.breaks)
        return reduce(add, (one.cast(pl.UInt16) for one in past))


def _first(span: Span) -> Decimal | None:
    return None if span.low is None else span.low[0] + STEP * span.low[1]


def _last(span: Span, integer: bool) -> Decimal | None:
    if span.high is None:
        return None
    at, side = span.high
    return at if side else at - (1 if integer else STEP)


def codings(knowledge: Knowledge, functions: Iterable[AnswerFunction]) -> dict[str, Coding]:
    """A coding for every fact that a criterion or an answer rests on, and for every name that may be stated."""
    criteria = list(_criteria(knowledge))
    used = {fact for criterion in criteria for fact in facts_in(criterion)}
    leaves = [leaf for criterion in criteria for leaf in walk(criterion) if isinstance(leaf, Compare)]
    edges: dict[str, set[Break]] = {}
    for function in functions:
        for variable in function.diagrams.variables:
            if variable.kind == "fact":
                used.add(variable.id)
                cells = (cell for cell in variable.cells if isinstance(cell, Span))
                edges.setdefault(variable.id, set()).update(cell.low for cell in cells if cell.low)
    facts = {id_: fact for id_, fact in knowledge.vocabulary.facts.items() if id_ in used}
    found = {id_: _coding(fact, leaves, edges.get(id_, set())) for id_, fact in facts.items()}
    return found | {name: Coding(name) for name in sorted(knowledge.stated)}


def _criteria(knowledge: Knowledge) -> Iterator[Criterion]:
    for by_id in (knowledge.names, knowledge.definitions, knowledge.populations):
        yield from by_id.values()


def _coding(fact: Fact, leaves: Iterable[Compare], edges: set[Break]) -> Coding:
    if not fact.numeric:
        return Coding(fact.id, fact.choices if fact.type == "choice" else (False, True))
    integer = fact.type == "integer"
    own = breaks_of((leaf for leaf in leaves if leaf.fact == fact.id), integer)
    breaks = sorted({*own, *edges})
    return Coding(fact.id, (), tuple(at for at in breaks if not integer or at[0] > 0), True, integer)
