"""The finite space that answers live in: each variable cut into the cells between which nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from decidua.criteria.tree import And, Compare, Criterion, Is, Not, OneOf, Or
from decidua.facts import Fact, Range, Value

Break = tuple[Decimal, int]
"""A place between values: (c, 0) is just before c, (c, 1) just after."""


@dataclass(frozen=True)
class Span:
    """The numbers between two breaks; None is open."""

    low: Break | None
    high: Break | None

    def holds(self, value: Decimal) -> bool:
        return (self.low is None or value > self.low[0] or (value == self.low[0] and self.low[1] == 0)) and (
            self.high is None or value < self.high[0] or (value == self.high[0] and self.high[1] == 1)
        )

    def meets(self, known: Range) -> bool:
        """Whether some number lies both in the span and in the range."""
        below = known.high is not None and self.low is not None and not _after(known.high, self.low)
        above = known.low is not None and self.high is not None and _after(known.low, self.high)
        return not (below or above)


def _after(value: Decimal, at: Break) -> bool:
    return value > at[0] or (value == at[0] and at[1] == 0)


Cell = bool | str | Span


@dataclass(frozen=True)
class Variable:
    """A reading, a stated named criterion or a fact, with its cells in order."""

    id: str
    kind: Literal["reading", "named", "fact"]
    cells: tuple[Cell, ...]
    numeric: bool = False
    integer: bool = False

    def allowed(self, value: Value) -> tuple[int, ...]:
        """The cells that agree with what is known."""
        if isinstance(value, Range):
            return tuple(i for i, cell in enumerate(self.cells) if isinstance(cell, Span) and cell.meets(value))
        if isinstance(value, Decimal):
            return tuple(i for i, cell in enumerate(self.cells) if isinstance(cell, Span) and cell.holds(value))
        return tuple(i for i, cell in enumerate(self.cells) if cell == value and type(cell) is type(value))


def breaks_of(leaves: Iterable[Compare], integer: bool) -> list[Break]:
    """Where the truth of the comparisons changes."""
    found: set[Break] = set()
    for leaf in leaves:
        before, after = (leaf.value, 0), (leaf.value + 1, 0) if integer else (leaf.value, 1)
        found |= {">=": {before}, "<": {before}, ">": {after}, "<=": {after}, "=": {before, after}}[leaf.op]
    return sorted(found)


def spans(breaks: Sequence[Break]) -> tuple[Span, ...]:
    edges: list[Break | None] = [None, *breaks, None]
    return tuple(Span(low, high) for low, high in pairwise(edges))


def fact_variable(fact: Fact, leaves: Iterable[Compare], more: Iterable[Break] = ()) -> Variable:
    """`more`: breaks that a constraint with another fact needs."""
    if fact.type == "boolean":
        return Variable(fact.id, "fact", (False, True))
    if fact.type == "choice":
        return Variable(fact.id, "fact", fact.choices)
    integer = fact.type == "integer"
    breaks = sorted({*breaks_of(leaves, integer), *more})
    if integer:
        breaks = [at for at in breaks if at[0] > 0]
    return Variable(fact.id, "fact", spans(breaks), numeric=True, integer=integer)


def condition(variable: Variable, cells: Sequence[int]) -> Criterion:
    """The criterion that holds exactly in these cells of one fact or stated name."""
    if isinstance(variable.cells[0], bool):
        return Is(variable.id) if variable.cells[cells[0]] is True else Not(Is(variable.id))
    if not variable.numeric:
        return OneOf(variable.id, tuple(str(variable.cells[i]) for i in cells))
    pieces = [_between(variable, run) for run in _runs(cells)]
    return pieces[0] if len(pieces) == 1 else Or(tuple(pieces))


def _runs(cells: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive cells as (first, last)."""
    runs: list[tuple[int, int]] = []
    for cell in sorted(cells):
        if runs and runs[-1][1] == cell - 1:
            runs[-1] = (runs[-1][0], cell)
        else:
            runs.append((cell, cell))
    return runs


def _between(variable: Variable, run: tuple[int, int]) -> Criterion:
    first, last = variable.cells[run[0]], variable.cells[run[1]]
    assert isinstance(first, Span)
    assert isinstance(last, Span)
    low, high = first.low, last.high
    if variable.integer and low and high and high[0] - low[0] == 1:
        return _compare(variable, "=", low[0])
    parts: list[Criterion] = []
    if low:
        parts.append(_compare(variable, ">=" if low[1] == 0 else ">", low[0]))
    if high and variable.integer:
        parts.append(_compare(variable, "<=", high[0] - 1))
    elif high:
        parts.append(_compare(variable, "<" if high[1] == 0 else "<=", high[0]))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _compare(variable: Variable, op: str, value: Decimal) -> Compare:
    return Compare(variable.id, op, value, f"{value.normalize():f}")  # type: ignore[arg-type]


def allowed_cells(variables: Sequence[Variable], values: Mapping[str, Value]) -> dict[int, tuple[int, ...]]:
    """Level → cells that agree with the known values, for the variables of which something is known."""
    return {
        level: variable.allowed(values[variable.id])
        for level, variable in enumerate(variables)
        if variable.id in values
    }
