"""Intervals of tau², I² and H² by the Q-profile method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from decidua.synthesis.arrays import Bools, Effects, Floats
from decidua.synthesis.iteration import solve_generalised_q
from decidua.synthesis.pooling import mean_of
from decidua.synthesis.projection import Model, degrees


@dataclass(frozen=True)
class Heterogeneity:
    """Bounds, each (analyses,): NaN for one study. `empty`: even tau² = 0 lies above the interval (Q far too small),
    so that both bounds are 0 and the interval covers nothing."""

    tau2: tuple[Floats, Floats]
    i2: tuple[Floats, Floats]
    h2: tuple[Floats, Floats]
    empty: Bools
    converged: Bools


def q_profile(effects: Effects, typical_variance: Floats, level: float = 0.95) -> Heterogeneity:
    """Viechtbauer 2007: the tau² at which y'P(tau²)y equals the upper and the lower χ² quantile.

    `typical_variance`: (analyses,) s² of Higgins and Thompson, by which I² = tau²/(tau² + s²), H² = 1 + tau²/s².
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        (low, high), empty, converged = tau2_profile(mean_of(effects), level)
        h2 = tuple(bound / typical_variance + 1 for bound in (low, high))
        i2 = tuple(100 * (1 - 1 / bound) for bound in h2)
    return Heterogeneity((low, high), (i2[0], i2[1]), (h2[0], h2[1]), empty, converged)


def tau2_profile(model: Model, level: float = 0.95) -> tuple[tuple[Floats, Floats], Bools, Bools]:
    """Bounds of tau², whether they enclose nothing, whether both were found; for means and for regressions."""
    df = degrees(model).astype(np.float64)
    spare = df > 0
    inner = model.rows(spare)
    tail = (1 - level) / 2
    # chdtri takes the upper tail's probability.
    quantiles: list[Floats] = [np.asarray(chdtri(df[spare], part), np.float64) for part in (tail, 1 - tail)]
    low, high = (solve_generalised_q(inner, target) for target in quantiles)
    empty, converged = np.zeros(len(df), bool), np.ones(len(df), bool)
    empty[spare] = inner.at(1 / inner.v).q() < quantiles[1]
    converged[spare] = low[1] & high[1]
    return (_spread(low[0], spare), _spread(high[0], spare)), empty, converged


def _spread(values: Floats, spare: Bools) -> Floats:
    full = np.full(len(spare), np.nan)
    full[spare] = values
    return full
