"""Effects of two-by-two tables: log odds ratio, log risk ratio, risk difference, Peto's log odds ratio."""

from __future__ import annotations

import numpy as np

from decidua.synthesis.arrays import Effects, Floats
from decidua.synthesis.counts import Counts, corrected
from decidua.synthesis.refusals import refuse_other

BINARY = ("OR", "RR", "RD", "PETO")
DOUBLE_ZERO = {
    "metafor": "metafor: 0.5 added to every cell of a study with an empty cell; studies without any event kept",
    "revman": "RevMan 5: 0.5 added to every cell where a zero stops the computation; "
    "studies without any event have no OR or RR and are left out",
    "peto": "nothing added; a study without any event, or with events only, says nothing and is left out",
}


def binary_effects(given: Counts, measure: str, zero: str = "metafor") -> Effects:
    """Effects and their variances (Fleiss 1993; Yusuf 1985 for Peto).

    OR: ln(ad/bc), 1/a+1/b+1/c+1/d. RR: ln((a/n1)/(c/n2)), 1/a−1/n1+1/c−1/n2.
    RD: a/n1−c/n2, ab/n1³+cd/n2³. PETO: (O−E)/V, 1/V with the hypergeometric V.
    """
    refuse_other("The measure", measure, BINARY)
    if measure == "PETO":
        return peto_effects(given)
    tables = corrected(given, measure, zero)
    estimate, variance = {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference}[measure](tables)
    if not tables.given.all():
        estimate, variance = np.where(tables.given, estimate, 0.0), np.where(tables.given, variance, np.inf)
    return Effects(measure, estimate, variance, tables.given, {"zero": DOUBLE_ZERO[zero]})


def _odds_ratio(t: Counts) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        # (a + b)/ab is 1/a + 1/b with one division less.
        ab, cd = t.a * t.b, t.c * t.d
        return np.log(t.a * t.d / (t.b * t.c)), (t.a + t.b) / ab + (t.c + t.d) / cd


def _risk_ratio(t: Counts) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(t.a * t.n2 / (t.c * t.n1)), 1 / t.a - 1 / t.n1 + 1 / t.c - 1 / t.n2


def _risk_difference(t: Counts) -> tuple[Floats, Floats]:
    p1, p2 = t.a / t.n1, t.c / t.n2
    return p1 - p2, p1 * (1 - p1) / t.n1 + p2 * (1 - p2) / t.n2


def observed_less_expected(given: Counts) -> tuple[Floats, Floats]:
    """O − E of the first group and its hypergeometric variance V, both (analyses, studies); 0 for padding."""
    n1, n2 = given.n1, given.n2
    n = n1 + n2
    events = given.a + given.c
    excess = given.a - events * n1 / n
    variance = events * (given.b + given.d) * n1 * n2 / (n * n * (n - 1))
    return np.where(given.given, excess, 0.0), np.where(given.given, variance, 0.0)


def peto_effects(given: Counts) -> Effects:
    """Peto's one-step log odds ratios, without any correction; V = 0 leaves a study out."""
    excess, variance = observed_less_expected(given)
    keep = variance > 0
    safe = np.where(keep, variance, 1.0)
    return Effects(
        "PETO", np.where(keep, excess / safe, 0.0), np.where(keep, 1 / safe, np.inf), keep,
        {"zero": DOUBLE_ZERO["peto"]},
    )  # fmt: skip
