"""Small-study effects, and how large the effect is."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.appraisal.grade.body import Body
from decidua.appraisal.grade.check import Check, Suggests, not_checked
from decidua.appraisal.grade.model import Outcome
from decidua.appraisal.grade.per_thousand import risk_ratio

ASYMMETRIC = 0.10
"""p below which a funnel is called asymmetric (Egger et al. 1997)."""
FEWEST = 10
"""Studies below which asymmetry is not tested (Cochrane Handbook, section 13.3.5.4)."""
LARGE, VERY_LARGE = 2.0, 5.0
"""Risk ratio, or one over it (GRADE guidelines 9)."""


def small_study_effects(body: Body) -> Iterator[Check]:
    domain = "publication_bias"
    if body.studies is None:
        yield not_checked(domain, "asymmetry", "grade.no-k")
        return
    if body.studies < FEWEST:
        yield not_checked(domain, "asymmetry", "grade.few-studies", studies=body.studies, fewest=FEWEST)
        return
    if not body.asymmetry:
        yield not_checked(domain, "asymmetry", "grade.no-asymmetry")
    for test in body.asymmetry:
        parts = {"test": test.test.capitalize(), "p": test.p, "studies": test.k, "limit": ASYMMETRIC}
        suggests: Suggests = "down" if test.p < ASYMMETRIC else "no-down"
        yield Check(domain, test.test, suggests, ("grade.against-asymmetry", parts), ("grade.found-asymmetry", parts))


def large_effect(outcome: Outcome, body: Body) -> Check:
    found = risk_ratio(outcome, body)
    if isinstance(found[0], str):
        return not_checked("large_effect", "ratio", "grade.no-ratio", why=found)
    size = max(found[0], 1 / found[0])
    suggests: Suggests = "up-two" if size > VERY_LARGE else "up-one" if size > LARGE else "no-up"
    parts = {"ratio": found[0], "measure": body.measure, "large": LARGE, "very_large": VERY_LARGE}
    said = "grade.found-ratio" if body.measure == "RR" else "grade.found-ratio-converted"
    return Check("large_effect", "ratio", suggests, ("grade.against-ratio", parts), (said, parts))
