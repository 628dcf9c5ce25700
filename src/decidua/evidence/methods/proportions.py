"""Intervals of one proportion."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from scipy.special import betaincinv

from decidua.evidence.methods.candidate import Candidate, Given, sure

Z = 1.959963984540054
Interval = tuple[float, float]


def proportion_interval(given: Given) -> Iterator[Candidate]:
    """95 % limits in per cent."""
    events, total = given["events"], given["total"]
    for method, function in METHODS.items():
        lower, upper = function(events, total)
        yield Candidate(method, {"lower": sure(100 * lower), "upper": sure(100 * upper)})


def clopper_pearson(events: float, total: float) -> Interval:
    """Exact: quantiles of Beta(x, n − x + 1) and Beta(x + 1, n − x) (Clopper and Pearson 1934)."""
    lower = float(betaincinv(events, total - events + 1, 0.025)) if events > 0 else 0.0
    upper = float(betaincinv(events + 1, total - events, 0.975)) if events < total else 1.0
    return lower, upper


def jeffreys(events: float, total: float) -> Interval:
    """Quantiles of Beta(x + ½, n − x + ½)."""
    a, b = events + 0.5, total - events + 0.5
    lower = float(betaincinv(a, b, 0.025)) if events > 0 else 0.0
    return lower, float(betaincinv(a, b, 0.975)) if events < total else 1.0


def wilson(events: float, total: float) -> Interval:
    """Score interval: (p + z²/2n ± z·√(pq/n + z²/4n²))/(1 + z²/n) (Wilson 1927)."""
    p, zz = events / total, Z * Z / total
    wide = Z * math.sqrt(p * (1 - p) / total + zz / (4 * total))
    return (p + zz / 2 - wide) / (1 + zz), (p + zz / 2 + wide) / (1 + zz)


def wilson_corrected(events: float, total: float) -> Interval:
    """Score interval with continuity correction (Newcombe 1998, method 4)."""
    p, q, n = events / total, 1 - events / total, total
    low = Z * math.sqrt(max(Z * Z - 2 - 1 / n + 4 * p * (n * q + 1), 0.0))
    high = Z * math.sqrt(max(Z * Z + 2 - 1 / n + 4 * p * (n * q - 1), 0.0))
    below, base = 2 * (n + Z * Z), 2 * n * p + Z * Z
    lower = max(0.0, (base - 1 - low) / below) if events else 0.0
    return lower, min(1.0, (base + 1 + high) / below) if events < total else 1.0


def wald(events: float, total: float) -> Interval:
    """p ± z·√(pq/n)."""
    p = events / total
    wide = Z * math.sqrt(p * (1 - p) / total)
    return p - wide, p + wide


def agresti_coull(events: float, total: float) -> Interval:
    """Wald's interval with z² trials added, half of them events (Agresti and Coull 1998)."""
    return wald(events + Z * Z / 2, total + Z * Z)


METHODS: Mapping[str, Callable[[float, float], Interval]] = {
    "clopper-pearson": clopper_pearson, "wilson": wilson, "wilson-corrected": wilson_corrected, "wald": wald,
    "agresti-coull": agresti_coull, "jeffreys": jeffreys,
}  # fmt: skip
