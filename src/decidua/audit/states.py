"""What is left of an answer function when the facts of many patients are read one after the other.

A state is the set of places in the diagram that her facts still allow, under each way of reading; at the end these are
her possible answers. Ways that lead to the same places are led on together. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
Places = tuple[tuple[int, frozenset[int]], ...]
"""The ways that leave a world (bit i: the i-th of `States.ways`), and the nodes of the diagram that can be reached."""


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
        self.ways: list[Way] = []
        self._memo: dict[tuple[int, frozenset[int], int], frozenset[int]] = {}
        named, facts = (tuple(_levels(function, kind, codings, set(have))) for kind in ("named", "fact"))
        self.levels = (*named, *facts)
        tested = self._tested(bool(named))
        self.facts = tuple(level for level in facts if level.at in tested)
        self.points: list[Numbering[Places]] = [Numbering(len(level.allowed)) for level in self.facts]
        self.points.append(Numbering())
        moves = [partial(self._read, level) for level in self.facts]
        steps = [
            Step(level.id, before, after, move)
            for level, before, after, move in zip(self.facts, self.points, self.points[1:], moves, strict=False)
        ]
        self.named = tuple(self._named(named))
        if self.named:
            self.start = self.named[0].before.number(function.plain) * self.named[0].before.width
        else:
            self.start = self.points[0].number(self._places(function.plain)) * self.points[0].width
        self.walk, self.steps = Walk([*self.named, *steps]), steps

    def of(self) -> pl.Expr:
        """The number of the last state of every row of a frame of codes, UNSEEN where an entry is missing."""
        return self.walk.of(self._begin)

    def learn(self, codes: pl.DataFrame) -> None:
        """Works out every entry that these rows need."""
        self.walk.learn(codes, self._begin)

    def before(self, codes: pl.DataFrame) -> pl.DataFrame:
        """With the state before every fact, in a column named by its place."""
        codes = codes.with_columns(Walk(self.named).of(self._begin).alias("0"))
        for at, step in enumerate(self.steps[:-1]):
            codes = codes.with_columns(step.of(pl.col(f"{at}")).alias(f"{at + 1}"))
        return codes

    @property
    def _begin(self) -> pl.Expr:
        return pl.lit(self.start, dtype=pl.UInt32)

    def codes(self) -> dict[str, int]:
        """The columns of everything that the cell speaks of, and how many codes each has."""
        return {level.id: len(level.allowed) for level in self.levels}

    def read(self) -> dict[str, int]:
        """Those of them that the walk reads."""
        steps: tuple[Step, ...] = (*self.named, *self.steps)  # type: ignore[type-arg]
        return {step.column: step.before.width for step in steps if step.column}

    def single(self) -> list[bool]:
        """For each last state whether it leaves one answer under each reading; UNSEEN does not."""
        return [bool(left) and all(len(nodes) == 1 for _, nodes in left or ()) for left in self.points[-1].states]

    def _tested(self, named: bool) -> set[int]:
        """The variables that bear on the answer; where no name can be stated, no definition of one does."""
        tested = self.diagrams.support(self.function.plain)
        return tested | self.diagrams.support(self.function.root) if named else tested

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
        return _together((self._bit(way), frozenset([at])) for way, at in found if at != self.diagrams.impossible)

    def _bit(self, way: Way) -> int:
        if way not in self.ways:
            self.ways.append(way)
        return 1 << self.ways.index(way)

    def _read(self, level: Level, places: Places, code: int) -> Places:
        return _together((ways, self._reached(level, nodes, code)) for ways, nodes in places)

    def _reached(self, level: Level, nodes: frozenset[int], code: int) -> frozenset[int]:
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


def _together(found: Iterable[tuple[int, frozenset[int]]]) -> Places:
    """Ways that have come to the same nodes as one."""
    ways: dict[frozenset[int], int] = {}
    for some, nodes in found:
        if nodes:
            ways[nodes] = ways.get(nodes, 0) | some
    return tuple((some, nodes) for nodes, some in ways.items())


def _levels(function: AnswerFunction, kind: str, codings: Mapping[str, Coding], have: set[str]) -> Iterator[Level]:
    """Variables of which a table may know something, and those that it cannot know: their only code is `unknown`."""
    for at, variable in enumerate(function.diagrams.variables):
        if variable.kind != kind or (kind == "named" and variable.id not in have):
            continue
        every = tuple(range(len(variable.cells)))
        meanings = codings[variable.id].meanings
        yield Level(at, variable.id, tuple(every if value is None else variable.allowed(value) for value in meanings))
