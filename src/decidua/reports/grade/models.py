"""The output contract of `decidua appraise` for GRADE. What is None is not given or not stated, and is shown so."""

from __future__ import annotations

from typing import Literal

from decidua.appraisal.grade.scale import Level
from decidua.language import Lang, Model


class CertaintyView(Model):
    """`stated` None: the judgements leave it open between `lowest` and `highest`; `words` say why."""

    stated: Level | None
    lowest: Level | None
    highest: Level | None
    symbols: str
    words: str
    open: tuple[str, ...] = ()


class EffectView(Model):
    """`measure` with the interval of `level`; ratios as ratios."""

    measure: str
    estimate: float
    lower: float
    upper: float
    level: float
    words: str


class AbsoluteView(Model):
    """People in 1000: without, with, and the difference with its limits; None: that limit would leave 0 to 1000."""

    baseline: float
    risk: float
    difference: float
    lower: float | None
    upper: float | None
    words: str


class JudgementView(Model):
    """`judgement` None: not judged."""

    domain: str
    label: str
    judgement: int | None
    words: str
    reason: str | None


class CheckView(Model):
    domain: str
    label: str
    id: str
    found: str | None
    against: str
    suggests: str
    suggestion: str
    agrees: bool | None
    agreement: str


class FlagView(Model):
    id: str
    words: str


class FootnoteView(Model):
    """A letter in the table, and what it stands for."""

    mark: str
    words: str


class PrintedView(Model):
    """A source's own label. It is never translated into a level."""

    text: str
    of: str | None
    cites: tuple[str, ...]
    words: str


class OutcomeView(Model):
    """One line of the summary of findings, with everything behind it."""

    id: str
    name: str
    kind: Literal["benefit", "harm"]
    kind_words: str
    importance: int | None
    importance_words: str
    design: Literal["randomised", "non-randomised"] | None
    start: str
    source: str | None
    participants: int | None
    studies: int | None
    participants_words: str
    relative: EffectView | None
    relative_words: str
    absolute: AbsoluteView | None
    no_absolute: str | None
    certainty: CertaintyView
    comment: str
    footnotes: tuple[str, ...]
    judgements: tuple[JudgementView, ...]
    checks: tuple[CheckView, ...]
    flags: tuple[FlagView, ...]
    printed: PrintedView | None
    notes: tuple[str, ...]
    conventions: dict[str, str]


class CriterionView(Model):
    """One criterion from evidence to decision; `judgement` None: not given."""

    id: str
    label: str
    judgement: str | None
    reason: str | None
    evidence: str | None


class RecommendationView(Model):
    words: str
    printed: str | None
    exceptional: str | None


class QuestionView(Model):
    population: str
    intervention: str
    comparison: str
    setting: str | None


class GradeReport(Model):
    """One appraisal. `warnings`: what must be read first, such as that the numbers are made up."""

    kind: Literal["grade"] = "grade"
    software: str
    language: Lang
    intended_use: str
    file: str
    title: str
    note: str | None
    warnings: tuple[str, ...]
    judged_by: str
    judged_on: str
    review: str
    question: QuestionView
    outcomes: tuple[OutcomeView, ...]
    footnotes: tuple[FootnoteView, ...]
    overall: CertaintyView
    flags: tuple[FlagView, ...]
    printed: PrintedView | None
    recommendation: RecommendationView | None
    decision: tuple[CriterionView, ...]
    sources: tuple[str, ...]
