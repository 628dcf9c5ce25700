"""Small-study effects: tests of funnel plot asymmetry. Under ten studies they say next to nothing (Sterne 2011)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from decidua.synthesis.arrays import Effects, Floats
from decidua.synthesis.binary import observed_less_expected
from decidua.synthesis.counts import Counts
from decidua.synthesis.refusals import Refusal

FEWEST = 10
"""Studies below which a test is refused, unless the caller asks for it all the same (`despite_few`)."""


@dataclass(frozen=True)
class Asymmetry:
    """`statistic`: the slope over its standard error (t with `df`), or Kendall's tau (`df` None). `few`: k < 10."""

    test: str
    statistic: float
    p: float
    k: int
    df: int | None
    slope: float | None
    few: bool


def egger(effects: Effects, *, despite_few: bool = False) -> Asymmetry:
    """Egger et al. 1997: y on its standard error, weights 1/v, t with k − 2 degrees."""
    y, v = _one(effects)
    return _regressed("egger", y, np.sqrt(v), 1 / v, despite_few)


def peters(given: Counts, effects: Effects, *, despite_few: bool = False) -> Asymmetry:
    """Peters et al. 2006: y on 1/n, weights 1/(1/events + 1/non-events) over both groups; k − 2 degrees."""
    events, others = given.a + given.c, given.b + given.d
    keep = (effects.counted & (events > 0) & (others > 0))[0]
    e, o = events[0, keep], others[0, keep]
    return _regressed("peters", effects.estimates[0, keep], 1 / (e + o), e * o / (e + o), despite_few)


def harbord(given: Counts, *, despite_few: bool = False) -> Asymmetry:
    """Harbord et al. 2006: the efficient score over its variance, (O − E)/V, on 1/√V, weights V; k − 2 degrees."""
    excess, variance = (values[0] for values in observed_less_expected(given))
    keep = variance > 0
    z, v = excess[keep], variance[keep]
    return _regressed("harbord", z / v, 1 / np.sqrt(v), v, despite_few)


def begg(effects: Effects, *, despite_few: bool = False) -> Asymmetry:
    """Begg and Mazumdar 1994: Kendall's tau of (y − θ)/√(v − 1/Σw) with v; exact under 50 studies without ties."""
    from scipy.stats import kendalltau  # slow to import; only this test needs it

    y, v = _one(effects)
    _refuse_few("begg", len(y), despite_few, 3)
    whole = (1 / v).sum()
    standard = (y - (y / v).sum() / whole) / np.sqrt(v - 1 / whole)
    tied = len(np.unique(standard)) < len(y) or len(np.unique(v)) < len(y)
    found = kendalltau(standard, v, method="asymptotic" if tied or len(y) >= 50 else "exact")
    return Asymmetry("begg", float(found.statistic), float(found.pvalue), len(y), None, None, len(y) < FEWEST)


def _one(effects: Effects) -> tuple[Floats, Floats]:
    if len(effects.estimates) != 1:
        raise Refusal("batch", what="A test of asymmetry", given=len(effects.estimates))
    keep = effects.counted[0]
    return effects.estimates[0, keep], effects.variances[0, keep]


def _refuse_few(test: str, k: int, despite_few: bool, least: int) -> None:
    needed = least if despite_few else FEWEST
    if k < needed:
        raise Refusal("few", what=f"The test of {test.capitalize()}", needed=needed, given=k)


def _regressed(test: str, y: Floats, x: Floats, w: Floats, despite_few: bool) -> Asymmetry:
    """Weighted simple regression with a free dispersion: t of the slope."""
    k = len(y)
    _refuse_few(test, k, despite_few, 3)
    x_mean, y_mean = (w * x).sum() / w.sum(), (w * y).sum() / w.sum()
    sxx = (w * (x - x_mean) ** 2).sum()
    if sxx <= 1e-12 * (w * x**2).sum():
        raise Refusal("moderators", given=k)
    slope = (w * (x - x_mean) * (y - y_mean)).sum() / sxx
    residual = y - y_mean - slope * (x - x_mean)
    t = slope / np.sqrt((w * residual**2).sum() / (k - 2) / sxx)
    return Asymmetry(test, float(t), float(2 * stdtr(k - 2, -abs(t))), k, k - 2, float(slope), k < FEWEST)
