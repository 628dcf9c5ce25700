"""Fisher's conditional distribution of a two-by-two table: for exact tests and the conditional odds ratio."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from scipy.optimize import brentq
from scipy.special import gammaln


@lru_cache(maxsize=256)
def support(a: int, b: int, c: int, d: int) -> tuple[range, tuple[float, ...]]:
    """What the first cell can be under the margins, and the log of each one's number of arrangements."""
    n1, n2, m = a + b, c + d, a + c
    cells = range(max(0, m - n2), min(n1, m) + 1)
    return cells, tuple(_log_choose(n1, k) + _log_choose(n2, m - k) for k in cells)


def chances(a: int, b: int, c: int, d: int, log_odds: float = 0.0) -> tuple[range, list[float]]:
    """Probability of each first cell for a given log odds ratio (0: no effect)."""
    cells, logs = support(a, b, c, d)
    tilted = [log + log_odds * k for k, log in zip(cells, logs, strict=True)]
    top = max(tilted)
    weights = [math.exp(value - top) for value in tilted]
    total = math.fsum(weights)
    return cells, [weight / total for weight in weights]


def conditional_odds_ratio(a: int, b: int, c: int, d: int) -> tuple[float, float, float]:
    """The odds ratio under which the mean first cell is the one seen, with exact limits (each tail 2.5 %)."""
    cells, _ = support(a, b, c, d)

    def mean(log_odds: float) -> float:
        return math.fsum(k * p for k, p in zip(*chances(a, b, c, d, log_odds), strict=True)) - a

    def above(log_odds: float) -> float:
        return math.fsum(p for k, p in zip(*chances(a, b, c, d, log_odds), strict=True) if k >= a) - 0.025

    def below(log_odds: float) -> float:
        return 0.025 - math.fsum(p for k, p in zip(*chances(a, b, c, d, log_odds), strict=True) if k <= a)

    if a in (cells[0], cells[-1]):
        return math.nan, math.nan, math.nan
    return _root(mean), _root(above), _root(below)


def _root(function: Callable[[float], float]) -> float:
    return math.exp(float(brentq(function, -12.0, 12.0, xtol=1e-7)))


def _log_choose(n: int, k: int) -> float:
    return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
