"""A number as it stands in print: its text, its value, and what it may have been before it was rounded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Relation = Literal["=", "<", ">", "<=", ">="]
TINY = 1e-9
"""Slack for binary fractions: 2.675 is stored a little below itself."""


@dataclass(frozen=True)
class Printed:
    """`text` as printed (or repaired); `decimals` digits behind the point; `relation` for prints like p<0.001."""

    text: str
    value: float
    decimals: int = 0
    relation: Relation = "="

    @property
    def unit(self) -> float:
        """One step of the last printed digit."""
        return float(10.0**-self.decimals)

    @property
    def low(self) -> float:
        """The smallest number that rounds to the print."""
        return self.value - self.unit / 2

    @property
    def high(self) -> float:
        return self.value + self.unit / 2


def rounded(value: float, decimals: int) -> float:
    """Half away from zero, as hand and most programs round. `nan` stays."""
    if not math.isfinite(value):
        return value
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(value) * scale + 0.5 + TINY), value) / scale


def truncated(value: float, decimals: int) -> float:
    """The digits behind the last printed one cut off."""
    if not math.isfinite(value):
        return value
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(value) * scale + TINY), value) / scale


def same(one: float, other: float, decimals: int) -> bool:
    """Equal as printed with so many decimals."""
    return abs(one - other) < 10.0**-decimals / 1000
