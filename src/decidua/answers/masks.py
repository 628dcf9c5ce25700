"""For each answer the criterion P_a that holds exactly for the admissible patients with that answer.

P_a is a disjunction of terms, each with at most one condition per fact (a merged path of the diagram). Under Kleene
such a P_a is not false exactly where the answer is possible: the mask of a row of columns, and what CQL exports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from decidua.answers.diagram import LEAF
from decidua.answers.functions import AnswerFunction
from decidua.answers.space import condition
from decidua.criteria.tree import Always, And, Criterion, Or

Path = tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Masks:
    """The criteria of one way of reading: answer → P_a, and how many terms they have together."""

    readings: tuple[tuple[str, str], ...]
    criteria: dict[str, Criterion]
    terms: int


def masks(function: AnswerFunction) -> tuple[Masks, ...]:
    """One `Masks` for every way through the readings."""
    return tuple(_masks(function, readings, node) for readings, node in ways(function))


def ways(function: AnswerFunction) -> Iterator[tuple[tuple[tuple[str, str], ...], int]]:
    """Every way through the readings, and the node that it leads to."""
    yield from ways_from(function, function.root)


def ways_from(
    function: AnswerFunction, node: int, chosen: tuple[tuple[str, str], ...] = ()
) -> Iterator[tuple[tuple[tuple[str, str], ...], int]]:
    """The same from any place among the readings."""
    diagrams = function.diagrams
    level = diagrams.level[node]
    if level == LEAF or level >= function.readings:
        yield chosen, node
        return
    variable = diagrams.variables[level]
    for cell, child in zip(variable.cells, diagrams.children[node], strict=True):
        yield from ways_from(function, child, (*chosen, (variable.id, str(cell))))


def _masks(function: AnswerFunction, readings: tuple[tuple[str, str], ...], node: int) -> Masks:
    terms: dict[str, list[Criterion]] = {}
    for path, answer in paths(function, node):
        terms.setdefault(answer, []).append(_term(function, path))
    criteria = {answer: parts[0] if len(parts) == 1 else Or(tuple(parts)) for answer, parts in terms.items()}
    return Masks(readings, criteria, sum(map(len, terms.values())))


def paths(function: AnswerFunction, node: int) -> Iterator[tuple[Path, str]]:
    """Every merged path to a possible answer: for each level on it the cells that lead on."""
    diagrams = function.diagrams
    if diagrams.level[node] == LEAF:
        if node != diagrams.impossible:
            yield (), cast(str, diagrams.value[node])
        return
    towards: dict[int, list[int]] = {}
    for cell, child in enumerate(diagrams.children[node]):
        towards.setdefault(child, []).append(cell)
    for child, cells in towards.items():
        for path, answer in paths(function, child):
            yield ((diagrams.level[node], tuple(cells)), *path), answer


def _term(function: AnswerFunction, path: Path) -> Criterion:
    variables = function.diagrams.variables
    parts = tuple(condition(variables[level], cells) for level, cells in path)
    return Always(True) if not parts else parts[0] if len(parts) == 1 else And(parts)
