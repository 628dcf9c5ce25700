"""What remains of an answer function when the facts of many patients are read one after the other.

The function's diagram, restricted by the code of one fact, is another diagram; the same for all patients who agree so
far as it matters. So each fact is one small table, (what remained, code) → what remains, and a patient is a walk
through the tables. Entries are filled by `Diagrams.restrict` when a patient first needs them: what remains in the end
is the very node that consulting her reaches. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from threading import Lock

import polars as pl

from decidua.answers import AnswerFunction
from decidua.audit.codes import Coding

UNSEEN = 0
"""The state of a row that needs an entry which nobody has filled yet."""


class Level:
    """One fact: for every state before it and every code the state after it, ready for the next level's table."""

    def __init__(self, level: int, coding: Coding, allowed: tuple[tuple[int, ...] | None, ...]) -> None:
        self.level, self.fact, self.allowed = level, coding.id, allowed
        self.width = len(allowed)
        self.stride = 1
        """Width of the next level: a state stands in the table multiplied by it."""
        self.nodes: list[int] = [-1]
        """The nodes of the states *before* this level; state 0 is unseen."""
        self.states: dict[int, int] = {}
        self.entries: list[int] = [UNSEEN] * self.width
        self._table: pl.Series | None = None

    def state(self, node: int) -> int:
        if node not in self.states:
            self.states[node] = len(self.nodes)
            self.nodes.append(node)
            self.entries += [UNSEEN] * self.width
            self._table = None
        return self.states[node]

    def fill(self, entry: int, state: int) -> None:
        self.entries[entry] = state * self.stride
        self._table = None

    @property
    def table(self) -> pl.Series:
        if self._table is None:
            self._table = pl.Series(self.entries, dtype=pl.UInt32)
        return self._table


class States:
    """The walk of one guideline and option. `levels` end with one that only names the last states."""

    def __init__(self, function: AnswerFunction, codings: Mapping[str, Coding], have: Collection[str]) -> None:
        """`have`: the columns of the frame; what has none is read by nobody."""
        self.function = function
        self.levels = [
            Level(at, codings[variable.id], _allowed(function, at, codings[variable.id]))
            for at, variable in enumerate(function.diagrams.variables)
            if variable.kind != "reading" and {variable.id, f"{variable.id}.low"} & set(have)
        ]
        self.last = Level(-1, Coding(""), (None,))
        following = [*self.levels[1:], self.last]
        for level, after in zip(self.levels, following, strict=bool(self.levels)):
            level.stride = after.width
        self.first = (self.levels or [self.last])[0]
        self.first.state(function.plain)
        self.filling = Lock()

    @property
    def nodes(self) -> list[int]:
        """The node of every last state."""
        return self.last.nodes

    def expression(self) -> pl.Expr:
        """The last state of every row of a frame of codes, UNSEEN where an entry is missing."""
        state = pl.lit(self.first.width, dtype=pl.UInt32)
        for level in self.levels:
            state = pl.lit(level.table).gather(state + pl.col(level.fact))
        return state

    def learn(self, codes: pl.DataFrame) -> None:
        """Fill every entry that these rows need."""
        with self.filling:
            states = pl.select(pl.repeat(self.first.width, codes.height, dtype=pl.UInt32)).to_series()
            for level, after in zip(self.levels, [*self.levels[1:], self.last], strict=True):
                entries = states + codes[level.fact]
                needed = entries.unique().to_list()
                for entry in needed:
                    if level.entries[entry] == UNSEEN:
                        level.fill(entry, after.state(self._after(level, entry)))
                states = level.table.gather(entries)

    def _after(self, level: Level, entry: int) -> int:
        state, code = divmod(entry, level.width)
        node, cells = level.nodes[state], level.allowed[code]
        if cells is None:
            return node
        function = self.function
        if function.diagrams.variables[level.level].kind == "named" and node == function.plain:
            node = function.root  # the names stand only in the root, and only she who states one needs them
        return function.diagrams.restrict(node, {level.level: cells})


def _allowed(function: AnswerFunction, level: int, coding: Coding) -> tuple[tuple[int, ...] | None, ...]:
    """For every code the cells that agree with it; None where that says nothing."""
    variable = function.diagrams.variables[level]
    every = tuple(range(len(variable.cells)))
    found = (every if value is None else variable.allowed(value) for value in coding.meanings)
    return tuple(None if cells == every else cells for cells in found)


def walks(states: Mapping[tuple[str, str], States]) -> Iterator[pl.Expr]:
    """One column for each cell, named by it."""
    for cell, one in states.items():
        yield one.expression().alias(name_of(cell))


def name_of(cell: tuple[str, str]) -> str:
    return "/".join(cell)
