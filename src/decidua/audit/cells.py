"""One answer function for many patients: the walk through its facts, and the classes of answers at its end.

A class is what is possible under each way of reading. Many last states fall into a few classes. Many cells have the
same function: what a guideline says of all therapies alike is walked and counted once.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import cast

import polars as pl

from decidua.answers import AnswerFunction, Answers, Branch, branches, outcome
from decidua.answers.worlds import ordered
from decidua.audit.codes import Coding
from decidua.audit.states import Places, States

Class = tuple[Branch, ...]
Cell = tuple[str, str]
"""Guideline and option."""


class CellColumn:
    """The cells of the matrix with one answer function as a column of an audit, named after the first of them.

    `states` is None where the guideline is silent for everybody.
    """

    def __init__(self, function: AnswerFunction, codings: Mapping[str, Coding], have: Collection[str]) -> None:
        self.function, self.name = function, f"{function.guideline}/{function.option}"
        self.cells: list[Cell] = []
        self.states = States(function, codings, have) if function.said else None
        self.classes: list[Class] = []
        self._numbers: dict[Class, int] = {}
        self._of_state: list[int] = [0]
        if self.states is None:
            self._number(branches(self.function, self.function.plain))

    def _classes(self) -> list[int]:
        """The class of every last state that is known by now, by its number."""
        ends = self.states.points[-1].states if self.states else []
        self._of_state += [self._number(self._class(places or ())) for places in ends[len(self._of_state) :]]
        return self._of_state

    def _class(self, places: Places) -> Class:
        """Readings are left out that change nothing of what is possible."""
        value, named = self.function.diagrams.value, self.states.ways if self.states else ()
        possible = [(some, ordered({cast(str, value[at]) for at in nodes})) for some, nodes in places]
        return shortened(
            tuple(Branch(way, answers) for at, way in enumerate(named) for some, answers in possible if some >> at & 1)
        )

    def _number(self, found: Class) -> int:
        if found not in self._numbers:
            self._numbers[found] = len(self.classes)
            self.classes.append(found)
        return self._numbers[found]

    def codes(self) -> dict[str, int]:
        """The columns that the answer rests on, and how many codes each has."""
        return self.states.codes() if self.states else {}

    def class_of(self, state: int) -> int:
        return self._classes()[state]

    def part(self) -> tuple[pl.Expr, int]:
        """The class of every row of a frame that has the last state in a column of this name; how many there are."""
        if self.states is None:
            return pl.lit(0, dtype=pl.UInt32), 1
        of_state = pl.Series(self._classes(), dtype=pl.UInt32)
        return pl.lit(of_state).gather(pl.col(self.name)), len(self.classes)

    def impossible(self) -> list[int]:
        """The last states that leave no world: facts that cannot be together."""
        return [at for at, number in enumerate(self._classes()) if at and self.classes[number] == ()]

    def open(self) -> pl.Expr:
        """Whether facts can still change the answer of a row."""
        needing = [at > 0 and self.answer(number) == "needs-data" for at, number in enumerate(self._classes())]
        return pl.lit(pl.Series(needing, dtype=pl.Boolean)).gather(pl.col(self.name))

    def answer(self, number: int) -> str:
        return outcome(self.classes[number])[0]


def columns_of(
    answers: Answers, cells: Iterable[Cell], codings: Mapping[str, Coding], have: Collection[str]
) -> dict[Cell, CellColumn]:
    """The column of each cell: one and the same where the answer functions are."""
    made: dict[Hashable, CellColumn] = {}
    found: dict[Cell, CellColumn] = {}
    for cell in cells:
        function = answers.function(*cell)
        key = function.alike()
        if key not in made:
            made[key] = CellColumn(function, codings, have)
        found[cell] = made[key]
        found[cell].cells.append(cell)
    return found


def shortened(found: Class) -> Class:
    """The same with no reading named that changes nothing of what is possible, in a fixed order."""
    return _shortened(found, sorted({id_ for branch in found for id_, _ in branch.readings}))


def _shortened(found: Class, readings: Sequence[str]) -> Class:
    if len({branch.possible for branch in found}) <= 1:
        return tuple(Branch((), branch.possible) for branch in found[:1])
    first, *rest = readings
    taken = {branch: dict(branch.readings).get(first) for branch in found}
    slugs = sorted({slug for slug in taken.values() if slug is not None})
    if not slugs:
        return _shortened(found, rest)
    under = {s: _shortened(tuple(one for one in found if taken[one] in (s, None)), rest) for s in slugs}
    if len(set(under.values())) == 1:
        return under[slugs[0]]
    return tuple(Branch(((first, slug), *one.readings), one.possible) for slug, ways in under.items() for one in ways)
