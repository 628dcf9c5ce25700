"""Effects of a two-by-two table: odds ratio, risk ratio, risk difference, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator

from decidua.evidence.methods.candidate import Candidate, Given, Outcome, sure
from decidua.evidence.methods.conditional import conditional_odds_ratio
from decidua.evidence.methods.proportions import wilson

Z = 1.959963984540054
Effect = tuple[float, float, float]
"""Estimate, lower and upper limit."""
MIX_UPS = ("rr-for-or", "or-for-rr", "or-swapped", "rr-swapped", "rr-other-outcome")


def effect(given: Given) -> Iterator[Candidate]:
    """Every candidate of the printed measure first, then what a mix-up would give. `per`: 100 for per cent."""
    table = given["a"], given["n1"] - given["a"], given["c"], given["n2"] - given["c"]
    measure = given.words.get("measure", given.options.get("measure", "RR"))
    per = float(given.options.get("per", 1))
    for method, found in _MEASURES[measure](*table):
        yield Candidate(method, _parts(found, per), mix_up=method in MIX_UPS)


def _parts(found: Effect, per: float) -> dict[str, Outcome]:
    return {part: sure(per * value) for part, value in zip(("estimate", "lower", "upper"), found, strict=True)}


def _odds(a: float, b: float, c: float, d: float) -> Iterator[tuple[str, Effect]]:
    if min(a, b, c, d) > 0:
        yield "or-woolf", woolf(a, b, c, d)
        yield "or-conditional", conditional_odds_ratio(round(a), round(b), round(c), round(d))
    yield "or-half", woolf(a + 0.5, b + 0.5, c + 0.5, d + 0.5)
    if min(a, b, c, d) > 0:
        yield "rr-for-or", katz(a, b, c, d)
        yield "or-swapped", woolf(c, d, a, b)


def _risks(a: float, b: float, c: float, d: float) -> Iterator[tuple[str, Effect]]:
    yield "rr-katz", katz(a, b, c, d)
    yield "rr-half", katz(a + 0.5, b + 0.5, c + 0.5, d + 0.5)
    yield "rr-other-outcome", katz(b, a, d, c)
    yield "rr-swapped", katz(c, d, a, b)
    yield "or-for-rr", woolf(a, b, c, d)


def _differences(a: float, b: float, c: float, d: float) -> Iterator[tuple[str, Effect]]:
    n1, n2 = a + b, c + d
    yield "rd-wald", wald_difference(a, n1, c, n2)
    low1, high1, low2, high2 = *wilson(a, n1), *wilson(c, n2)
    p1, p2 = a / n1, c / n2
    lower = p1 - p2 - math.hypot(p1 - low1, high2 - p2)
    upper = p1 - p2 + math.hypot(high1 - p1, p2 - low2)
    yield "rd-newcombe", (p1 - p2, lower, upper)
    _, lower, upper = wald_difference(a + 1, n1 + 2, c + 1, n2 + 2)
    yield "rd-agresti-caffo", (p1 - p2, lower, upper)


_MEASURES = {"OR": _odds, "RR": _risks, "RD": _differences}


def woolf(a: float, b: float, c: float, d: float) -> Effect:
    """ad/bc, with exp(log OR ± z·√(1/a + 1/b + 1/c + 1/d)) (Woolf 1955)."""
    return _log_limits(a * d / (b * c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def katz(a: float, b: float, c: float, d: float) -> Effect:
    """(a/n1)/(c/n2), with exp(log RR ± z·√(1/a − 1/n1 + 1/c − 1/n2)) (Katz et al. 1978)."""
    n1, n2 = a + b, c + d
    return _log_limits(a / n1 / (c / n2), math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2))


def _log_limits(ratio: float, error: float) -> Effect:
    return ratio, ratio * math.exp(-Z * error), ratio * math.exp(Z * error)


def wald_difference(a: float, n1: float, c: float, n2: float) -> Effect:
    """p1 − p2 ± z·√(p1q1/n1 + p2q2/n2)."""
    p1, p2 = a / n1, c / n2
    wide = Z * math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return p1 - p2, p1 - p2 - wide, p1 - p2 + wide
