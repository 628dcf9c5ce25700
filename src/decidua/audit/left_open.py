"""One fact left open while all others are as known: whether it can still change an answer, and whether it settles it.

Two worlds that differ in this fact alone start from two places of the diagram and read the same values of all later
facts: a state is what is left of such pairs of places, from all ways of reading. It settles the answer if with some
value of it the walk of all facts ends in one answer only. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import combinations

import polars as pl

from decidua.answers.diagram import LEAF
from decidua.answers.relevant import differ
from decidua.audit.states import Level, Places, States
from decidua.audit.walk import Numbering, Step, Walk

Pair = tuple[int, int]
Pairs = bool | frozenset[Pair]
"""Pairs of places from which different answers can be reached; True once one surely will be, False once none can."""


class LeftOpen:
    """The walks of one fact of `states`, from the states before it (`points[at]`), in the column named by its place."""

    def __init__(self, states: States, at: int) -> None:
        self.states, self.function, self.diagrams = states, states.function, states.diagrams
        self.at, self.level, rest = at, states.facts[at], states.facts[at + 1 :]
        points = [*(Numbering[Pairs](len(level.allowed)) for level in rest), Numbering[Pairs]()]
        self.ends = points[-1]
        first = Step(self.level.id, states.points[at], points[0], self._apart)
        later = [
            Step(level.id, before, after, partial(self._read, level))
            for level, before, after in zip(rest, points, points[1:], strict=False)
        ]
        self.pairs, self.rest = Walk([first, *later]), Walk(states.steps[at:])

    def changing(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows in which the fact can change the answer."""
        last = self.pairs.lead(rows, pl.col(f"{self.at}"))
        return rows.filter(pl.Series([state is True for state in self.ends.states]).gather(last))

    def settling(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows in which some value that the fact may have leaves one answer under each reading."""
        settled, code = pl.repeat(False, len(rows), eager=True), rows[self.level.id]
        for cell, exact in self._exact().items():
            may = pl.Series([cell in cells for cells in self.level.allowed])
            known = rows.with_columns(pl.lit(exact, pl.UInt16).alias(self.level.id))
            last = self.rest.lead(known, pl.col(f"{self.at}"))
            settled |= may.gather(code) & pl.Series(self.states.single()).gather(last)
        return rows.filter(settled)

    def _exact(self) -> dict[int, int]:
        """For each cell of the fact a code that leaves no other."""
        return {cells[0]: code for code, cells in enumerate(self.level.allowed) if len(cells) == 1}

    def _apart(self, places: Places, code: int) -> Pairs:
        cells, level, children = self.level.allowed[code], self.diagrams.level, self.diagrams.children
        tested = (node for _, nodes in places for node in nodes if level[node] == self.level.at)
        return self._left(pair for node in tested for pair in combinations([children[node][at] for at in cells], 2))

    def _read(self, level: Level, pairs: Pairs, code: int) -> Pairs:
        return pairs if isinstance(pairs, bool) else self._left(self._next(pairs, level, code))

    def _next(self, pairs: frozenset[Pair], level: Level, code: int) -> Iterator[Pair]:
        level_of, children = self.diagrams.level, self.diagrams.children
        for one, other in pairs:
            ones = children[one] if level_of[one] == level.at else None
            others = children[other] if level_of[other] == level.at else None
            if ones is None and others is None:
                yield one, other
            else:
                for cell in level.allowed[code]:
                    yield ones[cell] if ones else one, others[cell] if others else other

    def _left(self, pairs: Iterable[Pair]) -> Pairs:
        left = frozenset((min(pair), max(pair)) for pair in set(pairs) if differ(self.function, *pair))
        ended = any(self.diagrams.level[one] == self.diagrams.level[other] == LEAF for one, other in left)
        return ended or left or False
