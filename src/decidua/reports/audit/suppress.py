"""Which counts are hidden so that no small one is told, neither itself nor by subtraction.

A count of 1 to `least - 1` is small; nobody (0) is not. Every margin is taken as shown. Three rules:

pooled    parts of one total. Small parts are hidden, and others with them, until all that is hidden is together a
          number that may be told; within it every split is possible.
crossed   rows by columns, margins shown. Each small cell becomes a corner of a hidden rectangle of which all corners
          can be moved by one or more, up and down in turn: rows, columns and everything else that is shown stay as they
          are, so what is shown does not tell the cell. Where no rectangle can be found the table is withheld.
lone      a count of a known total whose rest is not a count of its own.

A rectangle is proven on the women themselves: those who would change places agree in all that is shown beside the
table (`strata`), so that tables that share a margin with it do not change either.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product

Matrix = Sequence[Sequence[int]]
Strata = Sequence[Matrix]
"""The same table once for each value of a third property; together they add up to it."""


def small(count: int, least: int) -> bool:
    return 0 < count < least


def lone(count: int, total: int, least: int) -> bool:
    """Whether a count is hidden: it or what it leaves of the total is small."""
    return small(count, least) or small(total - count, least)


def pooled(counts: Sequence[int], least: int, printed: Collection[int] = ()) -> frozenset[int]:
    """Positions of the hidden parts of one total. Parts of nobody are hidden only where all parts must be.

    printed: parts that stand elsewhere too, so that they can hide no other.
    """
    hidden = {at for at, count in enumerate(counts) if small(count, least)}
    rest = sorted((count, at) for at, count in enumerate(counts) if count and at not in hidden and at not in printed)
    while hidden and rest and not _vague([counts[at] for at in hidden], least):
        hidden.add(rest.pop(0)[1])
    told = [counts[at] for at in hidden]
    if hidden and (len(told) == 1 or sum(told) == len(told)):  # whoever knows that each has somebody knows each
        return frozenset(range(len(counts)))
    return frozenset(hidden)


def _vague(parts: Sequence[int], least: int) -> bool:
    """Whether parts of one told sum, each at least one, may each be anything that is small."""
    return len(parts) > 1 and sum(parts) >= least + len(parts) - 2


def merged(table: Matrix, hidden: frozenset[int]) -> tuple[list[list[int]], list[int]]:
    """The table with its hidden rows as one, the last; and which row each of the others is. Their sum is what
    subtraction would tell of them."""
    kept = [at for at in range(len(table)) if at not in hidden]
    rows = [list(table[at]) for at in kept]
    if hidden:
        rows.append([sum(column) for column in zip(*(table[at] for at in sorted(hidden)), strict=True)])
    return rows, kept


def crossed(
    table: Matrix, least: int, strata: Sequence[Strata] = (), printed: Collection[tuple[int, int]] = ()
) -> frozenset[tuple[int, int]] | None:
    """Hidden cells (row, column) of a table whose margins are shown and not small; None: withhold all of it.

    printed: cells that stand elsewhere too. They can hide no other, and where one is small all is withheld.
    """
    cells = list(product(range(len(table)), range(len(table[0]) if table else 0)))
    first = [(row, column) for row, column in cells if small(table[row][column], least)]
    hidden = set(first)
    if hidden & set(printed):
        return None
    for row, column in sorted(first, key=lambda cell: table[cell[0]][cell[1]]):
        found = _cheapest(table, row, column, hidden, least, [*strata, [table]], printed)
        if found is None:
            return None
        hidden |= {(row, column), *found}
    return frozenset(hidden)


def _cheapest(
    table: Matrix, row: int, column: int, hidden: set[tuple[int, int]], least: int, strata: Sequence[Strata],
    printed: Collection[tuple[int, int]],
) -> list[tuple[int, int]] | None:  # fmt: skip
    """The three corners that leave the cell most open and hide the least."""
    best: tuple[tuple[int, int], list[tuple[int, int]]] | None = None
    for other in range(len(table)):
        if other == row or not table[other][column]:
            continue
        for beside in range(len(table[row])):
            if beside == column or not (table[row][beside] and table[other][beside]):
                continue
            corners = [(row, beside), (other, column), (other, beside)]
            if any(corner in printed for corner in corners):
                continue
            open_by = _room(table, (row, column), (other, beside), least, strata)
            price = sum(table[r][c] for r, c in corners if (r, c) not in hidden)
            if open_by and (best is None or (-open_by, price) < best[0]):
                best = (-open_by, price), corners
    return best[1] if best else None


def _room(
    table: Matrix, cell: tuple[int, int], across: tuple[int, int], least: int, strata: Sequence[Strata]
) -> int:  # fmt: skip
    """How many other values the cell could have, among those that are small, with no hidden cell below one."""
    (row, column), (other, beside) = cell, across
    count = table[row][column]
    up = min(least - 1 - count, table[row][beside] - 1, table[other][column] - 1)
    down = min(count - 1, table[other][beside] - 1)
    for layers in strata:
        up = min(up, sum(min(layer[row][beside], layer[other][column]) for layer in layers))
        down = min(down, sum(min(layer[row][column], layer[other][beside]) for layer in layers))
    return max(up, 0) + max(down, 0)
