"""One guideline on one option for many patients: the walk through its facts, and the classes of answers at its end.

A class is what is possible under each way of reading. Thousands of last states fall into a few classes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import polars as pl

from decidua.answers import Answers, Branch, branches, outcome
from decidua.audit.codes import Coding
from decidua.audit.states import States

Class = tuple[Branch, ...]


class CellColumn:
    """A cell of the matrix as a column of an audit. `states` is None where the guideline is silent for everybody."""

    def __init__(
        self, answers: Answers, guideline: str, option: str, codings: Mapping[str, Coding], have: Collection[str]
    ) -> None:
        self.guideline, self.option, self.cell = guideline, option, (guideline, option)
        self.name = f"{guideline}/{option}"
        self.function = answers.function(guideline, option)
        self.states = States(self.function, codings, have) if self.function.said else None
        self.classes: list[Class] = []
        self._numbers: dict[Class, int] = {}
        self._of_state: list[int] = [0]
        if self.states is None:
            self._number(branches(self.function, self.function.plain))

    def learn(self, codes: pl.DataFrame) -> None:
        """Know every state that these rows end in."""
        assert self.states is not None
        self.states.learn(codes)
        for node in self.states.nodes[len(self._of_state) :]:
            self._of_state.append(self._number(branches(self.function, node)))
        self.__dict__.pop("_table", None)

    def _number(self, found: Class) -> int:
        if found not in self._numbers:
            self._numbers[found] = len(self.classes)
            self.classes.append(found)
        return self._numbers[found]

    def class_of(self, state: int) -> int:
        return self._of_state[state]

    @cached_property
    def _table(self) -> pl.Series:
        return pl.Series(self._of_state, dtype=pl.UInt64)

    def part(self) -> tuple[pl.Expr, int]:
        """The class of every row of a frame that has the last state in a column of this name; how many there are."""
        if self.states is None:
            return pl.lit(0, dtype=pl.UInt64), 1
        return pl.lit(self._table).gather(pl.col(self.name)), len(self.classes)

    def impossible(self) -> list[int]:
        """The last states that leave no world: facts that cannot be together."""
        nothing = self._numbers.get(())
        return [] if nothing is None else [at for at, number in enumerate(self._of_state) if at and number == nothing]

    def answer(self, number: int) -> str:
        return outcome(self.classes[number])[0]
