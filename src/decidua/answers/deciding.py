"""Deciding sets: the fewest unknown facts for which some values settle the answer, with those values and the answer.

A set of values is listed if it settles the answer and no part of it already does. Sets have at most three facts;
stated names (“unexplained”) count as one fact, because a clinician can state them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import cast

from decidua.answers.functions import AnswerFunction
from decidua.answers.space import condition
from decidua.answers.worlds import settled_answer
from decidua.criteria import Criterion

LARGEST = 3
Assignment = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class DecidingSet:
    """`when`: one condition per fact; all of them together settle the answer (`disputed`: only the authors can)."""

    facts: tuple[str, ...]
    when: tuple[Criterion, ...]
    answer: str


def deciding(function: AnswerFunction, node: int) -> tuple[DecidingSet, ...]:
    """All deciding sets at a restricted diagram, smallest first; none where the answer is settled or disputed."""
    cache = cast(dict[int, tuple[DecidingSet, ...]], function.caches.setdefault("deciding", {}))
    if node not in cache:
        if settled_answer(function, node) is not None:
            cache[node] = ()
        else:
            cache[node] = tuple(_merged(function, _minimal(_settling(function, node, function.readings, LARGEST))))
    return cache[node]


def _settling(function: AnswerFunction, node: int, start: int, left: int) -> tuple[tuple[Assignment, str], ...]:
    """Every assignment of up to `left` variables from level `start` on that settles the answer."""
    memo = cast(
        dict[tuple[int, int, int], tuple[tuple[Assignment, str], ...]], function.caches.setdefault("settling", {})
    )
    key = (node, start, left)
    if key in memo:
        return memo[key]
    diagrams = function.diagrams
    found: list[tuple[Assignment, str]] = []
    for level in sorted(diagrams.support(node)):
        if level < start:
            continue
        for cell in range(diagrams.widths[level]):
            below = diagrams.cofactor(node, level, cell)
            answer = settled_answer(function, below)
            if answer is not None:
                found.append((((level, cell),), answer))
            elif left > 1 and diagrams.reachable(below):
                rest = _settling(function, below, level + 1, left - 1)
                found += [(((level, cell), *assignment), reached) for assignment, reached in rest]
    memo[key] = tuple(found)
    return memo[key]


def _minimal(found: Iterable[tuple[Assignment, str]]) -> list[tuple[Assignment, str]]:
    """Drop an assignment if some part of it settles already."""
    kept: dict[frozenset[tuple[int, int]], str] = {}
    for assignment, answer in sorted(found, key=lambda pair: len(pair[0])):
        parts = (frozenset(part) for size in range(1, len(assignment)) for part in combinations(assignment, size))
        if not any(part in kept for part in parts):
            kept.setdefault(frozenset(assignment), answer)
    return [(tuple(sorted(assignment)), answer) for assignment, answer in kept.items()]


def _merged(function: AnswerFunction, found: list[tuple[Assignment, str]]) -> list[DecidingSet]:
    """Join assignments of the same facts and answer that differ in the cells of one fact."""
    groups: dict[tuple[tuple[int, ...], str], set[tuple[frozenset[int], ...]]] = {}
    for assignment, answer in found:
        levels = tuple(level for level, _ in assignment)
        groups.setdefault((levels, answer), set()).add(tuple(frozenset([cell]) for _, cell in assignment))
    variables = function.diagrams.variables
    sets = []
    for (levels, answer), rows in groups.items():
        for position, level in enumerate(levels):
            rows = _joined(rows, position, function.diagrams.widths[level])
        for row in sorted(rows, key=lambda row: [sorted(cells) for cells in row]):
            pairs = zip(levels, row, strict=True)
            when = tuple(condition(variables[level], sorted(cells)) for level, cells in pairs)
            sets.append(DecidingSet(tuple(variables[level].id for level in levels), when, answer))
    return sorted(sets, key=lambda s: (len(s.facts), s.answer == "disputed", s.facts))


def _joined(rows: set[tuple[frozenset[int], ...]], position: int, width: int) -> set[tuple[frozenset[int], ...]]:
    """Rows that differ in one fact as one row, except where every value of it does: no condition says “any value”."""
    by_rest: dict[tuple[frozenset[int], ...], frozenset[int]] = {}
    for row in rows:
        rest = (*row[:position], *row[position + 1 :])
        by_rest[rest] = by_rest.get(rest, frozenset()) | row[position]
    apart = {
        rest: [cells] if len(cells) < width else [frozenset([cell]) for cell in cells]
        for rest, cells in by_rest.items()
    }
    return {(*rest[:position], cells, *rest[position:]) for rest, found in apart.items() for cells in found}
