"""Tables of counts as they are shown: rows by columns, with what must be hidden hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from decidua.reports.audit.suppress import Strata, crossed, merged, pooled

Key = Hashable
Counts = tuple[tuple[int, ...], ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Grid:
    """Counts of women by row and column. `layers`: the same women by further properties, one entry for each property
    that is shown beside the table; each has the table once for every value."""

    rows: tuple[Key, ...]
    columns: tuple[Key, ...]
    counts: Counts
    least: int
    layers: tuple[Strata, ...] = ()
    printed: frozenset[Key] = frozenset()
    """Rows and columns that stand in other tables of the report too."""
    sums: frozenset[Key] = frozenset()
    """Rows and columns of which the sum alone stands elsewhere."""

    @cached_property
    def of_rows(self) -> list[int]:
        return [sum(row) for row in self.counts]

    @cached_property
    def of_columns(self) -> list[int]:
        return [sum(row[at] for row in self.counts) for at in range(len(self.columns))]

    @cached_property
    def hidden_rows(self) -> frozenset[int]:
        return pooled(self.of_rows, self.least, self._at(self.rows, self.printed | self.sums))

    @cached_property
    def hidden_columns(self) -> frozenset[int]:
        return pooled(self.of_columns, self.least, self._at(self.columns, self.printed | self.sums))

    @cached_property
    def _inside(self) -> tuple[frozenset[tuple[int, int]] | None, list[int], list[int]]:
        """Hidden cells between the rows and columns of which the margin is shown; and which those are."""
        table, rows, columns = self._told(self.counts)
        layers = [[self._told(one)[0] for one in strata] for strata in self.layers]
        across, down = self._at(self.columns, self.printed), self._at(self.rows, self.printed)
        printed = {(r, c) for r in range(len(table)) for c in range(len(table[0]) if table else 0)
                   if (r < len(rows) and rows[r] in down) or (c < len(columns) and columns[c] in across)}  # fmt: skip
        return crossed(table, self.least, layers, printed), rows, columns

    def _at(self, keys: Sequence[Key], some: frozenset[Key]) -> list[int]:
        return [at for at, key in enumerate(keys) if key in some]

    def _told(self, counts: Sequence[Sequence[int]]) -> tuple[list[list[int]], list[int], list[int]]:
        by_rows, rows = merged(counts, self.hidden_rows)
        by_columns, columns = merged(list(zip(*by_rows, strict=True)), self.hidden_columns)
        return [list(row) for row in zip(*by_columns, strict=True)], rows, columns

    @property
    def withheld(self) -> bool:
        return self._inside[0] is None

    def shows(self, row: int, column: int) -> bool:
        hidden, rows, columns = self._inside
        if hidden is None or row not in rows or column not in columns:
            return False
        return (rows.index(row), columns.index(column)) not in hidden


def grid(
    counted: Iterable[T], row: Callable[[T], Key], column: Callable[[T], Key], count: Callable[[T], int], *,
    rows: Sequence[Key] | None = None, columns: Sequence[Key] | None = None, least: int,
    beside: Sequence[tuple[Sequence[T], Callable[[T], Key]]] = (), printed: Iterable[Key] = (),
    sums: Iterable[Key] = (),
) -> Grid:  # fmt: skip
    """A grid of counted things. `rows`, `columns`: their order, else by first appearance; `beside`: the same women
    counted by a further property as well, and that property. `printed`: rows and columns that stand elsewhere too,
    `sums`: those of which the sum does."""
    counted = list(counted)
    down = tuple(dict.fromkeys(map(row, counted)) if rows is None else rows)
    across = tuple(dict.fromkeys(map(column, counted)) if columns is None else columns)

    def table(some: Iterable[T]) -> Counts:
        found: Counter[tuple[Key, Key]] = Counter()
        for one in some:
            found[row(one), column(one)] += count(one)
        return tuple(tuple(found[r, c] for c in across) for r in down)

    layers = [[table(some) for some in _apart(others, property_of)] for others, property_of in beside]
    return Grid(down, across, table(counted), least, tuple(layers), frozenset(printed), frozenset(sums))


def _apart(counted: Iterable[T], property_of: Callable[[T], Key]) -> Iterable[list[T]]:
    apart: dict[Key, list[T]] = {}
    for one in counted:
        apart.setdefault(property_of(one), []).append(one)
    return apart.values()
