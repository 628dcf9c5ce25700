"""Many patients led through one small table for each of their facts, all at once.

A state is whatever must be remembered of the facts read so far; a step is a table (state, code) → state. An entry is
worked out in Python when a row first needs it; from then on a step is one look-up. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import polars as pl

UNSEEN = 0
"""The number of a row that needs an entry which nobody has worked out yet."""
FEW = 1000
"""Rows whose missing entries are worked out before the others are looked at again."""
Before = TypeVar("Before", bound=Hashable)
After = TypeVar("After", bound=Hashable)


class Numbering(Generic[After]):
    """The states that occur at one point of a walk, numbered from 1. `width`: codes that the next step reads; rows
    carry the number times that, so that the place in its table is a sum."""

    def __init__(self, width: int = 1) -> None:
        self.width = width
        self.states: list[After | None] = [None]
        self._numbers: dict[After, int] = {}

    def number(self, state: After) -> int:
        if state not in self._numbers:
            self._numbers[state] = len(self.states)
            self.states.append(state)
        return self._numbers[state]

    def known(self, number: int) -> After:
        state = self.states[number]
        assert state is not None
        return state


class Step(Generic[Before, After]):
    """One table. `column`: of the codes; None where the step reads none."""

    def __init__(
        self, column: str | None, before: Numbering[Before], after: Numbering[After],
        move: Callable[[Before, int], After],
    ) -> None:  # fmt: skip
        self.column, self.before, self.after, self.move = column, before, after, move
        self._entries: list[int] = []
        self._table: pl.Series | None = None

    def of(self, state: pl.Expr) -> pl.Expr:
        place = state if self.column is None else state + pl.col(self.column)
        return pl.lit(self.table).gather(place)

    @property
    def table(self) -> pl.Series:
        self._lengthen()
        if self._table is None:
            self._table = pl.Series(self._entries, dtype=pl.UInt32)
        return self._table

    def lead(self, number: int, code: int) -> int:
        """One row from its number to the next, worked out if it is the first to come here."""
        self._lengthen()
        if self._entries[number + code] == UNSEEN:
            after = self.move(self.before.known(number // self.before.width), code)
            self._entries[number + code] = self.after.number(after) * self.after.width
            self._table = None
        return self._entries[number + code]

    def _lengthen(self) -> None:
        """As long as there are states before it."""
        if missing := len(self.before.states) * self.before.width - len(self._entries):
            self._entries += [UNSEEN] * missing
            self._table = None


class Walk:
    """Steps one after the other."""

    def __init__(self, steps: Sequence[Step]) -> None:  # type: ignore[type-arg]  # each has its own kinds of state
        self.steps = tuple(steps)

    def of(self, start: pl.Expr) -> pl.Expr:
        """The last number of every row, UNSEEN where an entry is missing. `start`: the number that each begins with."""
        for step in self.steps:
            start = step.of(start)
        return start

    def lead(self, codes: pl.DataFrame, start: pl.Expr) -> pl.Series:
        """The same, with every entry worked out that these rows need."""
        last = self._last(codes, start)
        if not (last == UNSEEN).any():
            return last
        self.learn(codes.filter(last == UNSEEN), start)
        return self._last(codes, start)

    def learn(self, missing: pl.DataFrame, start: pl.Expr) -> None:
        """Works out every entry that these rows need, a few rows at a time: those show most others the way."""
        columns = [pl.lit(0) if step.column is None else pl.col(step.column) for step in self.steps]
        asked = [start.alias("start"), *(column.alias(f"{at}") for at, column in enumerate(columns))]
        while not missing.is_empty():
            for number, *row in missing.head(FEW).select(asked).iter_rows():
                for step, code in zip(self.steps, row, strict=True):
                    number = step.lead(number, code)
            missing = missing.filter(self._last(missing, start) == UNSEEN)

    def _last(self, codes: pl.DataFrame, start: pl.Expr) -> pl.Series:
        return codes.select(self.of(start).alias("last")).to_series()
