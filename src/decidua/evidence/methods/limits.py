"""What an interval says of its own estimate: the middle, and the p value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from scipy.special import ndtr

from decidua.evidence.methods.candidate import Candidate, Given, spread

Z = 1.959963984540054


def middle(given: Given) -> Iterator[Candidate]:
    """√(lower·upper) for a ratio; (lower + upper)/2 where `scale` is linear. The other one is tried too."""
    limits = given.many("lower", "upper")
    linear = given.options.get("scale") == "linear"
    means: list[tuple[str, Callable[[float, float], float]]] = [("middle-arithmetic", _arithmetic)]
    if limits[0].low > 0:
        means.insert(1 if linear else 0, ("middle-geometric", _geometric))
    for at, (method, function) in enumerate(means):
        yield Candidate(method, {"estimate": spread(function, limits)}, mix_up=at > 0)


def p_from_interval(given: Given) -> Iterator[Candidate]:
    """z = log(estimate)·2z₉₇₅/log(upper/lower); also with the interval's middle for the estimate."""
    three = given.many("estimate", "lower", "upper")
    yield Candidate("p-interval-width", {"p": spread(_p_ratio, three)})
    yield Candidate("p-interval-middle", {"p": spread(_p_limits, three[1:])})


def _geometric(lower: float, upper: float) -> float:
    return math.sqrt(lower * upper)


def _arithmetic(lower: float, upper: float) -> float:
    return (lower + upper) / 2


def _p_ratio(estimate: float, lower: float, upper: float) -> float:
    return float(2 * ndtr(-abs(math.log(estimate)) * 2 * Z / math.log(upper / lower)))


def _p_limits(lower: float, upper: float) -> float:
    return _p_ratio(_geometric(lower, upper), lower, upper)
