"""Inconsistency: what the studies' differences amount to. No single number decides (GRADE guidelines 7)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from decidua.appraisal.grade.body import Body
from decidua.appraisal.grade.check import Check, Suggests, not_checked

BANDS = (("little", 0, 40), ("moderate", 30, 60), ("substantial", 50, 90), ("considerable", 75, 100))
"""Cochrane Handbook, section 10.10.2. The bands overlap on purpose: a value may stand in two."""
HETEROGENEOUS = 0.10
"""p of Q below which differences are more than chance (Cochrane Handbook, section 10.10.2)."""
DOMAIN = "inconsistency"


def inconsistency(body: Body) -> Iterator[Check]:
    if body.studies == 1:
        yield Check(DOMAIN, "studies", "no-down", ("grade.against-one", {}), ("grade.found-one", {}))
        return
    yield _i2(body)
    yield _q(body)
    yield _prediction(body)
    yield _overlap(body)


def bands(i2: float) -> list[str]:
    """The names of every band that holds a value in percent."""
    return [name for name, low, high in BANDS if low <= i2 <= high]


def _i2(body: Body) -> Check:
    if body.i2 is None:
        return not_checked(DOMAIN, "i2", "grade.no-i2")
    held = bands(body.i2)
    if "little" in held:
        suggests: Suggests = "no-down"
    else:
        suggests = "undecided" if "moderate" in held else "down"
    parts = {"i2": body.i2, "bands": held, "tau2": body.tau2}
    said = "grade.found-i2" if body.tau2 is None else "grade.found-i2-tau2"
    return Check(DOMAIN, "i2", suggests, ("grade.against-i2", parts), (said, parts))


def _q(body: Body) -> Check:
    """Few studies find little: a large p decides nothing."""
    if body.q_p is None:
        return not_checked(DOMAIN, "q", "grade.no-q")
    parts = {"p": body.q_p, "limit": HETEROGENEOUS}
    suggests: Suggests = "down" if body.q_p < HETEROGENEOUS else "undecided"
    return Check(DOMAIN, "q", suggests, ("grade.against-q", parts), ("grade.found-q", parts))


def _prediction(body: Body) -> Check:
    if body.prediction is None:
        return not_checked(DOMAIN, "prediction", "grade.no-prediction")
    lower, upper = body.prediction
    lost = body.excludes_neutral and lower <= body.neutral <= upper
    suggests: Suggests = "down" if lost else "no-down" if body.excludes_neutral else "undecided"
    parts = {"lower": lower, "upper": upper, "neutral": body.neutral}
    said = "grade.found-prediction-lost" if lost else "grade.found-prediction"
    return Check(DOMAIN, "prediction", suggests, ("grade.against-prediction", parts), (said, parts))


def _overlap(body: Body) -> Check:
    if len(body.effects) < 2:
        return not_checked(DOMAIN, "overlap", "grade.no-study-intervals")
    pairs = list(combinations(body.effects, 2))
    apart = [(one, other) for one, other in pairs if one.upper < other.lower or other.upper < one.lower]
    parts = {"apart": len(apart), "pairs": len(pairs)}
    said = ("grade.found-apart" if apart else "grade.found-overlap", parts)
    return Check(DOMAIN, "overlap", "down" if apart else "no-down", ("grade.against-overlap", parts), said)
