"""Possible answers: over all complete, admissible patients that agree with the known facts, reading by reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from decidua.answers.diagram import LEAF
from decidua.answers.functions import AnswerFunction
from decidua.answers.meaning import AGAINST, ANSWERS, FOR
from decidua.answers.space import allowed_cells
from decidua.facts import Value

Bound = Literal["never-for", "never-against", "open"]


@dataclass(frozen=True)
class Branch:
    """What is possible under one way of reading the source; a reading that does not matter here is not named."""

    readings: tuple[tuple[str, str], ...]
    possible: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """The answer that can be given now, and what it rests on; one for all options that share the diagram.

    `function`: that of one of these options. `plain`: the diagram restricted by what is known, over facts alone where
    no name is stated.
    """

    function: AnswerFunction
    allowed: Mapping[int, tuple[int, ...]]
    answer: str
    possible: tuple[str, ...]
    branches: tuple[Branch, ...]
    plain: int

    @cached_property
    def node(self) -> int:
        """The restricted diagram with the names that may still be stated; built only where it is asked for."""
        if self.function.root == self.function.plain:
            return self.plain
        return self.function.diagrams.restrict(self.function.root, self.allowed)

    @cached_property
    def readings(self) -> tuple[str, ...]:
        """Open readings that, all else equal, change what is possible."""
        return readings_of(self.branches)

    @property
    def settled(self) -> bool:
        return self.answer not in ("needs-data", "disputed")

    @property
    def bound(self) -> Bound:
        may_be_for, may_be_against = set(FOR) & set(self.possible), set(AGAINST) & set(self.possible)
        if may_be_for and may_be_against:
            return "open"
        return "never-for" if not may_be_for else "never-against"


def stand(function: AnswerFunction, values: Mapping[str, Value]) -> Standing | None:
    """None where the known facts admit no world at all (a stated name against its definition)."""
    diagrams = function.diagrams
    allowed = allowed_cells(diagrams.variables, values)
    named = any(diagrams.variables[level].kind == "named" for level in allowed)
    plain = diagrams.restrict(function.root if named else function.plain, allowed)
    found = branches(function, plain)
    answer, possible = outcome(found)
    return Standing(function, allowed, answer, possible, found, plain) if possible else None


def outcome(found: Sequence[Branch]) -> tuple[str, tuple[str, ...]]:
    """The answer that can be given where these branches are left, and what is possible; nothing where none is."""
    possible = ordered({answer for branch in found for answer in branch.possible})
    if len(possible) <= 1:
        return possible[0] if possible else "", possible
    return "disputed" if all(len(branch.possible) == 1 for branch in found) else "needs-data", possible


def branches(function: AnswerFunction, node: int) -> tuple[Branch, ...]:
    """Every way through the readings at the top of the diagram that leaves some world."""
    diagrams = function.diagrams
    found: list[Branch] = []

    def go(at: int, chosen: tuple[tuple[str, str], ...]) -> None:
        level = diagrams.level[at]
        if level == LEAF or level >= function.readings:
            answers = ordered(cast(frozenset[str], diagrams.reachable(at)))
            if answers:
                found.append(Branch(chosen, answers))
            return
        variable = diagrams.variables[level]
        for cell, child in zip(variable.cells, diagrams.children[at], strict=True):
            go(child, (*chosen, (variable.id, str(cell))))

    go(node, ())
    return tuple(found)


def ordered(answers: frozenset[str] | set[str]) -> tuple[str, ...]:
    """In the order of the answers; conflicts of the content last."""
    known = tuple([answer for answer in ANSWERS if answer in answers])
    return known if len(known) == len(answers) else (*known, *(answer for answer in answers if answer not in ANSWERS))


def readings_of(branches: tuple[Branch, ...]) -> tuple[str, ...]:
    """Readings that, all else equal, change what is possible."""
    if len({branch.possible for branch in branches}) == 1:
        return ()
    ids = sorted({id_ for branch in branches for id_, _ in branch.readings})
    return tuple(id_ for id_ in ids if _matters(id_, branches))


def _matters(reading: str, branches: tuple[Branch, ...]) -> bool:
    """Whether two ways of reading that differ in this reading alone leave different answers possible."""
    ways = [(dict(branch.readings), branch.possible) for branch in branches]
    return any(
        one.get(reading) != other.get(reading) and possible != others and _else_compatible(reading, one, other)
        for one, possible in ways
        for other, others in ways
        if reading in one
    )


def _else_compatible(reading: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(other.get(id_, slug) == slug for id_, slug in one.items() if id_ != reading)
