"""What a panel declares before it looks: the baseline risk, the differences that matter, the information size."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from decidua.appraisal.grade.values import Count, Number, Share, Words, no_boolean
from decidua.language import Model


class Baseline(Model):
    """The risk without the intervention that absolute effects are worked out for."""

    per_1000: Annotated[float, BeforeValidator(no_boolean), Field(gt=0, lt=1000)]
    because: Words

    @property
    def risk(self) -> float:
        return self.per_1000 / 1000


class Important(Model):
    """Differences that matter, on both sides of no difference: per 1000, or in the units of a mean difference."""

    per_1000: tuple[Annotated[Number, Field(ge=0)], ...] = ()
    units: tuple[Annotated[Number, Field(ge=0)], ...] = ()
    because: Words

    @model_validator(mode="after")
    def _one(self) -> Important:
        if bool(self.per_1000) == bool(self.units):
            raise ValueError("one-scale")
        return self


class Information(Model):
    """The relative change of the baseline risk that a trial should be able to find; −0.25: a quarter fewer.

    `far_below`: the share of the information size below which it is missed by far; None: nobody said.
    """

    relative_change: Annotated[float, BeforeValidator(no_boolean), Field(gt=-1, lt=10)]
    because: Words
    alpha: Share = 0.05
    power: Share = 0.8
    far_below: Share | None = None


class RuleOfThumb(Model):
    """Numbers below which imprecision is suspected: a habit, not a rule of GRADE."""

    events: Count | None = None
    participants: Count | None = None
    because: Words

    @model_validator(mode="after")
    def _some(self) -> RuleOfThumb:
        if self.events is None and self.participants is None:
            raise ValueError("rule-of-thumb")
        return self


class Thresholds(Model):
    baseline: Baseline | None = None
    important: Important | None = None
    information: Information | None = None
    rule_of_thumb: RuleOfThumb | None = None
