"""p values of a two-by-two table."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.special import chdtrc, ndtr

from decidua.evidence.methods.candidate import Candidate, Given, sure
from decidua.evidence.methods.conditional import chances


def p_from_counts(given: Given) -> Iterator[Candidate]:
    """Every test; the one that the source names (option `said`) first."""
    a, c = given.whole("a"), given.whole("c")
    table = a, given.whole("n1") - a, c, given.whole("n2") - c
    for method, p in sorted(p_values(*table), key=lambda one: one[0] != given.options.get("said")):
        yield Candidate(method, {"p": sure(p)}, detail=f"{a}/{a + table[1]}, {c}/{c + table[3]}")


def p_from_percentages(given: Given) -> Iterator[Candidate]:
    """As from counts; each count is the whole number nearest to its percentage."""
    n1, n2 = given.whole("n1"), given.whole("n2")
    a, c = round(given["percent1"] * n1 / 100), round(given["percent2"] * n2 / 100)
    for method, p in p_values(a, n1 - a, c, n2 - c):
        yield Candidate(method, {"p": sure(p)}, detail=f"{a}/{n1}, {c}/{n2}")


def p_values(a: int, b: int, c: int, d: int) -> Iterator[tuple[str, float]]:
    """Each test's p, two-sided unless its name says otherwise."""
    chi2 = pearson(a, b, c, d)
    n = a + b + c + d
    yield "chi2", _tail(chi2)
    yield "chi2-yates", _tail(pearson(a, b, c, d, correction=n / 2))
    yield "chi2-n-1", _tail(chi2 * (n - 1) / n)
    yield from _exact(a, b, c, d)
    yield "z-unpooled", _z_unpooled(a, b, c, d)
    if min(a, b, c, d) > 0:
        z = math.log(a * d / (b * c)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        yield "z-log-odds", float(2 * ndtr(-abs(z)))
    yield "likelihood-ratio", _tail(likelihood_ratio(a, b, c, d))


def pearson(a: int, b: int, c: int, d: int, correction: float = 0.0) -> float:
    """n(|ad − bc| − correction)²/(n1·n2·m1·m2); Yates' correction is n/2."""
    n, margins = a + b + c + d, (a + b) * (c + d) * (a + c) * (b + d)
    return n * max(abs(a * d - b * c) - correction, 0.0) ** 2 / margins if margins else 0.0


def likelihood_ratio(a: int, b: int, c: int, d: int) -> float:
    """G² = 2Σ o·log(o/e)."""
    n, rows, columns = a + b + c + d, (a + b, c + d), (a + c, b + d)
    cells = ((a, 0, 0), (b, 0, 1), (c, 1, 0), (d, 1, 1))
    return 2 * sum(o * math.log(o * n / (rows[i] * columns[j])) for o, i, j in cells if o)


def _exact(a: int, b: int, c: int, d: int) -> Iterator[tuple[str, float]]:
    """Fisher's test: two-sided by probability, one-sided (the smaller tail), doubled, and mid-p."""
    cells, probabilities = chances(a, b, c, d)
    seen = probabilities[a - cells[0]]
    as_rare = math.fsum(p for p in probabilities if p <= seen * (1 + 1e-7))
    low = math.fsum(p for k, p in zip(cells, probabilities, strict=True) if k <= a)
    high = math.fsum(p for k, p in zip(cells, probabilities, strict=True) if k >= a)
    one = min(low, high)
    yield "fisher", min(as_rare, 1.0)
    yield "fisher-one-sided", one
    yield "fisher-doubled", min(2 * one, 1.0)
    yield "fisher-mid-p", min(2 * (one - seen / 2), 1.0)


def _z_unpooled(a: int, b: int, c: int, d: int) -> float:
    n1, n2 = a + b, c + d
    variance = a * b / n1**3 + c * d / n2**3
    return float(2 * ndtr(-abs(a / n1 - c / n2) / math.sqrt(variance))) if variance else 1.0


def _tail(chi2: float) -> float:
    return float(chdtrc(1.0, chi2))
