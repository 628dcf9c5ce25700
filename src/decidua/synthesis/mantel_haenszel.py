"""Mantel-Haenszel pooling, and RevMan 5's "M-H, Random"."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from decidua.synthesis.arrays import Bools, Effects, Floats, row_sum, total
from decidua.synthesis.binary import DOUBLE_ZERO, binary_effects
from decidua.synthesis.counts import Counts, corrected
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.pooling import INTERVALS, mean_of, pooled_from, with_interval
from decidua.synthesis.refusals import Refusal, refuse_other
from decidua.synthesis.tau2 import Tau2

MEASURES = ("OR", "RR", "RD")
POOLED_ZERO = {
    "metafor": "metafor: nothing added for the pooled estimate; for Q, 0.5 added to every cell of a study with an "
    "empty cell, and studies without any event have no effect of their own",
    "revman": DOUBLE_ZERO["revman"] + "; the same tables are pooled",
}
VARIANCES = {
    "OR": "Robins, Breslow and Greenland 1986",
    "RR": "Greenland and Robins 1985",
    "RD metafor": "Sato, Greenland and Robins 1989",
    "RD revman": "Greenland and Robins 1985",
}


def pool_mantel_haenszel(given: Counts, measure: str, zero: str = "metafor", level: float = 0.95) -> Pooled:
    """One common effect from 2×2 tables without weighting by inverse variances.

    OR: Σ(ad/n)/Σ(bc/n). RR: Σ(a·n2/n)/Σ(c·n1/n). RD: Σ((a·n2 − c·n1)/n)/Σ(n1·n2/n). Q is about this estimate. NaN
    (`estimable` False) where an OR or RR has no events on one side.
    """
    refuse_other("The measure", measure, MEASURES)
    if not 0 < level < 1:
        raise Refusal("level", given=level)
    tables = corrected(given, measure, zero) if zero == "revman" else given
    inside = np.float64(1) if tables.given.all() else tables.given.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate, variance, weights = _POOL[measure](tables, inside, zero)
    estimable = np.isfinite(estimate) & (variance > 0)
    estimate, se = np.where(estimable, estimate, np.nan), np.sqrt(np.where(estimable, variance, np.nan))
    name = measure if measure != "RD" else f"RD {zero}"
    named = {"zero": POOLED_ZERO[zero], "model": "fixed, Mantel-Haenszel", "variance": VARIANCES[name]}
    return Pooled(
        estimate=estimate, se=se, raw_weights=weights, level=level, conventions={**named, "ci": INTERVALS["wald"]},
        source=lambda: _own_effects(given, measure, zero), centre=estimate, part=lambda: _inside(tables, measure),
    )  # fmt: skip


def pool_mantel_haenszel_random(
    given: Counts, measure: str, zero: str = "revman", ci: str = "wald", level: float = 0.95
) -> Pooled:
    """RevMan 5's "M-H, Random": DerSimonian-Laird with Q about the Mantel-Haenszel estimate, weights 1/(v + tau²)."""
    common = pool_mantel_haenszel(given, measure, zero, level)
    effects = binary_effects(given, measure, zero)
    q, df = _about(effects, common.estimate), effects.k - 1
    model = mean_of(effects)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = (q - df) / model.at(1 / effects.variances).trace_p()
        estimable = (df > 0) & np.isfinite(excess)
        value = np.where(estimable, np.maximum(np.nan_to_num(excess), 0.0), 0.0)
        fit = model.at(1 / (effects.variances + value[:, None]))
    found = Tau2(value, estimable, np.ones(len(value), bool), np.zeros(len(value), np.int64))
    named = {
        "zero": DOUBLE_ZERO[zero], "model": "random, RevMan 5 “M-H, Random”: weights of inverse variance",
        "tau2": "DerSimonian-Laird with Q about the Mantel-Haenszel estimate",
    }  # fmt: skip
    plain = replace(pooled_from(effects, fit, found, named, level), centre=common.estimate, i2_from_q=True)
    return with_interval(plain, fit, ci)


def _inside(tables: Counts, measure: str) -> Bools:
    """Without any event a study adds nothing to an OR or RR, but it does to an RD."""
    return tables.given if measure == "RD" else tables.given & ~tables.double_zero


def _own_effects(given: Counts, measure: str, zero: str) -> Effects:
    effects, empty = binary_effects(given, measure, zero), given.double_zero
    return effects.only(~empty) if zero == "metafor" and empty.any() else effects


def _about(effects: Effects, centre: Floats) -> Floats:
    residual = effects.estimates - np.where(np.isfinite(centre), centre, np.nan)[:, None]
    return total(residual / effects.variances, residual)


Pool = tuple[Floats, Floats, Floats]
"""Estimate and variance (analyses,), weights (analyses, studies)"""


def _odds_ratio(t: Counts, inside: Floats | np.float64, zero: str) -> Pool:  # noqa: ARG001
    share = inside / (t.a + t.b + t.c + t.d)
    r, s, with_ = t.a * t.d * share, t.b * t.c * share, (t.a + t.d) * share
    big_r, big_s = row_sum(r), row_sum(s)
    # P = (a + d)/n and Q = (b + c)/n add up to 1, so that ΣQR = R − ΣPR.
    pr, ps = total(with_, r), total(with_, s)
    crossed = ps + big_r - pr
    variance = (pr / big_r**2 + crossed / (big_r * big_s) + (big_s - ps) / big_s**2) / 2
    return np.log(big_r / big_s), variance, s


def _risk_ratio(t: Counts, inside: Floats | np.float64, zero: str) -> Pool:  # noqa: ARG001
    n = t.n1 + t.n2
    r, s = inside * t.a * t.n2 / n, inside * t.c * t.n1 / n
    spread = inside * (t.n1 * t.n2 * (t.a + t.c) - t.a * t.c * n) / n**2
    big_r, big_s = row_sum(r), row_sum(s)
    return np.log(big_r / big_s), row_sum(spread) / (big_r * big_s), s


def _risk_difference(t: Counts, inside: Floats | np.float64, zero: str) -> Pool:
    n = t.n1 + t.n2
    weights = inside * t.n1 * t.n2 / n
    whole = row_sum(weights)
    estimate = (inside * (t.a * t.n2 - t.c * t.n1) / n).sum(axis=1) / whole
    if zero == "revman":
        spread = inside * (t.a * t.b * t.n2**3 + t.c * t.d * t.n1**3) / (t.n1 * t.n2 * n**2)
        return estimate, row_sum(spread) / whole**2, weights
    f1, f2 = t.n1 / n, t.n2 / n
    first = (inside * (t.c * f1**2 - t.a * f2**2 + f1 * f2 * (t.n2 - t.n1) / 2)).sum(axis=1)
    second = (inside * (t.a * t.d + t.c * t.b) / n).sum(axis=1) / 2
    return estimate, (estimate * first + second) / whole**2, weights


_POOL = {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference}
