"""The shapes of guidelines, options, statements and readings, as they stand in the YAML files."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from decidua.language import Model, Text
from decidua.provenance import Citation, Cited, Review

Answer = Literal[
    "recommended", "conditional", "against", "insufficient", "research-only", "evidence-only",
    "other-population", "out-of-scope", "not-in-source",
]  # fmt: skip
"""What a guideline can say about an option for one completely known patient under one reading."""

Stage = Literal["not-trying", "trying", "treatment-cycle", "pregnant", "postpartum"]
Kind = Literal["recommendation", "evidence", "remark"]
Spec = str | Mapping[str, Any]
"""A criterion as written: text, or `{reading: <id>, <alternative>: <spec>, …}` where the source is ambiguous."""


class NamedCriterion(Cited):
    """A criterion with a name, usable in others; `stated`: a user may give it as a fact of its own."""

    label: Text
    means: Spec
    stated: bool = False


class Reading(Model):
    """A named ambiguity of a source, with its places and its alternatives. Unknown until the authors settle it."""

    id: str
    kind: Literal[
        "dose", "threshold", "strength", "certainty", "population", "connector", "timing", "duration", "units",
        "counts", "speaker", "route", "frequency", "drug", "scope", "correction",
    ]  # fmt: skip
    bears_on: Literal["answer", "statement", "regimen"]
    says: Text
    alternatives: Mapping[str, Text] = Field(min_length=2)
    question: Text
    """The one question to the authors that settles it."""
    cites: tuple[Citation, ...] = Field(min_length=1)
    touches: tuple[str, ...] = ()
    settled: str | None = None
    """The alternative that the authors confirmed, if they did."""
    review: Review = Review()


class Printed(Model):
    """A strength or certainty exactly as printed; None where nothing is printed. `of`: what the certainty is about."""

    printed: str | None = None
    of: Text | None = None


class Regimen(Model):
    """A drug's dosing as printed; a part that is not printed is None, `readings` are open on what they name."""

    drug: Text
    dose: Decimal | tuple[Decimal, Decimal] | None = None
    unit: str | None = None
    """UCUM, with `/kg` where the dose goes by body weight; the dose is for one administration."""
    route: str | None = None
    every: Decimal | tuple[Decimal, Decimal] | None = None
    every_unit: Literal["d", "wk"] | None = None
    times: Decimal | None = None
    """Administrations in one `every` (BID: 2 in 1 d)."""
    for_: Text | None = Field(default=None, alias="for")
    """Whom it is for, where the source divides (thrombotic, obstetric)."""
    start: Text | None = None
    stop: Text | None = None
    note: Text | None = None
    readings: tuple[str, ...] = ()
    """Open readings on drug, dose, unit, route or frequency: nothing is worked out while one is open."""
    timing_readings: tuple[str, ...] = ()
    """Open readings on start, stop or duration."""
    cites: tuple[Citation, ...] = Field(min_length=1)


class Window(Model):
    """When a statement says the option is given: stages, and days of gestation where printed."""

    stages: tuple[Stage, ...]
    days: tuple[int, int] | None = None
    """First and last day of gestation, inclusive, for the stage `pregnant`."""
    until: Text | None = None
    """An end within pregnancy that is printed without a day (“first trimester”): then no day is decided for."""


class Example(Model):
    given: Mapping[str, Any]
    is_: str | Mapping[str, str] = Field(alias="is")


class Statement(Cited):
    """What one guideline says about options for one population at one place."""

    options: tuple[str, ...] = Field(min_length=1)
    kind: Kind
    verb: str | None = None
    """The recommending word, as printed; required of a recommendation, forbidden elsewhere."""
    answer: Answer | None = None
    because: Text | None = None
    population: Spec
    scope: Literal["guideline", "wider"] = "guideline"
    strength: Printed = Printed()
    certainty: Printed = Printed()
    window: Window | None = None
    regimens: tuple[Regimen, ...] = ()
    refines: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    """Readings that bear on this statement without changing whom it applies to (strength, certainty, wording)."""
    evidence: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    valid_from: str | None = None
    superseded_by: str | None = None
    withdrawn_because: Text | None = None

    @property
    def guideline(self) -> str:
        return self.id.split(".", 1)[0]


class GuidelineItem(Cited):
    topic: Literal[
        "scope", "purpose", "method", "database", "criteria", "endpoint", "evaluation", "treatment", "strength",
        "limitation", "characteristic", "update", "count",
    ]  # fmt: skip


class Guideline(Model):
    """One edition of one society's guideline."""

    id: str
    name: Text
    society: str
    year: int
    definition: Spec
    definition_says: Text
    definition_cites: tuple[Citation, ...] = Field(min_length=1)
    basis: Text
    """What was read of it: said wherever the guideline is shown."""
    items: tuple[GuidelineItem, ...] = ()


class Precaution(Cited):
    """Something that a source prints to be done or checked first. `satisfied` is a criterion; unknown means missing."""

    satisfied: str | None = None
    """None: nothing in the vocabulary shows it; always listed as to be checked."""
    guidelines: tuple[str, ...] = ()
    """The guidelines that print it; empty: the talk, of no one guideline."""


class Legal(Cited):
    countries: tuple[str, ...]
    dated: str | None = None


class Indication(Cited):
    """Another reason for which the option is given: then an answer about pregnancy loss does not bear on it."""

    when: str


class Option(Model):
    """What is considered: a therapy or a test."""

    id: str
    kind: Literal["care", "treatment", "test"]
    label: Text
    rank: int = 1000
    """Place among the options on every screen; added options stand behind the shipped ones."""
    parent: str | None = None
    combines: tuple[str, ...] = ()
    immune: bool = False
    """One of the eleven immunotherapies: two that apply together stand alone each."""
    mechanism: tuple[Cited, ...] = ()
    use: tuple[Cited, ...] = ()
    safety: tuple[Cited, ...] = ()
    before: tuple[Precaution, ...] = ()
    legal: tuple[Legal, ...] = ()
    cost: tuple[Cited, ...] = ()
    evidence: tuple[Cited, ...] = ()
    """Sentences about studies; the tables themselves are not encoded here."""
    other_indications: tuple[Indication, ...] = ()
    decides: tuple[str, ...] = ()
    """Facts that this test yields."""
    done_fact: str | None = None


class Background(Cited):
    topic: Literal["definition", "prevalence", "cause", "immunology", "burden", "need", "take-home", "presentation"]


class Chance(Cited):
    """A sourced chance of live birth without drugs, for supportive care."""

    when: str
    unless: str | None = None
    """Known to be so: then the study left such women out, and the chance is not shown."""
    per_100: Decimal | tuple[Decimal, Decimal]


class NotCovered(Model):
    """Something that the source does not speak of, listed so that silence is visible."""

    id: str
    says: Text
