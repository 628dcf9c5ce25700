"""Which unknown facts can still change an answer, counted over the rows of a cohort whose answer is open.

Rows with the same codes wait together, from whatever batch, and are followed once. Needs the extra `columns`.
"""

from __future__ import annotations

from collections import Counter
from math import prod

import polars as pl

from decidua.audit.cells import CellColumn
from decidua.audit.left_open import LeftOpen
from decidua.audit.questions import packed

MOST_WAITING, AT_ONCE = 1 << 20, 1 << 17
"""Combinations of codes that may wait, and that are followed together: few enough for memory."""


class StillOpen:
    """The counts of one column. `add` takes what `distinct` gives."""

    def __init__(self, column: CellColumn) -> None:
        assert column.states is not None
        self.column, self.states = column, column.states
        self._codes = self.states.read()
        self._key = ["key"] if prod(self._codes.values()) < 1 << 64 else list(self._codes)
        self._waiting: list[pl.DataFrame] = []
        self.left_open = [LeftOpen(self.states, at) for at in range(len(self.states.facts))]
        self._changing, self._settling = Counter[str](), Counter[str]()

    def distinct(self, walked: pl.LazyFrame) -> pl.LazyFrame:
        """The codes of the open rows, each combination once, with `n`. `walked`: codes with the last states."""
        key = packed([*((pl.col(id_), size) for id_, size in self._codes.items()), (pl.lit(0), 1)]).alias("key")
        rows = walked.filter(self.column.open())
        return (rows.select(key) if self._key == ["key"] else rows).group_by(self._key).agg(pl.len().alias("n"))

    def add(self, rows: pl.DataFrame) -> None:
        self._waiting.append(rows)
        if sum(map(len, self._waiting)) > MOST_WAITING:
            self._together()
            if len(self._waiting[0]) > MOST_WAITING // 2:
                self._follow()

    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """For each fact in how many of all rows that were added it can change the answer; and settle it by itself."""
        if self._waiting:
            self._together()
            self._follow()
        return +self._changing, +self._settling

    def _together(self) -> None:
        self._waiting = [pl.concat(self._waiting).group_by(self._key).agg(pl.col("n").sum())]

    def _follow(self) -> None:
        (waiting,), self._waiting = self._waiting, []
        for part in waiting.iter_slices(AT_ONCE):
            self._count(self.states.before(part.select("n", *self._apart())))

    def _count(self, rows: pl.DataFrame) -> None:
        for one in self.left_open:
            changing = one.changing(rows)
            self._changing[one.level.id] += int(changing["n"].sum())
            self._settling[one.level.id] += int(one.settling(changing)["n"].sum())

    def _apart(self) -> list[pl.Expr]:
        """The codes that a key holds."""
        if self._key != ["key"]:
            return [pl.col(id_) for id_ in self._codes]
        place, apart = 1, []
        for id_, size in reversed(self._codes.items()):
            apart.append((pl.col("key") // place % size).cast(pl.UInt16).alias(id_))
            place *= size
        return apart
