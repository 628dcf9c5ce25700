"""Pooling study effects: inverse variance, with one common effect or with a variance between studies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from decidua.synthesis.arrays import Effects, Floats
from decidua.synthesis.pooled import CI_METHODS, Pooled
from decidua.synthesis.projection import Mean, MeanFit
from decidua.synthesis.refusals import Refusal, refuse_other
from decidua.synthesis.tau2 import Tau2, estimate_tau2

WALD, HKSJ, FLOORED = CI_METHODS
INTERVALS = {
    WALD: "Wald: normal quantile, standard error 1/√Σw",
    HKSJ: "Hartung-Knapp-Sidik-Jonkman: t with k − 1 degrees, standard error √(Σw(y − θ)²/((k − 1)Σw)), no floor",
    FLOORED: "Hartung-Knapp-Sidik-Jonkman with floor: as hksj, but never a smaller standard error than Wald's",
}

ALONE = f"{INTERVALS[WALD]} (one study has no spread for {HKSJ})"


def pool_fixed(effects: Effects, ci: str = WALD, level: float = 0.95) -> Pooled:
    """One common effect: θ = Σwy/Σw with w = 1/v (inverse variance). Pooled arrays are (analyses,)."""
    model = mean_of(effects)
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = model.at(1 / effects.variances)
        named = {**effects.conventions, "model": "fixed, inverse variance"}
        return with_interval(pooled_from(effects, fit, None, named, level), fit, ci)


def pool_random(effects: Effects, tau2: str = "REML", ci: str = WALD, level: float = 0.95) -> Pooled:
    """Effects that vary between studies: w = 1/(v + tau²). `tau2`: one of ESTIMATORS.

    Where one study counts, tau² has no value and the estimate is that study's.
    """
    model = mean_of(effects)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = estimate_tau2(model, tau2)
        fit = model.at(1 / (effects.variances + found.value[:, None]))
        named = {**effects.conventions, "model": "random, inverse variance", "tau2": tau2}
        return with_interval(pooled_from(effects, fit, found, named, level), fit, ci)


def mean_of(effects: Effects) -> Mean:
    return Mean(effects.estimates, effects.variances, effects.counted)


def pooled_from(
    effects: Effects, fit: MeanFit, found: Tau2 | None, named: dict[str, str], level: float
) -> Pooled:  # fmt: skip
    """A fitted mean as a pooled effect, with Wald's standard error."""
    if not 0 < level < 1:
        raise Refusal("level", given=level)
    return Pooled(
        estimate=fit.mu, se=1 / np.sqrt(fit.s1), tau2=found, raw_weights=fit.w, level=level, conventions=named,
        source=lambda: effects,
    )  # fmt: skip


def with_interval(pooled: Pooled, fit: MeanFit, ci: str) -> Pooled:
    """Adds the interval's method. With one study there is no spread to estimate: the normal quantile stays."""
    refuse_other("The interval", ci, CI_METHODS)
    named = {**pooled.conventions, "ci": INTERVALS[ci]}
    if ci == WALD:
        return replace(pooled, conventions=named)
    degrees_left = pooled.k - 1
    if (degrees_left < 1).all():
        named["ci"] = ALONE
    spread = np.where(degrees_left > 0, fit.q() / np.maximum(degrees_left, 1), 1.0)
    if ci == FLOORED:
        spread = np.maximum(spread, 1.0)
    df: Floats = np.where(degrees_left > 0, degrees_left, np.inf)
    return replace(pooled, se=pooled.se * np.sqrt(spread), df=df, conventions=named)
