"""Effects of means and standard deviations: mean difference, standardised mean difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from decidua.synthesis.arrays import Bools, Effects, Floats, table
from decidua.synthesis.refusals import Refusal, refuse_other

CONTINUOUS = ("MD", "SMD")
HEDGES = {
    "metafor": "metafor: Hedges' g with the exact correction; variance 1/n1 + 1/n2 + g²/(2(n1 + n2))",
    "revman": "RevMan 5: Hedges' g with 1 − 3/(4N − 9); variance N/(n1·n2) + g²/(2(N − 3.94))",
}


@dataclass(frozen=True)
class Means:
    """Means, standard deviations and sizes of both groups, (analyses, studies); padding has `given` False."""

    m1: Floats
    sd1: Floats
    n1: Floats
    m2: Floats
    sd2: Floats
    n2: Floats
    given: Bools


def means(
    m1i: ArrayLike, sd1i: ArrayLike, n1i: ArrayLike, m2i: ArrayLike, sd2i: ArrayLike, n2i: ArrayLike,
    given: ArrayLike | None = None,
) -> Means:  # fmt: skip
    """Checked means (metafor's names). Raises Refusal with analysis and study, from 1."""
    m1, sd1, n1, m2, sd2, n2 = np.broadcast_arrays(*(table(v) for v in (m1i, sd1i, n1i, m2i, sd2i, n2i)))
    keep = np.ones(m1.shape, bool) if given is None else np.broadcast_to(np.asarray(given, bool), m1.shape)
    filled = [np.where(keep, v, filler) for v, filler in ((m1, 0), (sd1, 1), (n1, 9), (m2, 0), (sd2, 1), (n2, 9))]
    for values, key, least in ((filled[1], "spread", 0), (filled[4], "spread", 0), (filled[2], "empty-group", 1),
                               (filled[5], "empty-group", 1)):  # fmt: skip
        _refuse(values, key, values > 0 if least == 0 else values >= least)
    for values in (filled[0], filled[3]):
        _refuse(values, "interval", np.isfinite(values))
    m1, sd1, n1, m2, sd2, n2 = filled
    return Means(m1, sd1, n1, m2, sd2, n2, keep)


def _refuse(values: Floats, key: str, right: Bools) -> None:
    if not right.all():
        row, study = (int(at) for at in np.argwhere(~right)[0])
        raise Refusal(key, analysis=row + 1, study=study + 1, given=f"{values[row, study]:g}")


def continuous_effects(given: Means, measure: str, convention: str = "metafor") -> Effects:
    """MD: m1 − m2 with sd1²/n1 + sd2²/n2. SMD: Hedges' g (Hedges 1981), by metafor's or RevMan's formula."""
    refuse_other("The measure", measure, CONTINUOUS)
    refuse_other("The convention", convention, tuple(HEDGES))
    named: dict[str, str] = {}
    if measure == "MD":
        estimate, variance = given.m1 - given.m2, given.sd1**2 / given.n1 + given.sd2**2 / given.n2
    else:
        estimate, variance = _standardised(given, convention)
        named = {"standardised": HEDGES[convention]}
    keep = given.given & np.isfinite(estimate) & np.isfinite(variance) & (variance > 0)
    return Effects(measure, np.where(keep, estimate, 0.0), np.where(keep, variance, np.inf), keep, named)


def _standardised(g: Means, convention: str) -> tuple[Floats, Floats]:
    n, m = g.n1 + g.n2, g.n1 + g.n2 - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.sqrt(((g.n1 - 1) * g.sd1**2 + (g.n2 - 1) * g.sd2**2) / m)
        plain = (g.m1 - g.m2) / pooled
        if convention == "revman":
            estimate = plain * (1 - 3 / (4 * n - 9))
            return estimate, n / (g.n1 * g.n2) + estimate**2 / (2 * (n - 3.94))
        estimate = plain * np.exp(gammaln(m / 2) - np.log(np.sqrt(m / 2)) - gammaln((m - 1) / 2))
        return estimate, 1 / g.n1 + 1 / g.n2 + estimate**2 / (2 * n)
