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
        missing = len(self.before.states) * self.before.width - len(self._entries)
        if missing:
            self._entries += [UNSEEN] * missing
        if missing or self._table is None:
            self._table = pl.Series(self._entries, dtype=pl.UInt32)
        return self._table

    def learn(self, codes: pl.DataFrame, states: pl.Series) -> pl.Series:
        """Works out what these rows need, and leads them on."""
        places = states if self.column is None else states + codes[self.column]
        known = self.table
        for place in places.unique().to_list():
            if self._entries[place] == UNSEEN:
                state, code = divmod(place, self.before.width)
                self._entries[place] = self.after.number(self.move(self.before.known(state), code)) * self.after.width
                self._table = None
        return (known if self._table is known else self.table).gather(places)


class Walk:
    """Steps one after the other."""

    def __init__(self, steps: Sequence[Step]) -> None:  # type: ignore[type-arg]  # each has its own kinds of state
        self.steps = tuple(steps)

    def of(self, start: pl.Expr) -> pl.Expr:
        """The last number of every row, UNSEEN where an entry is missing. `start`: the number that each begins with."""
        for step in self.steps:
            start = step.of(start)
        return start

    def lead(self, codes: pl.DataFrame, start: str) -> pl.Series:
        """The same, with every entry worked out that these rows need. `start`: the column of the first numbers."""
        last = codes.select(self.of(pl.col(start)).alias("last")).to_series()
        if not (last == UNSEEN).any():
            return last
        missing = codes.filter(last == UNSEEN)
        self.learn(missing, missing[start])
        return codes.select(self.of(pl.col(start)).alias("last")).to_series()

    def learn(self, codes: pl.DataFrame, start: pl.Series) -> pl.Series:
        """Works out every entry that these rows need; gives their last numbers."""
        for step in self.steps:
            start = step.learn(codes, start)
        return start
