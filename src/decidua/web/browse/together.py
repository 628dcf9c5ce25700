"""Two answers at once: which pairs of answers some woman can get, over all admissible women and readings.

The diagrams of two answer functions are drawn again over their common variables, where the constraints that link a
fact of one to a fact of the other hold too. Names that may be stated are left out: each equals its definition.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from decidua.answers import AnswerFunction, Answers
from decidua.answers.diagram import IMPOSSIBLE, LEAF, Diagrams
from decidua.answers.functions import Builder, representative, variables_of
from decidua.answers.space import Span, Variable
from decidua.check.region import without_stated
from decidua.check.witness import Witness, smallest, witness
from decidua.guidelines import Knowledge

Cell = tuple[str, str]
"""Guideline, option."""
Pair = tuple[str, str]
"""What the one says, what the other says."""


@dataclass(frozen=True)
class Together:
    """`root`: the pair of answers over readings (the first `readings` levels) and facts."""

    knowledge: Knowledge
    diagrams: Diagrams
    root: int
    readings: int

    @property
    def pairs(self) -> frozenset[Pair]:
        """Every pair that some woman gets under some way of reading."""
        return self.diagrams.reachable(self.root)  # type: ignore[return-value]

    def example(self, pairs: frozenset[Pair]) -> Witness | None:
        """The fewest facts that surely lead to one of the pairs."""
        found = smallest(self.diagrams, self.root, self.readings, lambda leaf: leaf in pairs)
        return witness(self.knowledge, self.diagrams.variables, *found) if found else None


def together(answers: Answers, one: Cell, other: Cell) -> Together:
    """Both cells must have something to say. Raises nothing of its own."""
    knowledge = without_stated(answers.knowledge)
    functions = [answers.function(*one), answers.function(*other)]
    criteria = [knowledge.definitions[f.guideline] for f in functions]
    criteria += [knowledge.populations[s.id] for f in functions for s in f.said]
    diagrams = Diagrams(variables_of(knowledge, criteria))
    builder = Builder(diagrams, knowledge)
    parts = [_redraw(function, diagrams) for function in functions]
    root = diagrams.combine(_pair, [*parts, *builder.limits])
    return Together(knowledge, diagrams, root, sum(v.kind == "reading" for v in diagrams.variables))


def _pair(one: Hashable, other: Hashable, *limits: bool) -> Hashable:
    return (one, other) if all(limits) and IMPOSSIBLE not in (one, other) else IMPOSSIBLE


def _redraw(function: AnswerFunction, diagrams: Diagrams) -> int:
    """The function's diagram over more variables with finer cells, in the same order."""
    source = function.diagrams
    levels = {variable.id: level for level, variable in enumerate(diagrams.variables)}
    memo: dict[int, int] = {}

    def go(node: int) -> int:
        if node not in memo:
            if source.level[node] == LEAF:
                memo[node] = diagrams.leaf(source.value[node])
            else:
                coarse = source.variables[source.level[node]]
                level = levels[coarse.id]
                children = source.children[node]
                cells = [go(children[at]) for at in _within(diagrams.variables[level], coarse)]
                memo[node] = diagrams.node(level, tuple(cells))
        return memo[node]

    return go(function.plain)


def _within(fine: Variable, coarse: Variable) -> list[int]:
    """For each cell of the finer variable the coarse cell in which it lies."""
    return [coarse.allowed(representative(cell) if isinstance(cell, Span) else cell)[0] for cell in fine.cells]
