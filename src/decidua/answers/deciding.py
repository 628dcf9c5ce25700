"""Deciding sets: the fewest unknown facts for which some values settle the answer, with those values and the answer.

A set of values is listed if it settles the answer and no part of it already does. Sets have at most three facts;
stated names (“unexplained”) count as one fact, because a clinician can state them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from decidua.answers.diagram import Shape
from decidua.answers.functions import AnswerFunction
from decidua.answers.lanes import LARGEST, Assignment, Lanes
from decidua.answers.space import condition
from decidua.criteria import Criterion

__all__ = ["LARGEST", "DecidingSet", "deciding"]

KEPT = 64
"""Shapes that are remembered for one function."""

Cells = tuple[tuple[int, ...], ...]
"""For each fact of a set the cells that it may be in, ascending."""
Bounds = tuple[tuple[int, tuple[int, ...]], ...]
"""Facts of which something is known and not all: level and the cells that are left."""


@dataclass(frozen=True)
class DecidingSet:
    """`when`: one condition per fact; all of them together settle the answer (`disputed`: only the authors can)."""

    facts: tuple[str, ...]
    when: tuple[Criterion, ...]
    answer: str


def deciding(function: AnswerFunction, node: int, allowed: Mapping[int, tuple[int, ...]]) -> tuple[DecidingSet, ...]:
    """All deciding sets at a diagram restricted to the allowed cells, smallest first; none where nothing is open.

    The diagram alone does not tell what is known: where it leaves a fact aside, all cells of the fact lead on.
    """
    bounds = tuple([(level, cells) for level, cells in sorted(allowed.items()) if len(cells) > 1])
    cache = cast(dict[tuple[int, Bounds], tuple[DecidingSet, ...]], function.caches.setdefault("deciding", {}))
    if (node, bounds) not in cache:
        if "decider" not in function.shared:
            function.shared["decider"] = Decider(function)
        decider = cast(Decider, function.shared["decider"])
        cache[node, bounds] = decider.sets(function.diagrams.shape(node), bounds)
    return cache[node, bounds]


class Decider:
    """Deciding sets of one function, by the shape of what knowledge leaves of its diagram.

    The shapes last asked for are remembered, `KEPT` at most. A shape says what is still open, never who asked.
    """

    def __init__(self, function: AnswerFunction) -> None:
        diagrams, self.readings = function.diagrams, function.readings
        self.variables = diagrams.variables
        self.lanes = Lanes(diagrams.widths, self.readings, sorted(diagrams.reachable(function.plain), key=str))
        self.answers = {1 << at: cast(str, answer) for at, answer in enumerate(self.lanes.answers)}
        self.conditions: dict[tuple[int, tuple[int, ...]], Criterion] = {}
        self.sets = lru_cache(maxsize=KEPT)(self._sets)

    def _sets(self, shape: Shape, bounds: Bounds) -> tuple[DecidingSet, ...]:
        widths = {**dict(enumerate(self.lanes.widths)), **{level: len(cells) for level, cells in bounds}}
        return tuple(self._merged(self._settling(shape, bounds), widths))

    def _settling(self, shape: Shape, bounds: Bounds) -> list[tuple[Assignment, str]]:
        """Every assignment that settles the answer and of which no part does, with the answer; none if that is settled.

        It settles if some world is left, and under no reading more than one answer.
        """
        lanes, found = self.lanes, self.lanes.possible(shape)
        together = open_still = 0
        for node in self._under_readings(shape):
            together |= found[node]
            open_still |= lanes.several(found[node])
        settled = lanes.some(together) & ~(open_still | self._excluded(bounds))
        answers_in = lanes.contents(together)
        return [
            (assignment, self.answers.get(answers_in(lane), "disputed"))
            for lane, assignment in self._minimal(settled)
            if assignment
        ]

    def _excluded(self, bounds: Bounds) -> int:
        """All bits of the lanes that give a fact a value which what is known rules out."""
        found = 0
        for level, cells in bounds:
            for cell, lanes in enumerate(self.lanes.fixing.get(level, ())):
                found |= 0 if cell in cells else lanes
        return found

    def _under_readings(self, shape: Shape) -> set[int]:
        """The places of the diagrams over names and facts that the ways of reading lead to."""
        found, stack = set[int](), [len(shape) - 1]
        while stack:
            at = stack.pop()
            level, inside = shape[at]
            if level >= self.readings:
                found.add(at)
            else:
                stack += cast(tuple[int, ...], inside)
        return found

    def _minimal(self, settled: int) -> Iterator[tuple[int, Assignment]]:
        """The settled lanes of which no part is settled."""
        larger = self.lanes.all
        for size in self.lanes.sized:
            larger ^= size
            found = [(lane, self.lanes.assignment(lane)) for lane in self.lanes.set_in(settled & size)]
            yield from found
            if larger:
                settled &= ~(self.lanes.holding(assignment for _, assignment in found) & larger)

    def _merged(self, found: list[tuple[Assignment, str]], widths: Mapping[int, int]) -> list[DecidingSet]:
        """Join assignments of the same facts and answer that differ in the cells of one fact."""
        groups: dict[tuple[tuple[int, ...], str], list[Cells]] = {}
        for assignment, answer in found:
            levels = tuple([level for level, _ in assignment])
            groups.setdefault((levels, answer), []).append(tuple([(cell,) for _, cell in assignment]))
        sets = []
        for (levels, answer), rows in groups.items():
            facts = tuple([self.variables[level].id for level in levels])
            for row in _rows(levels, rows, widths):
                when = tuple([self._condition(level, cells) for level, cells in zip(levels, row, strict=True)])
                sets.append(DecidingSet(facts, when, answer))
        return sorted(sets, key=lambda s: (len(s.facts), s.answer == "disputed", s.facts))

    def _condition(self, level: int, cells: tuple[int, ...]) -> Criterion:
        if (level, cells) not in self.conditions:
            self.conditions[level, cells] = condition(self.variables[level], cells)
        return self.conditions[level, cells]


def _rows(levels: tuple[int, ...], rows: list[Cells], widths: Mapping[int, int]) -> list[Cells]:
    """The rows joined fact by fact, in order."""
    for position, level in enumerate(levels if len(rows) > 1 else ()):
        rows = _joined(rows, position, widths[level])
    return sorted(rows)


def _joined(rows: list[Cells], position: int, width: int) -> list[Cells]:
    """Rows that differ in one fact as one row, except where every value of it does: no condition says “any value”."""
    by_rest: dict[Cells, tuple[int, ...]] = {}
    for row in rows:
        rest = row[:position] + row[position + 1 :]
        by_rest[rest] = by_rest.get(rest, ()) + row[position]
    return [
        (*rest[:position], kept, *rest[position:])
        for rest, cells in by_rest.items()
        for kept in ([tuple(sorted(cells))] if len(cells) < width else [(cell,) for cell in cells])
    ]
