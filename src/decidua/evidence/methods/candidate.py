"""What a candidate method says about printed numbers, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal

from decidua.evidence.printed import Printed, Relation

Grade = Literal["exact", "rounding"]


@dataclass(frozen=True)
class Outcome:
    """A recomputed number; `low` and `high` span what the rounding of the inputs leaves open.

    `relation`: of the number that it is taken from, where two prints such as ≥30 and >30 are compared as prints.
    """

    value: float
    low: float
    high: float
    relation: Relation | None = None


@dataclass(frozen=True)
class Candidate:
    """One method's values for the parts of a question. `at_best`: the best verdict that a hit by it deserves.

    `mix_up`: it would explain the print by an error (another measure, groups swapped), so it counts only if it gives
    every number of the question.
    """

    method: str
    values: Mapping[str, Outcome]
    detail: str = ""
    at_best: Grade = "exact"
    mix_up: bool = False


@dataclass(frozen=True)
class Given:
    """The inputs of a question, by name, its options, and any other printed number by reference (None: not there)."""

    inputs: Mapping[str, tuple[Printed, ...]]
    words: Mapping[str, str]
    options: Mapping[str, Any]
    look: Callable[[str], Printed | None]
    decimals: Mapping[str, int] = field(default_factory=dict)
    """Decimals of the printed parts."""

    def __getitem__(self, name: str) -> float:
        """The value of an input; several printed numbers are added."""
        return sum(printed.value for printed in self.inputs[name])

    def whole(self, name: str) -> int:
        return round(self[name])

    def as_print(self, name: str, value: float) -> Outcome:
        """A value with the relation of the input that it is taken from."""
        return Outcome(value, value, value, self.inputs[name][0].relation)

    def many(self, *names: str) -> tuple[Printed, ...]:
        return tuple(self.inputs[name][0] for name in names)


Family = Callable[[Given], Iterator[Candidate]]


def sure(value: float) -> Outcome:
    """A value from exact inputs (counts)."""
    return Outcome(value, value, value)


def spread(function: Callable[..., float], inputs: tuple[Printed, ...]) -> Outcome:
    """A value from rounded inputs, with its range over the corners of what they may have been.

    The functions used here are monotone in each input over so small a box, so the corners hold the extremes.
    """
    corners = [function(*corner) for corner in product(*((one.low, one.high) for one in inputs))]
    middle = function(*(one.value for one in inputs))
    return Outcome(middle, min(*corners, middle), max(*corners, middle))
