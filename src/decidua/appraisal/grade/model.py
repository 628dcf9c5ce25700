"""The shapes of a GRADE appraisal file. What people judged is recorded; what they did not is absent, never 0."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from decidua.appraisal.grade.bodies import GivenBody
from decidua.appraisal.grade.scale import DECISION, SITUATIONS, Level
from decidua.appraisal.grade.thresholds import Thresholds
from decidua.appraisal.grade.values import Filled, Words, no_boolean
from decidua.language import Model
from decidua.provenance import Citation, Review


class Question(Model):
    population: Words
    intervention: Words
    comparison: Words
    setting: Words | None = None


class Judged(Model):
    """Who judged, and when."""

    role: Words
    date: date
    note: Words | None = None


class Importance(Model):
    """1 to 9, set by people."""

    value: Annotated[int, BeforeValidator(no_boolean), Field(ge=1, le=9)]
    set_by: Words


class Start(Model):
    level: Literal["high", "low"]
    because: Words


# ---- judgements -----------------------------------------------------------------------------------------------------

Down = Annotated[Literal[0, -1, -2, "not-judged"], BeforeValidator(no_boolean)]
Imprecise = Annotated[Literal[0, -1, -2, -3, "not-judged"], BeforeValidator(no_boolean)]
Large = Annotated[Literal[0, 1, 2, "not-judged"], BeforeValidator(no_boolean)]
Up = Annotated[Literal[0, 1, "not-judged"], BeforeValidator(no_boolean)]


class Judgement(Model):
    """How far a domain moves the rating, and why. `not-judged` may be said with the reason, too."""

    judgement: Down
    reason: Words


class ImprecisionJudgement(Judgement):
    judgement: Imprecise  # type: ignore[assignment]  # other steps than its base


class LargeJudgement(Judgement):
    judgement: Large  # type: ignore[assignment]


class UpJudgement(Judgement):
    judgement: Up  # type: ignore[assignment]


class Domains(Model):
    risk_of_bias: Judgement | None = None
    inconsistency: Judgement | None = None
    indirectness: Judgement | None = None
    imprecision: ImprecisionJudgement | None = None
    publication_bias: Judgement | None = None
    large_effect: LargeJudgement | None = None
    dose_response: UpJudgement | None = None
    opposing_confounding: UpJudgement | None = None

    def of(self, name: str) -> Judgement | None:
        found: Judgement | None = getattr(self, name)
        return found

    def judged(self) -> dict[str, int]:
        """Domain → levels; a domain that is not judged is not in it."""
        given = {name: self.of(name) for name in type(self).model_fields}
        return {name: one.judgement for name, one in given.items() if one and one.judgement != "not-judged"}


class PrintedLabel(Model):
    """A certainty as a source prints it; never taken for a level of GRADE."""

    text: Filled
    of: Words | None = None
    cites: tuple[Citation, ...] = Field(min_length=1)


class Outcome(Model):
    """`design` None, `start` None, `body` None: not given."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    name: Words
    kind: Literal["benefit", "harm"]
    importance: Importance | None = None
    design: Literal["randomised", "non-randomised"] | None = None
    start: Start | None = None
    body: GivenBody | None = None
    thresholds: Thresholds = Thresholds()
    domains: Domains = Domains()
    claimed: Level | None = None
    printed_certainty: PrintedLabel | None = None
    comment: Words | None = None


# ---- from evidence to a decision ------------------------------------------------------------------------------------


class Exceptional(Model):
    """Which of GRADE's five situations the authors say applies, and why."""

    situation: Literal[SITUATIONS]  # type: ignore[valid-type]
    reason: Words


class Recommendation(Model):
    strength: Literal["strong", "conditional"]
    direction: Literal["for", "against"]
    printed: Words | None = None
    exceptional: Exceptional | None = None


class Criterion(Model):
    """One criterion of an Evidence-to-Decision frame."""

    judgement: Words
    reason: Words
    evidence: Words | None = None


def _level(given: object) -> object:
    """`review: none` is short for `review: {level: none}`."""
    return {"level": given} if isinstance(given, str) else given


class Appraisal(Model):
    """One question appraised. `synthetic`: the numbers are made up."""

    kind: Literal["grade"]
    title: Words
    note: Words | None = None
    review: Annotated[Review, BeforeValidator(_level)] = Review()
    synthetic: bool = False
    question: Question
    judged_by: Judged
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    claimed: Level | None = None
    printed_certainty: PrintedLabel | None = None
    recommendation: Recommendation | None = None
    decision: Mapping[Literal[DECISION], Criterion] = {}  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _outcomes_once(self) -> Appraisal:
        ids = [outcome.id for outcome in self.outcomes]
        if len(set(ids)) < len(ids):
            raise ValueError("outcomes-once")
        return self
