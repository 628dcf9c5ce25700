"""The one output contract: what a consultation says, in one language. The JSON schema is generated from here."""

from __future__ import annotations

from typing import Literal

from decidua.language import Lang, Model

Group = Literal["for", "against", "weak", "silent", "open"]


class CitationView(Model):
    source: str
    place: str
    lines: tuple[int, ...]


class SaidView(Model):
    """Something that a source says, in own words. `language_note`: the Korean has not been checked by a person."""

    id: str
    says: str
    mark: str
    correction: str | None = None
    review: str
    ko_status: str
    cites: tuple[CitationView, ...]


class TraceView(Model):
    """One part of a criterion: its words, whether it holds (None: unknown), the value met."""

    text: str
    truth: bool | None
    value: str | None = None
    stated: bool = False
    parts: tuple[TraceView, ...] = ()


class ChoiceView(Model):
    """An alternative of a reading that is taken."""

    reading: str
    alternative: str
    text: str


class BranchView(Model):
    """What is possible if the source is read so."""

    readings: tuple[ChoiceView, ...]
    possible: tuple[str, ...]


class MismatchView(Model):
    """A printed number that does not follow from the numbers beside it. `place`: table/row/part."""

    place: str
    printed: str
    recomputed: str | None


class EvidenceView(Model):
    """A study table that a statement rests on; `claims`: how many of its numbers were judged."""

    table: str
    title: str
    claims: int
    mismatches: tuple[MismatchView, ...]


class DiscrepancyView(Model):
    """A source against itself or another; `reading`: the reading that carries it, where an answer depends on it."""

    id: str
    kind: str
    says: str
    effect: str
    reading: str | None
    places: tuple[CitationView, ...]


class StatementView(SaidView):
    kind: Literal["recommendation", "evidence", "remark"]
    applies: Literal["applies", "does-not-apply", "undetermined"]
    answer: str | None
    verb: str | None
    because: str | None
    strength: str | None
    certainty: str | None
    certainty_of: str | None
    by_reading: tuple[tuple[tuple[ChoiceView, ...], str], ...] = ()
    population: str
    evidence: tuple[EvidenceView, ...] = ()
    trace: TraceView | None = None


class ReadingView(Model):
    """An open reading, as the question to the authors that would settle it."""

    reading: str
    question: str


class RegimenView(Model):
    """`calculated`: the arithmetic, or None with `why_not`."""

    statement: str
    drug: str
    printed: str
    for_whom: str | None
    start: str | None
    stop: str | None
    note: str | None
    calculated: str | None
    why_not: tuple[str, ...]
    readings: tuple[ReadingView, ...]
    """Open on drug, dose, unit, route or frequency."""
    timing_readings: tuple[ReadingView, ...]
    """Open on start, stop or duration."""
    cites: tuple[CitationView, ...]


class PrecautionView(SaidView):
    state: Literal["done", "missing", "failing", "look"]


class LegalView(SaidView):
    country: Literal["here", "elsewhere", "unknown"]
    countries: tuple[str, ...]
    dated: str | None


class DecidingView(Model):
    """If all of `when` hold, the answer is `answer` (`disputed`: then only the authors can settle it)."""

    facts: tuple[str, ...]
    when: dict[str, str]
    words: tuple[str, ...]
    answer: str


class OptionView(Model):
    option: str
    label: str
    answer: str
    group: Group
    possible: tuple[str, ...]
    bound: Literal["never-for", "never-against", "open"]
    readings: tuple[BranchView, ...]
    depends_on: tuple[str, ...]
    """Open readings that change the answer."""
    strength: tuple[str, ...]
    certainty: tuple[str, ...]
    statements: tuple[StatementView, ...]
    regimens: tuple[RegimenView, ...]
    before: tuple[PrecautionView, ...]
    legal: tuple[LegalView, ...]
    now: Literal["open", "later", "closed", "unknown", "not-printed", "not-for"]
    other_indications: tuple[SaidView, ...]
    notes: tuple[SaidView, ...]
    discrepancies: tuple[DiscrepancyView, ...] = ()
    nearest: tuple[str, ...]
    relevant: tuple[str, ...]
    deciding: tuple[DecidingView, ...]


class TestView(OptionView):
    """What the guideline says about a test, and whether it was done."""

    done: Literal["done", "not-done", "no-record"]


class DefinitionView(Model):
    met: Literal["met", "not-met", "unknown", "disputed"]
    says: str
    ko_status: str
    by_reading: tuple[tuple[tuple[ChoiceView, ...], str], ...]
    trace: TraceView
    cites: tuple[CitationView, ...]


class GuidelineView(Model):
    id: str
    name: str
    society: str
    year: int
    basis: str
    definition: DefinitionView
    tests: tuple[TestView, ...]
    options: tuple[OptionView, ...]


class DisagreementView(Model):
    option: str
    label: str
    kind: str
    words: str
    between: tuple[str, str]
    answers: tuple[str, str]
    differs_in: tuple[str, ...]
    mild: bool = False
    """Neither side can be against, and one can only be silent or find the evidence wanting."""
    about: str | None = None


class FactView(Model):
    fact: str
    label: str
    value: str
    given: str | None
    origin: str | None


class AskView(Model):
    """`about`: the cells (guideline, option) on which it bears."""

    fact: str
    label: str
    help: str | None
    about: tuple[tuple[str, str], ...]


class AskAuthorsView(Model):
    reading: str
    question: str
    alternatives: tuple[str, ...]
    bears_on: Literal["answer", "statement", "regimen"]
    about: tuple[tuple[str, str], ...]


class StanceView(Model):
    guideline: str
    answer: str


class AskTestView(Model):
    test: str | None
    label: str
    facts: tuple[str, ...]
    labels: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    stances: tuple[StanceView, ...]


class AsksView(Model):
    look_up: tuple[AskView, ...]
    authors: tuple[AskAuthorsView, ...]
    tests: tuple[AskTestView, ...]


class AloneView(Model):
    guideline: str
    options: tuple[str, ...]
    words: str


class ContentView(Model):
    """Which content answered: hash, and how much of it a clinician has reviewed."""

    hash: str
    statements: int
    reviewed: int


class SourceView(Model):
    """`read`: how much of it was read for this content."""

    id: str
    title: str
    year: int | None
    url: str | None
    read: str


class Report(Model):
    """A consultation in one language."""

    software: str
    content: ContentView
    as_of: str | None
    language: Lang
    intended_use: str
    title: str | None
    patient: tuple[FactView, ...]
    warnings: tuple[str, ...]
    guidelines: tuple[GuidelineView, ...]
    disagreements: tuple[DisagreementView, ...]
    asks: AsksView
    alone: tuple[AloneView, ...]
    chances: tuple[SaidView, ...]
    chances_note: str | None
    not_covered: tuple[str, ...]
    sources: tuple[SourceView, ...]
