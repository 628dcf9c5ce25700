"""What is left of an answer function when the facts of many patients are read one after the other.

A state is the set of places in the diagram that her facts still allow, under each way of reading; at the end these are
her possible answers. To see whether one fact still matters it is left open: a state is then a set of rows of places,
one place for each of its cells, reached by worlds that differ in this fact alone. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from decidua.answers import AnswerFunction
from decidua.answers.masks import ways_from
from decidua.answers.relevant import without_names
from decidua.audit.codes import Coding
from decidua.audit.walk import Numbering, Step, Walk

Way = tuple[tuple[str, str], ...]
Cells = tuple[int, ...]
Places = tuple[tuple[Way, frozenset[int]], ...]
"""Under each way that leaves a world the nodes of the diagram that can be reached."""
Apart = tuple[tuple[Way, frozenset[Cells]], ...]
"""The same with one fact left open: for each of its cells a node."""
MATTERS, SETTLES = 1, 2
"""What an open fact can do: change the answer; settle it by itself, for some value."""


@dataclass(frozen=True)
class Level:
    """One variable of the diagram; `allowed`: for every code the cells that agree with it."""

    at: int
    id: str
    allowed: tuple[Cells, ...]


class States:
    """The walk of one guideline and option through the facts that a table may know.

    `points`: the states before each fact, and at the end the states that say what is possible.
    """

    def __init__(self, function: AnswerFunction, codings: Mapping[str, Coding], have: Collection[str]) -> None:
        self.function, self.diagrams = function, function.diagrams
        self._memo: dict[tuple[int, frozenset[int], int], frozenset[int]] = {}
        levels = {kind: tuple(_levels(function, kind, codings, set(have))) for kind in ("named", "fact")}
        self.facts = levels["fact"]
        self.points: list[Numbering[Places]] = [Numbering(len(level.allowed)) for level in self.facts]
        self.points.append(Numbering())
        moves = [partial(self._read, level) for level in self.facts]
        steps = [
            Step(level.id, before, after, move)
            for level, before, after, move in zip(self.facts, self.points, self.points[1:], moves, strict=False)
        ]
        self.named = tuple(self._named(levels["named"]))
        if self.named:
            self.start = self.named[0].before.number(function.plain) * self.named[0].before.width
        else:
            self.start = self.points[0].number(self._places(function.plain)) * self.points[0].width
        self.walk, self.steps = Walk([*self.named, *steps]), steps
        self.left_open = tuple(LeftOpen(self, at) for at in range(len(self.facts)))

    def of(self) -> pl.Expr:
        """The number of the last state of every row of a frame of codes, UNSEEN where an entry is missing."""
        return self.walk.of(pl.lit(self.start, dtype=pl.UInt32))

    def learn(self, codes: pl.DataFrame) -> None:
        """Works out every entry that these rows need."""
        start = pl.select(pl.repeat(self.start, codes.height, dtype=pl.UInt32)).to_series()
        self.walk.learn(codes, start)

    def codes(self) -> dict[str, int]:
        """The columns that the walk reads, and how many codes each has."""
        steps: tuple[Step, ...] = (*self.named, *self.steps)  # type: ignore[type-arg]
        return {step.column: step.before.width for step in steps if step.column}

    def _named(self, levels: Sequence[Level]) -> Iterator[Step]:  # type: ignore[type-arg]
        """Names that are stated restrict the diagram; those that are not are what their facts make them."""
        points: list[Numbering[int]] = [*(Numbering[int](len(level.allowed)) for level in levels), Numbering[int]()]
        for level, before, after in zip(levels, points, points[1:], strict=False):
            yield Step(level.id, before, after, partial(self._state, level))
        if levels:
            yield Step(None, points[-1], self.points[0], self._places)

    def _state(self, level: Level, node: int, code: int) -> int:
        if len(level.allowed[code]) > 1:
            return node
        start = self.function.root if node == self.function.plain else node
        return self.diagrams.restrict(start, {level.at: level.allowed[code]})

    def _places(self, node: int, _: int = 0) -> Places:
        found = ways_from(self.function, without_names(self.function, node))
        return tuple((way, frozenset([at])) for way, at in found if at != self.diagrams.impossible)

    def _read(self, level: Level, places: Places, code: int) -> Places:
        found = ((way, self._reached(level, nodes, code)) for way, nodes in places)
        return tuple((way, nodes) for way, nodes in found if nodes)

    def _reached(self, level: Level, nodes: frozenset[int], code: int) -> frozenset[int]:
        """Ways of reading share most of their diagrams, so that what one has learned serves the others."""
        key = (level.at, nodes, code)
        if key not in self._memo:
            found = {at for node in nodes for at in self._next(node, level.at, level.allowed[code])}
            self._memo[key] = frozenset(found - {self.diagrams.impossible})
        return self._memo[key]

    def _next(self, node: int, level: int, cells: Cells) -> Iterator[int]:
        if self.diagrams.level[node] != level:
            yield node
        else:
            children = self.diagrams.children[node]
            yield from (children[cell] for cell in cells)


def _levels(function: AnswerFunction, kind: str, codings: Mapping[str, Coding], have: set[str]) -> Iterator[Level]:
    """Variables of which a table may know something, and those that it cannot know: their only code is `unknown`."""
    for at, variable in enumerate(function.diagrams.variables):
        if variable.kind != kind or (kind == "named" and variable.id not in have):
            continue
        every = tuple(range(len(variable.cells)))
        meanings = codings[variable.id].meanings
        yield Level(at, variable.id, tuple(every if value is None else variable.allowed(value) for value in meanings))


class LeftOpen:
    """The walk that leaves one fact open: it goes on from the places that the main walk has reached before it."""

    def __init__(self, states: States, at: int) -> None:
        self.states, self.diagrams = states, states.diagrams
        self.level, rest = states.facts[at], states.facts[at + 1 :]
        points: list[Numbering[Apart]] = [Numbering(len(level.allowed)) for level in (*rest, self.level)]
        self.before = states.points[at]
        self.ends: Numbering[int] = Numbering()
        self._memo: dict[tuple[int, frozenset[Cells], int], frozenset[Cells]] = {}
        steps: list[Step] = [Step(None, self.before, points[0], self._apart)]  # type: ignore[type-arg]
        steps += [
            Step(level.id, before, after, partial(self._read, level))
            for level, before, after in zip(rest, points, points[1:], strict=False)
        ]
        steps.append(Step(self.level.id, points[-1], self.ends, self._effect))
        self.walk = Walk(steps)

    def _apart(self, places: Places, _: int) -> Apart:
        width = len(self.diagrams.variables[self.level.at].cells)

        def each(node: int) -> Cells:
            tested = self.diagrams.level[node] == self.level.at
            return self.diagrams.children[node] if tested else (node,) * width

        return tuple((way, frozenset(map(each, nodes))) for way, nodes in places)

    def _read(self, level: Level, rows: Apart, code: int) -> Apart:
        found = ((way, self._reached(level, one, code)) for way, one in rows)
        return tuple((way, one) for way, one in found if one)

    def _reached(self, level: Level, rows: frozenset[Cells], code: int) -> frozenset[Cells]:
        key = (level.at, rows, code)
        if key not in self._memo:
            self._memo[key] = frozenset(after for row in rows for after in self._next(row, level, code))
        return self._memo[key]

    def _next(self, row: Cells, level: Level, code: int) -> Iterator[Cells]:
        level_of, children = self.diagrams.level, self.diagrams.children
        if level.at not in [level_of[node] for node in row]:
            yield row
            return
        for cell in level.allowed[code]:
            there = tuple([children[node][cell] if level_of[node] == level.at else node for node in row])
            if any(node != self.diagrams.impossible for node in there):
                yield there

    def _effect(self, rows: Apart, code: int) -> int:
        """MATTERS if two worlds that differ in the fact alone have different answers; SETTLES as well if for some
        value of it no way of reading leaves more than one."""
        cells, nothing = self.level.allowed[code], self.diagrams.impossible
        if not any(len({nodes[cell] for cell in cells} - {nothing}) > 1 for _, one in rows for nodes in one):
            return 0
        left = [[answers for _, one in rows if (answers := {row[cell] for row in one} - {nothing})] for cell in cells]
        settles = any(found and all(len(answers) == 1 for answers in found) for found in left)
        return MATTERS + (SETTLES if settles else 0)
