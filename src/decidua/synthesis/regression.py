"""Meta-regression: what explains the differences between studies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, fdtrc

from decidua.synthesis.arrays import Effects, Floats, Ints
from decidua.synthesis.pooled import CI_METHODS, quantile, two_sided
from decidua.synthesis.pooling import mean_of
from decidua.synthesis.projection import Fit, Regression, degrees
from decidua.synthesis.refusals import Refusal, refuse_other
from decidua.synthesis.tau2 import Tau2, estimate_tau2

FIXED = "fixed"
CONDITION = 1e-10
"""Smallest share of the largest singular value of the scaled moderators; below it they are called collinear."""
FLAT = 1e-12
"""A moderator that varies by less than this share of its mean is called constant."""


@dataclass(frozen=True)
class Regressed:
    """`coefficients`, `se`, `df`: (analyses, p) and (analyses,); `tau2`: the variance left unexplained, None if fixed.

    `moderators_q`, `moderators_df`: Wald test that all coefficients but the intercept are 0, χ² with p − 1 degrees;
    divided by p − 1 it is F with `df` where the interval is HKSJ. `residual_q`: y'Py at tau² = 0.
    """

    model: Regression
    coefficients: Floats
    se: Floats
    tau2: Tau2 | None
    tau2_without: Tau2 | None
    moderators_q: Floats
    residual_q: Floats
    df: Floats | None
    level: float

    @property
    def residual_df(self) -> Ints:
        return degrees(self.model)

    @property
    def moderators_df(self) -> int:
        return self.model.p - 1

    @cached_property
    def p(self) -> Floats:
        """(analyses, p)"""
        df = None if self.df is None else self.df[:, None]
        return two_sided(self.coefficients / self.se, df)

    @cached_property
    def interval(self) -> tuple[Floats, Floats]:
        wide = quantile(0.5 + self.level / 2, self.df, len(self.se))[:, None] * self.se
        return self.coefficients - wide, self.coefficients + wide

    @cached_property
    def moderators_p(self) -> Floats:
        """NaN without moderators."""
        if self.moderators_df == 0:
            return np.full(len(self.moderators_q), np.nan)
        if self.df is None:
            return np.asarray(chdtrc(self.moderators_df, self.moderators_q))
        return np.asarray(fdtrc(self.moderators_df, self.df, self.moderators_q / self.moderators_df))

    @cached_property
    def residual_p(self) -> Floats:
        return np.asarray(chdtrc(self.residual_df.astype(np.float64), self.residual_q))

    @cached_property
    def explained(self) -> Floats:
        """R² in percent: 100 (tau²₀ − tau²)/tau²₀, not below 0 (Raudenbush 2009); NaN where tau²₀ is 0 or fixed."""
        if self.tau2 is None or self.tau2_without is None:
            return np.full(len(self.moderators_q), np.nan)
        before = self.tau2_without.value
        with np.errstate(divide="ignore", invalid="ignore"):
            share: Floats = 100 * np.maximum(1 - self.tau2.value / before, 0.0)
        return np.where(before > 0, share, np.nan)

    @cached_property
    def residual_i2(self) -> Floats:
        """Percent: of the unexplained variability, what is not sampling error: tau²/(tau² + (k − p)/tr P)."""
        if self.tau2 is None:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.maximum(100 * (1 - self.residual_df / self.residual_q), 0.0)
        typical = self.residual_df / self.model.at(1 / self.model.v).trace_p()
        share: Floats = 100 * self.tau2.value / (self.tau2.value + typical)
        return share


def regress(
    effects: Effects, moderators: ArrayLike, tau2: str = "REML", ci: str = "wald", level: float = 0.95
) -> Regressed:  # fmt: skip
    """Weighted least squares with w = 1/(v + tau²) (Berkey et al. 1995); `tau2` may be `fixed`.

    `moderators`: (studies, m) or (analyses, studies, m), without the intercept. Raises Refusal where they are
    collinear or leave no degree of freedom.
    """
    refuse_other("The interval", ci, CI_METHODS)
    model, back = _model(effects, moderators)
    found = None if tau2 == FIXED else estimate_tau2(model, tau2)
    without = None if tau2 == FIXED else estimate_tau2(mean_of(effects), tau2)
    fit = model.at(1 / (effects.variances + (0.0 if found is None else found.value[:, None])))
    spread = _spread(fit, model, ci)
    covariance = back @ (fit.covariance * spread[:, None, None]) @ back.swapaxes(1, 2)
    coefficients = np.einsum("ipq,iq->ip", back, fit.coefficients)
    df = None if ci == "wald" else degrees(model).astype(np.float64)
    return Regressed(
        model=model, coefficients=coefficients, se=np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)), tau2=found,
        tau2_without=without, moderators_q=_wald(coefficients[:, 1:], covariance[:, 1:, 1:]),
        residual_q=model.at(1 / effects.variances).q(), df=df, level=level,
    )  # fmt: skip


def _model(effects: Effects, moderators: ArrayLike) -> tuple[Regression, Floats]:
    """The model in centred and scaled moderators, and (analyses, p, p) by which its coefficients go back.

    Years as they are would cost half of the digits; tau² and the residuals do not change with the scale.
    """
    given = np.asarray(moderators, dtype=np.float64)
    given = given[None] if given.ndim == 2 else given
    if given.ndim != 3 or given.shape[1] != effects.estimates.shape[1]:
        raise Refusal("shape", given=given.shape)
    kept = effects.only(effects.counted & np.isfinite(given).all(axis=2))
    inside = kept.counted[:, :, None]
    inner = np.where(inside, np.broadcast_to(given, (*kept.counted.shape, given.shape[2])), 0.0)
    k = np.maximum(inside.sum(axis=1), 1)
    with np.errstate(over="ignore", invalid="ignore"):
        centre = inner.sum(axis=1) / k
        about = np.where(inside, inner - centre[:, None], 0.0)
        size = np.sqrt((about**2).sum(axis=1) / k)
    size = np.where(np.isfinite(size), size, 0.0)  # numbers whose squares overflow are refused
    _refuse_collinear(about, np.where(np.abs(centre) * FLAT < size, size, 0.0), kept.k)
    x = np.concatenate([inside.astype(np.float64), about / size[:, None]], axis=2)
    return Regression(kept.estimates, kept.variances, kept.counted, x), _back(centre, size)


def _back(centre: Floats, size: Floats) -> Floats:
    back = np.zeros((len(centre), centre.shape[1] + 1, centre.shape[1] + 1))
    back[:, 0, 0] = 1.0
    back[:, 0, 1:] = -centre / size
    diagonal = np.arange(1, back.shape[1])
    back[:, diagonal, diagonal] = 1 / size
    return back


def _refuse_collinear(about: Floats, size: Floats, k: Ints) -> None:
    """`size` 0: a moderator that does not vary."""
    if (k <= about.shape[2] + 1).any() or not size.all():
        raise Refusal("moderators", given=int(k.min()))
    singular = np.linalg.svd(about / size[:, None], compute_uv=False)
    if about.shape[2] and (singular[:, -1] < CONDITION * singular[:, 0]).any():
        raise Refusal("moderators", given=int(k.min()))


def _spread(fit: Fit, model: Regression, ci: str) -> Floats:
    """What the covariance is multiplied by: 1, or Knapp and Hartung's (2003) Σw r²/(k − p), with or without floor."""
    if ci == "wald":
        return np.ones(len(model.y))
    spread: Floats = fit.q() / degrees(model)
    return np.maximum(spread, 1.0) if ci == "hksj-floor" else spread


def _wald(coefficients: Floats, covariance: Floats) -> Floats:
    if coefficients.shape[1] == 0:
        return np.full(len(coefficients), np.nan)
    solved = np.linalg.solve(covariance, coefficients[:, :, None])[:, :, 0]
    statistic: Floats = (coefficients * solved).sum(axis=1)
    return statistic
