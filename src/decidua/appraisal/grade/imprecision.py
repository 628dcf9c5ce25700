"""Imprecision: the interval against declared thresholds, the information size, and the rules that reviews use.

The absolute interval comes first (GRADE Guidance 34); the rules on relative effects are those of GRADE guidelines 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from decidua.appraisal.grade.body import Body
from decidua.appraisal.grade.check import Check, Said, Suggests, not_checked
from decidua.appraisal.grade.information_size import information_size
from decidua.appraisal.grade.model import Outcome
from decidua.appraisal.grade.per_thousand import PerThousand, per_thousand, risk_ratio
from decidua.appraisal.grade.thresholds import Important, Information

APPRECIABLE = (0.75, 1.25)
"""Risk ratios of appreciable benefit and harm, "a rough guide" (GRADE guidelines 6)."""
DOMAIN = "imprecision"


def imprecision(outcome: Outcome, body: Body) -> Iterator[Check]:
    yield _thresholds(outcome, body)
    yield _size(outcome, body)
    yield _appreciable(outcome, body)
    if outcome.thresholds.rule_of_thumb is not None:
        yield _rule_of_thumb(outcome, body)


def _thresholds(outcome: Outcome, body: Body) -> Check:
    important = outcome.thresholds.important
    if important is None:
        return not_checked(DOMAIN, "threshold", "grade.no-threshold")
    found = _interval(outcome, body, important)
    if isinstance(found[0], str):
        return not_checked(DOMAIN, "threshold", "grade.no-absolute", why=found)
    difference, lower, upper = found
    sizes = important.per_1000 or important.units
    crossed = sorted({at for size in sizes for at in (-size, size) if lower < at < upper})
    suggests: Suggests = "down-more" if len(crossed) > 1 else "down" if crossed else "no-down"
    unit = "per-1000" if important.per_1000 else "units"
    parts = {
        "estimate": difference, "lower": lower, "upper": upper, "crossed": crossed, "sizes": sizes,
        "because": important.because,
    }  # fmt: skip
    said = f"grade.found-{unit}{'-crossed' if crossed else ''}"
    return Check(DOMAIN, "threshold", suggests, (f"grade.against-{unit}", parts), (said, parts))


def _interval(outcome: Outcome, body: Body, important: Important) -> tuple[float, float, float] | Said:
    """Difference and its limits on the scale of the declared threshold; an open limit is infinite."""
    if important.per_1000:
        found = per_thousand(outcome, body)
        if not isinstance(found, PerThousand):
            return found
        lower = -math.inf if found.lower is None else found.lower
        return found.difference, lower, math.inf if found.upper is None else found.upper
    if body.measure != "MD":  # a standardised difference has no units
        return "grade.why-units", {"measure": body.measure}
    return body.estimate, body.lower, body.upper


def _size(outcome: Outcome, body: Body) -> Check:
    declared, baseline = outcome.thresholds.information, outcome.thresholds.baseline
    if declared is None:
        return not_checked(DOMAIN, "information-size", "grade.no-information")
    if body.measure in ("MD", "SMD"):
        return not_checked(DOMAIN, "information-size", "grade.no-size-measure", measure=body.measure)
    if baseline is None:
        return not_checked(DOMAIN, "information-size", "grade.no-baseline")
    if body.participants is None:
        return not_checked(DOMAIN, "information-size", "grade.no-participants")
    try:
        needed = information_size(baseline.risk, declared.relative_change, declared.alpha, declared.power)
    except ValueError:
        return not_checked(DOMAIN, "information-size", "grade.impossible-change", change=declared.relative_change)
    parts = {
        "participants": body.participants, "needed": needed, "baseline": baseline.per_1000,
        "change": declared.relative_change, "alpha": declared.alpha, "power": declared.power,
        "because": declared.because, "far": declared.far_below,
    }  # fmt: skip
    against = "grade.against-size" if declared.far_below is None else "grade.against-size-far"
    said = ("grade.found-size" if body.participants >= needed else "grade.found-size-below", parts)
    suggests = _of_size(body.participants, needed, declared)
    return Check(DOMAIN, "information-size", suggests, (against, parts), said)


def _of_size(participants: int, needed: int, declared: Information) -> Suggests:
    """GRADE Guidance 34 asks for more than one level far below the size; how far that is, the panel says or nobody."""
    if participants >= needed:
        return "no-down"
    far = declared.far_below is not None and participants < declared.far_below * needed
    return "down-more" if far else "down"


def _appreciable(outcome: Outcome, body: Body) -> Check:
    found = risk_ratio(outcome, body)
    if isinstance(found[0], str):
        return not_checked(DOMAIN, "appreciable", "grade.no-ratio", why=found)
    _, lower, upper = found
    wide = lower <= 1 <= upper and (lower < APPRECIABLE[0] or upper > APPRECIABLE[1])
    parts = {"lower": lower, "upper": upper, "low": APPRECIABLE[0], "high": APPRECIABLE[1]}
    said = ("grade.found-appreciable" if wide else "grade.found-not-appreciable", parts)
    return Check(DOMAIN, "appreciable", "down" if wide else "no-down", ("grade.against-appreciable", parts), said)


def _rule_of_thumb(outcome: Outcome, body: Body) -> Check:
    declared = outcome.thresholds.rule_of_thumb
    assert declared is not None
    pairs = [(body.events, declared.events), (body.participants, declared.participants)]
    wanted = [(there, least) for there, least in pairs if least is not None]
    if any(there is None for there, _ in wanted):
        return not_checked(DOMAIN, "rule-of-thumb", "grade.no-counts")
    few = any(there is not None and there < least for there, least in wanted)
    parts = {
        "events": body.events, "participants": body.participants, "least_events": declared.events,
        "least_participants": declared.participants, "because": declared.because,
    }  # fmt: skip
    suggests: Suggests = "down" if few else "no-down"
    return Check(DOMAIN, "rule-of-thumb", suggests, ("grade.against-thumb", parts), ("grade.found-thumb", parts))
