"""The shapes of a body of evidence in an appraisal file: studies, rows of a shipped table, or an effect as printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from decidua.appraisal.grade.values import Count, Filled, Number, Words, no_boolean
from decidua.language import Model

Measure = Literal["OR", "RR", "RD", "PETO", "MD", "SMD"]


class Pooling(Model):
    """The options of `decidua pool`; left out, its defaults hold and are named in the result."""

    measure: Measure
    model: Literal["fixed", "random"] | None = None
    method: Literal["MH", "IV", "Peto"] | None = None
    tau2: Literal["DL", "PM", "REML", "ML", "EB", "SJ", "HE", "HS"] | None = None
    ci: Literal["wald", "hksj", "hksj-floor"] = "wald"
    zero: Literal["metafor", "revman"] | None = None


class StudyFile(Pooling):
    """A file of studies, beside the appraisal or by its path."""

    file: Filled


class Cells(Pooling):
    """Rows of a shipped table. `columns`: what the cells are, as parts of the row (`lmwh.events`), or as `row/part` of
    the table: `ai, n1i, ci, n2i` (events and totals), or `estimate, lower, upper` with, where printed, `participants`.
    """

    table: Filled
    rows: tuple[Filled, ...] = Field(min_length=1)
    columns: Mapping[Literal["ai", "n1i", "ci", "n2i", "estimate", "lower", "upper", "participants"], Filled]

    @model_validator(mode="after")
    def _whole(self) -> Cells:
        given = set(self.columns)
        if given == {"ai", "n1i", "ci", "n2i"} or given - {"participants"} == {"estimate", "lower", "upper"}:
            return self
        raise ValueError("columns")


class Numbers(Model):
    """An effect as others printed it; ratios as ratios. What is not printed is left out."""

    measure: Literal["OR", "RR", "RD", "PETO", "HR", "MD", "SMD"]
    estimate: Number
    lower: Number
    upper: Number
    source: Words
    studies: Annotated[int, BeforeValidator(no_boolean), Field(ge=1)] | None = None
    participants: Count | None = None
    events: Count | None = None
    i2: Annotated[float, BeforeValidator(no_boolean), Field(ge=0, le=100)] | None = None
    q_p: Annotated[float, BeforeValidator(no_boolean), Field(ge=0, le=1)] | None = None
    prediction: tuple[Number, Number] | None = None

    @model_validator(mode="after")
    def _ascending(self) -> Numbers:
        positive = self.measure not in ("OR", "RR", "PETO", "HR") or self.lower > 0
        if self.lower <= self.estimate <= self.upper and positive:
            return self
        raise ValueError("interval")


class GivenBody(Model):
    """One of: a file of studies, rows of a shipped table, numbers; or why there is none."""

    studies: StudyFile | None = None
    cells: Cells | None = None
    numbers: Numbers | None = None
    none_because: Words | None = None

    @model_validator(mode="after")
    def _one(self) -> GivenBody:
        if len(self.model_fields_set) != 1 or all(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("one-body")
        return self
