"""Homogeneity of odds ratios over strata, from the counts."""

from __future__ import annotations

import math

Stratum = tuple[float, float, float, float]


def no_three_way(strata: list[Stratum]) -> float:
    """Likelihood-ratio χ² of the interaction: the counts against the model without it.

    The model is fitted stratum by stratum with one common odds ratio, found so that the first cells add up
    (the conditional score of the loglinear model without a three-way term; Bishop, Fienberg and Holland 1975).
    """
    fitted = _common(strata, sum(a for a, *_ in strata))
    return 2 * sum(
        o * math.log(o / e) for s, f in zip(strata, fitted, strict=True) for o, e in zip(s, f, strict=True) if o > 0
    )


def breslow_day(strata: list[Stratum]) -> float:
    """Σ(a − e)²/var under the Mantel-Haenszel odds ratio (Breslow and Day 1980, without Tarone's correction)."""
    over = sum(a * d / sum(s) for s in strata for a, _, _, d in [s])
    under = sum(b * c / sum(s) for s in strata for _, b, c, _ in [s])
    chi2 = 0.0
    for stratum in strata:
        fitted = _expected(stratum, over / under)
        chi2 += (stratum[0] - fitted[0]) ** 2 * sum(1 / cell for cell in fitted)
    return chi2


def _common(strata: list[Stratum], first_cells: float) -> list[Stratum]:
    """The fitted tables under the one odds ratio whose expected first cells add up to those seen (bisection)."""
    low, high = -12.0, 12.0
    for _ in range(80):
        log_odds = (low + high) / 2
        if sum(_expected(s, math.exp(log_odds))[0] for s in strata) < first_cells:
            low = log_odds
        else:
            high = log_odds
    return [_expected(stratum, math.exp((low + high) / 2)) for stratum in strata]


def _expected(stratum: Stratum, odds: float) -> Stratum:
    """The table with the stratum's margins and the given odds ratio."""
    a, b, c, d = stratum
    n1, n2, m = a + b, c + d, a + c
    low, high = max(0.0, m - n2), min(n1, m)
    for _ in range(80):
        cell = (low + high) / 2
        if cell * (n2 - m + cell) < odds * (n1 - cell) * (m - cell):
            low = cell
        else:
            high = cell
    return cell, n1 - cell, m - cell, n2 - m + cell
