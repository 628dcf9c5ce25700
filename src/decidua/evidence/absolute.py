"""From a baseline risk and a relative effect to absolute numbers. Plain arithmetic: it needs neither NumPy nor content.

    RR   risk with = RR · b                        Cochrane Handbook 5.1, 12.5.4.2
    OR   risk with = OR · b / (1 − b + OR · b)     Cochrane Handbook 5.1, 12.5.4.3
    RD   risk with = b + RD                        Cochrane Handbook 5.1, 12.5.4.1
    HR   risk with = 1 − (1 − b)^HR                Altman and Andersen, BMJ 1999;319:1492: at one point in time

`b` is the baseline, a proportion. The limits are those of the relative effect (12.5.4.5); the baseline's own
uncertainty is not in them. Numbers needed to treat are rounded up (12.5.4.0) and named for benefit or harm
(Altman, BMJ 1998;317:1309).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

Measure = Literal["OR", "RR", "RD", "HR"]
Good = Literal["more", "fewer"]
MEASURES: tuple[Measure, ...] = ("OR", "RR", "RD", "HR")
Z95 = NormalDist().inv_cdf(0.975)
SLACK = 1e-9
"""Binary fractions: 1/0.05 is a little above 20."""


class Impossible(ValueError):
    """Numbers that have no absolute effect. `key` and `parts` let a caller say why in words."""

    def __init__(self, key: str, /, **parts: str) -> None:
        self.key = key
        self.parts = parts
        super().__init__(f"{key}: {parts}")


@dataclass(frozen=True)
class Relative:
    """An effect with its 95 % limits; RD as a proportion. Raises Impossible for numbers that are no effect."""

    measure: Measure
    estimate: float
    lower: float
    upper: float

    def __post_init__(self) -> None:
        values = (self.lower, self.estimate, self.upper)
        shown = f"{self.measure} {self.estimate:g} ({self.lower:g}–{self.upper:g})"
        if not all(map(math.isfinite, values)):
            raise Impossible("not-finite", effect=shown)
        if self.measure == "RD" and not all(-1 < value < 1 for value in values):
            raise Impossible("difference-outside", effect=shown)
        if self.measure != "RD" and min(values) <= 0:
            raise Impossible("not-above-zero", effect=shown)
        if not self.lower <= self.estimate <= self.upper:
            raise Impossible("no-interval-around", effect=shown)

    @property
    def no_effect(self) -> float:
        return 0.0 if self.measure == "RD" else 1.0

    @property
    def crosses(self) -> bool:
        """Both directions lie in the interval."""
        return self.lower < self.no_effect < self.upper

    @property
    def reaches(self) -> bool:
        """The interval ends at no effect, as printed: RR 1.25 (1.00 to 1.56)."""
        return self.no_effect in (self.lower, self.upper)


@dataclass(frozen=True)
class Absolute:
    """Risks as proportions. `lower`, `upper`: the risk with, at the effect's limits; None: it would leave 0 to 1."""

    baseline: float
    risk: float
    lower: float | None
    upper: float | None

    @property
    def difference(self) -> float:
        return self.risk - self.baseline

    @property
    def differences(self) -> tuple[float | None, float | None]:
        """At the two limits."""
        return _less(self.lower, self.baseline), _less(self.upper, self.baseline)


@dataclass(frozen=True)
class Needed:
    """How many to treat for one more with the good outcome (`benefit`) or with the bad one; inf: no difference."""

    number: float
    benefit: bool | None


def absolute(effect: Relative, baseline: float) -> Absolute:
    """Raises Impossible for a baseline outside 0 to 1, and where the estimate would carry it outside."""
    if not 0 < baseline < 1:
        raise Impossible("baseline-outside", baseline=f"{100 * baseline:g} %")
    risk = carried(effect.measure, effect.estimate, baseline)
    if not 0 <= risk <= 1:
        raise Impossible("risk-outside", risk=f"{100 * risk:.5g} %", baseline=f"{100 * baseline:.1f} %")
    limits = (carried(effect.measure, limit, baseline) for limit in (effect.lower, effect.upper))
    lower, upper = (limit if 0 <= limit <= 1 else None for limit in limits)
    return Absolute(baseline, risk, lower, upper)


def carried(measure: Measure, effect: float, baseline: float) -> float:
    """The risk with; not clipped, so that a ratio too large for its baseline shows. A ratio of 1 changes nothing."""
    if measure != "RD" and effect == 1:
        return baseline
    if measure == "RR":
        return effect * baseline
    if measure == "OR":
        return effect * baseline / (1 - baseline + effect * baseline)
    return baseline + effect if measure == "RD" else 1 - (1 - baseline) ** effect


def needed(difference: float, good: Good | None) -> Needed:
    """1/|difference|, rounded up. Without a known good direction neither benefit nor harm is named."""
    if difference == 0:
        return Needed(math.inf, None)
    number = math.ceil(1 / abs(difference) - SLACK)
    return Needed(number, None if good is None else (difference > 0) == (good == "more"))


def from_counts(a: int, n1: int, c: int, n2: int) -> Relative:
    """The odds ratio of one trial with Woolf's interval. Raises Impossible for an empty cell.

    An odds ratio and not a risk ratio: it gives back the trial's own risks, and fits every other baseline.
    """
    cells = (a, n1 - a, c, n2 - c)
    if min(cells) <= 0:
        raise Impossible("empty-cell", counts=f"{a}/{n1}, {c}/{n2}")
    logarithm = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    reach = Z95 * math.sqrt(sum(1 / cell for cell in cells))
    return Relative("OR", math.exp(logarithm), math.exp(logarithm - reach), math.exp(logarithm + reach))


def _less(value: float | None, baseline: float) -> float | None:
    return None if value is None else value - baseline
