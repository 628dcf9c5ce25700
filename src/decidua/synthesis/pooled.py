"""A pooled effect with everything that follows from it. What is not asked for is not computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

from decidua.synthesis.arrays import Bools, Effects, Floats, Ints, row_sum, total
from decidua.synthesis.refusals import refuse_other
from decidua.synthesis.tau2 import Tau2

CI_METHODS = ("wald", "hksj", "hksj-floor")
PREDICTIONS = {
    "higgins": "t with k − 2 degrees, θ ± t·√(tau² + se²) (Higgins, Thompson and Spiegelhalter 2009)",
    "inthout": "t with k − 1 degrees, θ ± t·√(tau² + se²) (IntHout et al. 2016)",
    "normal": "normal quantile, θ ± z·√(tau² + se²)",
}


@dataclass(frozen=True)
class Pooled:
    """Arrays are (analyses,) unless said otherwise; NaN only where `estimable` is False or a field says why.

    `se`: on the analysis scale. `df`: degrees of the t distribution, infinity for the normal one; None: all normal.
    `tau2`: None for a fixed model. `centre`: what Q is about; None: the fixed-effect mean.
    `raw_weights`: (analyses, studies). `source`: the study effects, made when they are asked for.
    """

    estimate: Floats
    se: Floats
    raw_weights: Floats
    level: float
    conventions: dict[str, str]
    source: Callable[[], Effects]
    tau2: Tau2 | None = None
    centre: Floats | None = None
    df: Floats | None = None
    i2_from_q: bool = False
    """RevMan 5 takes I² from Q even for a random model; metafor takes it from tau²."""
    part: Callable[[], Bools] | None = None
    """Which studies are in the estimate, where that differs from those with a weight: a Mantel-Haenszel odds ratio
    takes in a study with c = 0 although its weight bc/n is 0."""

    @cached_property
    def effects(self) -> Effects:
        return self.source()

    @cached_property
    def inside(self) -> Bools:
        """(analyses, studies) that are in the pooled estimate."""
        found: Bools = self.raw_weights > 0 if self.part is None else self.part()
        return found

    @cached_property
    def k(self) -> Ints:
        """Studies in the pooled estimate."""
        count: Ints = self.inside.sum(axis=1)
        return count

    @cached_property
    def q(self) -> Floats:
        """Cochran's Q: Σ(y − centre)²/v."""
        w, y = 1 / self.effects.variances, self.effects.estimates
        with np.errstate(invalid="ignore", divide="ignore"):
            centre = total(w, y) / row_sum(w) if self.centre is None else self.centre
        residual = y - centre[:, None]
        return total(w * residual, residual)

    @cached_property
    def q_df(self) -> Ints:
        return self.effects.k - 1

    @property
    def estimable(self) -> Bools:
        return np.isfinite(self.estimate) & np.isfinite(self.se)

    @property
    def converged(self) -> Bools:
        return np.ones(len(self.estimate), bool) if self.tau2 is None else self.tau2.converged

    @cached_property
    def critical(self) -> Floats:
        return quantile(0.5 + self.level / 2, self.df, len(self.estimate))

    @cached_property
    def lower(self) -> Floats:
        return self.estimate - self.critical * self.se

    @cached_property
    def upper(self) -> Floats:
        return self.estimate + self.critical * self.se

    @cached_property
    def statistic(self) -> Floats:
        """z, or t where `df` is finite."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: Floats = self.estimate / self.se
        return ratio

    @cached_property
    def p(self) -> Floats:
        """Two-sided."""
        return two_sided(self.statistic, self.df)

    @cached_property
    def q_p(self) -> Floats:
        """p of Q; NaN where there is no degree of freedom."""
        df = self.q_df.astype(np.float64)
        p: Floats = np.where(df > 0, chdtrc(np.where(df > 0, df, 1.0), self.q), np.nan)
        return p

    @cached_property
    def typical_variance(self) -> Floats:
        """Higgins and Thompson's s² = (k − 1)Σw/((Σw)² − Σw²) with w = 1/v; NaN for one study."""
        w = 1 / self.effects.variances
        s1, s2 = row_sum(w), total(w, w)
        with np.errstate(divide="ignore", invalid="ignore"):
            variance: Floats = np.where(self.effects.k > 1, (self.effects.k - 1) * s1 / (s1 * s1 - s2), np.nan)
        return variance

    @cached_property
    def h2(self) -> Floats:
        """Random: tau²/s² + 1 (Viechtbauer); fixed and RevMan 5: Q/df. NaN for one study."""
        if self.tau2 is not None and not self.i2_from_q:
            ratio: Floats = self.tau2.value / self.typical_variance + 1
            return ratio
        with np.errstate(divide="ignore", invalid="ignore"):
            spread: Floats = np.where(self.q_df > 0, self.q / self.q_df, np.nan)
        return spread

    @cached_property
    def i2(self) -> Floats:
        """Percent: 100 (H² − 1)/H², not below 0. NaN for one study."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share: Floats = 100 * np.maximum((self.h2 - 1) / self.h2, 0.0)
        return np.where(self.h2 == 0, 0.0, share)

    @cached_property
    def weights(self) -> Floats:
        """(analyses, studies), percent of the pooled estimate."""
        percent: Floats = 100 * self.raw_weights / row_sum(self.raw_weights)[:, None]
        return percent

    def prediction(self, definition: str = "higgins") -> tuple[Floats, Floats]:
        """Where a new study's effect is expected. NaN for a fixed model and where degrees are missing."""
        refuse_other("The definition of the prediction interval", definition, tuple(PREDICTIONS))
        if self.tau2 is None:
            return np.full(len(self.se), np.nan), np.full(len(self.se), np.nan)
        df = {"higgins": self.k - 2.0, "inthout": self.k - 1.0, "normal": np.full(len(self.k), np.inf)}[definition]
        wide = quantile(0.5 + self.level / 2, np.where((df > 0) & self.tau2.estimable, df, np.nan), len(df))
        wide = wide * np.sqrt(self.tau2.value + self.se**2)
        return self.estimate - wide, self.estimate + wide


def quantile(share: float, df: Floats | None, count: int) -> Floats:
    """Of the t distribution; the normal one where `df` is None or infinite, NaN where it is NaN."""
    if df is None:
        return np.full(count, ndtri(share))
    with np.errstate(invalid="ignore"):
        t: Floats = np.where(np.isinf(df), ndtri(share), stdtrit(np.where(np.isinf(df), 1.0, df), share))
    return t


def two_sided(statistic: Floats, df: Floats | None) -> Floats:
    tail = -np.abs(statistic)
    if df is None:
        return 2 * ndtr(tail)
    p: Floats = np.where(np.isinf(df), 2 * ndtr(tail), 2 * stdtr(np.where(np.isinf(df), 1.0, df), tail))
    return p
