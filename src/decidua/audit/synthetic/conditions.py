"""Criteria over a complete world: whole arrays at once, two truth values, because nothing is unknown yet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decidua.criteria import Criterion
from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Is, Named, Not, OneOf, Or
from decidua.facts import Vocabulary

Array = NDArray[Any]
Mask = NDArray[np.bool_]
Values = dict[str, Array]
"""Variable → bool; choices as uint8, by their place among the choices; whole numbers as int16; numbers as float64."""


class World:
    """The complete values of `rows` women, and what criteria make of them. Each part is worked out once."""

    def __init__(self, rows: int, vocabulary: Vocabulary, names: Mapping[str, Criterion]) -> None:
        self.rows, self.vocabulary, self.names = rows, vocabulary, names
        self.values: Values = {}
        self._masks: dict[Criterion, Mask] = {}

    def holds(self, node: Criterion) -> Mask:
        """bool[rows]. Names mean their definition. Raises ValueError for a reading: a model takes no side."""
        found = self._masks.get(node)
        if found is None:
            found = self._masks[node] = self._mask(node)
        return found

    def _mask(self, node: Criterion) -> Mask:
        match node:
            case Always(value):
                return np.full(self.rows, value)
            case Is(fact):
                return self.values[fact].view(np.bool_)
            case OneOf(fact, choices):
                return self._one_of(fact, choices)
            case Compare():
                return self._compare(node)
            case Named(id):
                return self.holds(self.names[id])
            case Not(part):
                return ~self.holds(part)
            case And(parts):
                return reduce(and_, map(self.holds, parts))
            case Or(parts):
                return reduce(or_, map(self.holds, parts))
            case AtLeast(k, parts):
                return np.asarray(np.sum([self.holds(part) for part in parts], axis=0) >= k)
            case Choose(reading, _):
                raise ValueError(f"the reading {reading} cannot stand in a model")

    def _one_of(self, fact: str, choices: tuple[str, ...]) -> Mask:
        codes, allowed = self.values[fact], self.vocabulary.facts[fact].choices
        return reduce(or_, [codes == allowed.index(choice) for choice in choices])

    def _compare(self, node: Compare) -> Mask:
        value, cut = self.values[node.fact], float(node.value)
        made = {"=": np.equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[node.op]
        return np.asarray(made(value, int(cut) if value.dtype != np.float64 and cut.is_integer() else cut))
