"""Trim and fill: how many studies a symmetric funnel would need besides (Duval and Tweedie 2000)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from decidua.synthesis.arrays import Effects, Floats
from decidua.synthesis.arrays import effects as effects_of
from decidua.synthesis.asymmetry import FEWEST
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.refusals import Refusal, refuse_other
from decidua.synthesis.regression import regress

COUNTERS = ("L0", "R0")
SIDES = ("left", "right")
ROUNDS = 100


@dataclass(frozen=True)
class Filled:
    """`missing`: studies that were added on `side`, with `se` of that count; `pooled`: with them."""

    counter: str
    side: str
    missing: int
    se: float
    pooled: Pooled
    effects: Effects
    converged: bool
    few: bool


def trim_and_fill(
    effects: Effects, pool: Callable[[Effects], Pooled], counter: str = "L0", side: str | None = None, *,
    despite_few: bool = False,
) -> Filled:  # fmt: skip
    """`pool`: the method of the trimmed and of the filled analysis. `side`: where studies are missing; None: where the
    regression of the effects on their standard errors points away from. Raises Refusal under ten studies.
    """
    refuse_other("The counter of missing studies", counter, COUNTERS)
    keep = effects.counted[0]
    y, v = effects.estimates[0, keep], effects.variances[0, keep]
    k, needed = len(y), 3 if despite_few else FEWEST
    if len(effects.estimates) != 1 or k < needed:
        raise Refusal("few", what="Trim and fill", needed=needed, given=k)
    side = side or _emptier(y, v)
    refuse_other("The side", side, SIDES)
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * y, kind="stable")
    missing, se, centre, converged = _trim(sign * y[order], v[order], pool, counter)
    mirrored = sign * (2 * centre - (sign * y[order])[k - missing :])
    filled = effects_of(
        effects.measure, np.concatenate([y, mirrored]), np.concatenate([v, v[order][k - missing :]]), None,
        effects.conventions,
    )  # fmt: skip
    return Filled(counter, side, missing, se, pool(filled), filled, converged, k < FEWEST)


def _emptier(y: Floats, v: Floats) -> str:
    slope = regress(effects_of("", y, v), np.sqrt(v)[:, None], "REML").coefficients[0, 1]
    return "right" if slope < 0 else "left"


def _trim(
    y: Floats, v: Floats, pool: Callable[[Effects], Pooled], counter: str
) -> tuple[int, float, float, bool]:  # fmt: skip
    """The count of missing studies, its standard error, the trimmed centre; `y` ascending, missing on the left."""
    k, missing = len(y), 0
    for _ in range(ROUNDS):
        centre = float(pool(effects_of("", y[: k - missing], v[: k - missing])).estimate[0])
        count, se = _counted(y - centre, counter)
        if count == missing:
            return missing, se, centre, True
        missing = min(count, k - 2)
    return missing, se, centre, False


def _counted(about: Floats, counter: str) -> tuple[int, float]:
    k = len(about)
    ranks = np.argsort(np.argsort(np.abs(about), kind="stable"), kind="stable") + 1.0
    if counter == "R0":
        # The length of the run of the largest ranks on the right, less one.
        left = ranks[about < 0]
        count = k - (left.max() if len(left) else 0) - 1
        return max(0, round(count)), float(np.sqrt(2 * max(0, count) + 2))
    above = ranks[about > 0].sum()
    count = (4 * above - k * (k + 1)) / (2 * k - 1)
    variance = (
        k * (k + 1) * (2 * k + 1) + 10 * count**3 + 27 * count**2 + 17 * count - 18 * k * count**2 - 18 * k * count
        + 6 * k**2 * count
    ) / 24  # fmt: skip
    return max(0, round(count)), float(4 * np.sqrt(max(variance, 0.0)) / (2 * k - 1))
