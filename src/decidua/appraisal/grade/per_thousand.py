"""An outcome's effect per 1000 people, or in one sentence why there is none. The arithmetic is `evidence.absolute`.

Only randomised numbers that fit each other are carried to a baseline: the difference between groups that differ in
more than the treatment would be read as its effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from decidua.appraisal.grade.body import Body
from decidua.appraisal.grade.check import Said
from decidua.appraisal.grade.model import Outcome
from decidua.evidence.absolute import Impossible, Measure, Relative, absolute, carried

AS: dict[str, Measure] = {"OR": "OR", "PETO": "OR", "RR": "RR", "RD": "RD", "HR": "HR"}
"""Peto's odds ratio is carried as an odds ratio."""


@dataclass(frozen=True)
class PerThousand:
    """People in 1000; `lower` and `upper` are differences, at the limits of the effect's interval. None: that limit
    would leave 0 to 1000; it is open, and not cut off."""

    baseline: float
    risk: float
    difference: float
    lower: float | None
    upper: float | None


def per_thousand(outcome: Outcome, body: Body) -> PerThousand | Said:
    baseline = outcome.thresholds.baseline
    if outcome.design is None:
        return "grade.why-design", {}
    if outcome.design != "randomised":
        return "grade.why-non-randomised", {}
    if body.mismatched:
        return "grade.why-mismatch", {"claims": ", ".join(body.mismatched)}
    if body.refused:
        return "grade.why-refused", {"reasons": body.refused}
    if body.measure not in AS:
        return "grade.why-measure", {"measure": body.measure}
    if baseline is None:
        return "grade.why-baseline", {}
    try:
        found = absolute(Relative(AS[body.measure], body.estimate, body.lower, body.upper), baseline.risk)
    except Impossible:
        return "grade.why-outside", {"baseline": baseline.per_1000}
    lower, upper = (None if limit is None else 1000 * limit for limit in found.differences)
    return PerThousand(baseline.per_1000, 1000 * found.risk, 1000 * found.difference, lower, upper)


def difference_per_1000(body: Body, value: float, baseline: float) -> float:
    """At any value of the effect, such as a limit of its prediction interval; not cut off. `baseline`: a proportion."""
    return 1000 * (carried(AS[body.measure], value, baseline) - baseline)


def risk_ratio(outcome: Outcome, body: Body) -> tuple[float, float, float] | Said:
    """Estimate and limits as risk ratios; an odds ratio is converted with the declared baseline first."""
    values = body.estimate, body.lower, body.upper
    if body.measure == "RR":
        return values
    if body.measure not in ("OR", "PETO"):
        return "grade.why-no-ratio", {"measure": body.measure}
    baseline = outcome.thresholds.baseline
    if baseline is None:
        return "grade.why-no-baseline-ratio", {}
    estimate, lower, upper = (carried("OR", value, baseline.risk) / baseline.risk for value in values)
    return estimate, lower, upper
