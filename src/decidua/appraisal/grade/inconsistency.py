"""Inconsistency: what the studies' differences amount to. No single number decides (GRADE guidelines 7)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from decidua.appraisal.grade.body import Body
from decidua.appraisal.grade.check import Check, Said, Suggests, not_checked
from decidua.appraisal.grade.model import Outcome
from decidua.appraisal.grade.per_thousand import PerThousand, difference_per_1000, per_thousand

BANDS = (("little", 0, 40), ("moderate", 30, 60), ("substantial", 50, 90), ("considerable", 75, 100))
"""Cochrane Handbook, section 10.10.2. The bands overlap on purpose: a value may stand in two."""
HETEROGENEOUS = 0.10
"""p of Q below which differences are more than chance (Cochrane Handbook, section 10.10.2)."""
DOMAIN = "inconsistency"


def inconsistency(outcome: Outcome, body: Body) -> Iterator[Check]:
    if body.studies == 1:
        yield Check(DOMAIN, "studies", "no-down", ("grade.against-one", {}), ("grade.found-one", {}))
        return
    yield _i2(body)
    yield _q(body)
    yield _prediction(body)
    if outcome.thresholds.important is not None and body.prediction is not None:
        yield _prediction_threshold(outcome, body)
    yield overlap(body)


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


def _prediction_threshold(outcome: Outcome, body: Body) -> Check:
    """A threshold that the pooled interval does not cross, and a new study may."""
    important, id_ = outcome.thresholds.important, "prediction-threshold"
    assert important is not None
    found = _intervals(outcome, body)
    if isinstance(found[0], str):
        return not_checked(DOMAIN, id_, "grade.no-absolute", why=found)
    pooled, new = found
    sizes = important.per_1000 or important.units
    marks = sorted({at for size in sizes for at in (-size, size)})
    crossed = [at for at in marks if new[0] < at < new[1] and not pooled[0] < at < pooled[1]]
    both = any(pooled[0] < at < pooled[1] for at in marks)
    suggests: Suggests = "down" if crossed else "undecided" if both else "no-down"
    unit = "per-1000" if important.per_1000 else "units"
    parts = {"lower": new[0], "upper": new[1], "crossed": crossed, "sizes": sizes, "because": important.because}
    said = f"grade.found-prediction-{unit}{'-crossed' if crossed else ''}"
    return Check(DOMAIN, id_, suggests, (f"grade.against-{unit}", parts), (said, parts))


Interval = tuple[float, float]


def _intervals(outcome: Outcome, body: Body) -> tuple[Interval, Interval] | Said:
    """The pooled interval and the prediction interval, on the scale of the declared threshold."""
    important, baseline = outcome.thresholds.important, outcome.thresholds.baseline
    assert important is not None
    assert body.prediction is not None
    if important.units:
        if body.measure != "MD":
            return "grade.why-units", {"measure": body.measure}
        return (body.lower, body.upper), body.prediction
    found = per_thousand(outcome, body)
    if not isinstance(found, PerThousand):
        return found
    assert baseline is not None  # else there is no effect per 1000
    pooled = [difference_per_1000(body, value, baseline.risk) for value in (body.lower, body.upper)]
    new = [difference_per_1000(body, value, baseline.risk) for value in body.prediction]
    return (pooled[0], pooled[1]), (new[0], new[1])


def overlap(body: Body) -> Check:
    """One pair of many is apart by chance, too: only where most pairs are apart does it suggest anything."""
    if len(body.effects) < 2:
        return not_checked(DOMAIN, "overlap", "grade.no-study-intervals")
    pairs = list(combinations(body.effects, 2))
    apart = [(one, other) for one, other in pairs if one.upper < other.lower or other.upper < one.lower]
    parts = {"apart": len(apart), "pairs": len(pairs)}
    said = ("grade.found-apart" if apart else "grade.found-overlap", parts)
    suggests: Suggests = "no-down" if not apart else "down" if 2 * len(apart) > len(pairs) else "undecided"
    return Check(DOMAIN, "overlap", suggests, ("grade.against-overlap", parts), said)
