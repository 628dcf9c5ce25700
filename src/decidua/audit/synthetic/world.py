"""One block of women as they are: every fact has its value, whether or not anybody will write it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from decidua.audit.synthetic.conditions import Array, Mask, World
from decidua.audit.synthetic.draws import LEVELS, DType, Numbers, Stream, below, mixed, of, parts, quantiles, steps
from decidua.audit.synthetic.load import Model
from decidua.audit.synthetic.model import Draw, Variable

MOST = 40
"""The largest count of which a part can be taken."""
DTYPES: Mapping[str, DType] = {"choice": np.dtype(np.uint8), "integer": np.dtype(np.int16), "number": np.dtype(float)}


class Maker:
    """Makes worlds of one model; what every block shares is prepared once."""

    def __init__(self, model: Model) -> None:
        self.model, self.facts = model, model.vocabulary.facts
        self._tables: dict[Draw, Array] = {}
        for variable in model.written.variables:
            for draw in variable.draws:
                if draw.kind in ("normal", "lognormal"):
                    self._tables[draw] = quantiles(draw, variable.step)
                elif draw.kind == "part":
                    self._tables[draw] = parts(draw, MOST)

    def world(self, stream: Stream) -> World:
        """Raises ValueError for a criterion that rests on a reading."""
        world = World(stream.rows, self.model.vocabulary, self.model.knowledge.names)
        self._roster(world, stream)
        for variable in self.model.written.variables:
            if variable.id not in world.values:
                world.values[variable.id] = self._value(variable, world, stream)
        return world

    def cases(self, draws: Sequence[Draw], world: World) -> list[tuple[Mask, Draw]]:
        """For each draw the rows that it is for: where its `when` holds, and no earlier one's did."""
        found: list[tuple[Mask, Draw]] = []
        rest = np.ones(world.rows, np.bool_)
        for draw in draws:
            if draw.when is None:
                found.append((rest, draw))
                break
            holds = world.holds(self.model.criteria[draw.when])
            found.append((rest & holds, draw))
            rest = rest & ~holds
        return found

    def truth(self, draws: Sequence[Draw], world: World, numbers: Numbers) -> Mask:
        """bool[rows], true by the chance of each row's draw."""
        found = np.zeros(world.rows, np.bool_)
        for rows, draw in self.cases(draws, world):
            found |= rows & below(numbers, of(float(draw.chance or 0)))
        return found

    def only(self, text: str | None, values: Array, last: int, world: World) -> Array:
        """False, zero or the last choice where the criterion does not hold."""
        if text is None:
            return values
        holds = world.holds(self.model.criteria[text])
        if values.dtype == np.bool_:
            return values & holds
        elsewhere = np.array(last, values.dtype)  # arithmetic is several times faster than `where` on a random mask
        kept: Array = (values - elsewhere) * holds.view(np.uint8).astype(values.dtype)
        return elsewhere + kept

    def _roster(self, world: World, stream: Stream) -> None:
        roster = self.model.written.roster
        drawn = steps([share for share, _ in roster.rows], stream.take())
        for at, column in enumerate(roster.columns):
            choices = self.facts[column].choices
            codes = np.array([choices.index(values[at]) for _, values in roster.rows], np.uint8)
            world.values[column] = codes[drawn]

    def _value(self, variable: Variable, world: World, stream: Stream) -> Array:
        if variable.means:
            return world.holds(self.model.criteria[variable.means])
        if variable.sum:
            return _sum(variable, world)
        if variable.body_mass_index:
            return body_mass_index(world.values["weight"], world.values["height"])
        numbers, fact = stream.take(), self.facts[variable.id]
        if fact.type == "boolean":
            return self.only(variable.only_if, self.truth(variable.draws, world, numbers), 0, world)
        cases = [
            (rows, self._drawn(one, fact.choices, numbers, world)) for rows, one in self.cases(variable.draws, world)
        ]
        values = mixed(cases, world.rows, DTYPES[fact.type])
        return self.only(variable.only_if, values, max(len(fact.choices) - 1, 0), world)

    def _drawn(self, draw: Draw, choices: tuple[str, ...], numbers: Numbers, world: World) -> Array:
        if draw.shares is not None and choices:
            return steps([draw.shares.get(choice, 0.0) for choice in choices], numbers)
        if draw.shares is not None:
            values = np.array([float(value) for value in draw.shares])
            return np.take(values, steps(list(draw.shares.values()), numbers), mode="clip")
        if draw.uniform is not None:
            first, last = draw.uniform
            return (numbers.astype(np.uint32) * (last - first + 1) >> 16).astype(np.int16) + np.int16(first)
        level: NDArray[np.int32] = (numbers >> 4).astype(np.int32)
        if draw.part_of is not None:
            level += world.values[draw.part_of].astype(np.int32) * LEVELS
        return np.take(self._tables[draw], level, mode="clip")  # every level is within: that spares a check of each


def _sum(variable: Variable, world: World) -> Array:
    assert variable.sum is not None
    found = np.zeros(world.rows, np.int16)
    for part in variable.sum.plus:
        found += world.values[part].astype(np.int16)
    for part in variable.sum.minus:
        found -= world.values[part].astype(np.int16)
    return found


def body_mass_index(weight: Array, height: Array) -> NDArray[np.float64]:
    """kg (tenths) and cm (whole) → kg/m2 to one decimal, halves up, as intake works it out; in whole numbers."""
    tenths = np.rint(weight.astype(np.float64) * 10).astype(np.int64)
    square = height.astype(np.int64) ** 2
    return ((tenths * 20_000 + square) // (2 * square)) / 10
