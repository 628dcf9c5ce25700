"""What follows from a Q, a z or the effects of subgroups."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.special import chdtrc, ndtr

from decidua.evidence.methods.candidate import Candidate, Given, Outcome, spread, sure
from decidua.evidence.methods.effects import woolf
from decidua.evidence.methods.three_way import breslow_day, no_three_way
from decidua.evidence.printed import Printed

Z = 1.959963984540054
Strata = list[tuple[float, float, float, float]]


def from_chi2(given: Given) -> Iterator[Candidate]:
    """p = P(χ² > Q), I² = 100·(Q − df)/Q, not below 0 (Higgins and Thompson 2002)."""
    df, chi2 = given["df"], given.many("chi2")
    p = spread(lambda q: float(chdtrc(df, max(q, 0.0))), chi2)
    yield Candidate("from-chi2", {"p": p, "i2": spread(lambda q: i_squared(q, df), chi2)})


def p_from_z(given: Given) -> Iterator[Candidate]:
    z = given.many("z")
    yield Candidate("from-z", {"p": spread(lambda value: float(2 * ndtr(-abs(value))), z)})
    yield Candidate("from-z-one-sided", {"p": spread(lambda value: float(ndtr(-abs(value))), z)})


def subgroup_difference(given: Given) -> Iterator[Candidate]:
    """Q between two printed subgroup effects: Σw(θ − θ̄)², w from the intervals."""
    six = given.many("estimate1", "lower1", "upper1", "estimate2", "lower2", "upper2")
    yield Candidate("between-groups", _between(six) | {"df": sure(1.0)})


def interaction(given: Given) -> Iterator[Candidate]:
    """Whether an odds ratio differs between the rows: from their counts, or from their printed intervals."""
    table, rows = given.options["table"], given.options["rows"]
    strata = [_stratum(given, f"{table}/{row}") for row in rows]
    df = len(rows) - 1.0
    for method, chi2 in (
        ("interaction-woolf", q_between([(math.log(r[0]), _error(r)) for r in (woolf(*s) for s in strata)])),
        ("interaction-likelihood-ratio", no_three_way(strata)),
        ("interaction-breslow-day", breslow_day(strata)),
    ):
        yield Candidate(method, {"p": sure(float(chdtrc(df, chi2)))})
    six = tuple(p for row in rows for p in _printed(given, f"{table}/{row}/{given.options['effect']}"))
    if len(six) == 6:
        yield Candidate("between-groups", {"p": _between(six)["p"]})


def _stratum(given: Given, row: str) -> tuple[float, float, float, float]:
    names = [f"{row}/{given.options[arm]}.{part}" for arm in ("treated", "control") for part in ("events", "total")]
    a, n1, c, n2 = (printed.value for name in names if (printed := given.look(name)) is not None)
    return a, n1 - a, c, n2 - c


def _printed(given: Given, effect: str) -> list[Printed]:
    found = [given.look(f"{effect}.{part}") for part in ("estimate", "lower", "upper")]
    return [printed for printed in found if printed is not None]


def _between(six: tuple[Printed, ...]) -> dict[str, Outcome]:
    """Q, p and I² between two ratios given as estimate, lower, upper."""

    def q(*v: float) -> float:
        return q_between([(math.log(e), math.log(u / low) / (2 * Z)) for e, low, u in (v[:3], v[3:])])

    return {
        "chi2": spread(q, six),
        "p": spread(lambda *v: float(chdtrc(1.0, q(*v))), six),
        "i2": spread(lambda *v: i_squared(q(*v), 1.0), six),
    }


def q_between(effects: list[tuple[float, float]]) -> float:
    """Σw(θ − θ̄)² over (estimate, standard error), w = 1/se²."""
    weights = [1 / error**2 for _, error in effects]
    centre = sum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / sum(weights)
    return sum(w * (y - centre) ** 2 for w, (y, _) in zip(weights, effects, strict=True))


def i_squared(q: float, df: float) -> float:
    return 100 * max(0.0, (q - df) / q) if q > 0 else 0.0


def _error(ratio: tuple[float, float, float]) -> float:
    return math.log(ratio[2] / ratio[1]) / (2 * Z)
