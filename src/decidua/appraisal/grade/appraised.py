"""One appraisal with everything that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from decidua.appraisal.grade.body import Body
from decidua.appraisal.grade.certainty import Certainty, Overall, overall, rate
from decidua.appraisal.grade.check import Check, Said, compared
from decidua.appraisal.grade.flags import Flag, outcome_flags, question_flags
from decidua.appraisal.grade.imprecision import imprecision
from decidua.appraisal.grade.inconsistency import inconsistency
from decidua.appraisal.grade.magnitude import large_effect, small_study_effects
from decidua.appraisal.grade.model import Appraisal, Outcome
from decidua.appraisal.grade.per_thousand import PerThousand, per_thousand
from decidua.appraisal.grade.scale import CRITICAL


@dataclass(frozen=True)
class AppraisedOutcome:
    """`certainty` None: no body of evidence. `absolute`: the effect per 1000, or why there is none."""

    outcome: Outcome
    body: Body | None
    certainty: Certainty | None
    absolute: PerThousand | Said
    checks: tuple[Check, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Appraised:
    appraisal: Appraisal
    outcomes: tuple[AppraisedOutcome, ...]
    overall: Overall
    flags: tuple[Flag, ...]
    """Those of the whole question."""


def appraise(appraisal: Appraisal, bodies: Mapping[str, Body | None]) -> Appraised:
    """`bodies`: outcome → its numbers, None where it has no body of evidence."""
    found = tuple(_outcome(outcome, bodies[outcome.id]) for outcome in appraisal.outcomes)
    critical = {one.outcome.id: one.certainty for one in found if _critical(one.outcome)}
    unset = [one.outcome.id for one in found if one.outcome.importance is None]
    whole = overall(critical, unset)
    return Appraised(appraisal, found, whole, tuple(question_flags(appraisal, whole)))


def _critical(outcome: Outcome) -> bool:
    return outcome.importance is not None and outcome.importance.value >= CRITICAL


def _outcome(outcome: Outcome, body: Body | None) -> AppraisedOutcome:
    judged = outcome.domains.judged()
    start = outcome.start.level if outcome.start else None
    randomised = None if outcome.design is None else outcome.design == "randomised"
    certainty = None if body is None else rate(start, judged, randomised)
    checks = () if body is None else compared(tuple(_checks(outcome, body)), judged)
    absolute: PerThousand | Said = ("grade.why-no-body", {}) if body is None else per_thousand(outcome, body)
    flags = tuple(outcome_flags(outcome, body, checks, certainty))
    return AppraisedOutcome(outcome, body, certainty, absolute, checks, flags)


def _checks(outcome: Outcome, body: Body) -> Iterator[Check]:
    yield from inconsistency(outcome, body)
    yield from imprecision(outcome, body)
    yield from small_study_effects(body)
    if outcome.design != "randomised" or "large_effect" in outcome.domains.judged():
        yield large_effect(outcome, body)
