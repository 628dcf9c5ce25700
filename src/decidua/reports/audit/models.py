"""The output contract of `decidua audit`, in one language; the JSON schema is generated from here.

Every number that is shown in any form comes from here: what is hidden stands in no output. A count that is hidden has
`n` None and `hidden` true, and neither share nor interval.
"""

from __future__ import annotations

from typing import Literal

from decidua.language import Lang, Model

Screen = Literal["for", "against", "weak", "silent", "open"]
Breadth = Literal["all", "some", "one", "open-for", "open", "none"]


class Count(Model):
    """Women. `hidden`: fewer than the least that is shown, or would tell such a number."""

    n: int | None
    hidden: bool = False


class Share(Count):
    """`n` of `of` women; `share` with its 95 % Wilson interval `low` to `high`, None where hidden or of nobody."""

    of: int | None
    share: float | None
    low: float | None
    high: float | None


class Done(Model):
    """Was it done? What is not recorded is never no."""

    yes: Share
    no: Share
    unknown: Share


class AboutView(Model):
    """Where the counts come from. `watermark`: said where the women are made up. `women`: counted ones.

    `contradicting`: rows that contradict themselves, counted nowhere. `least`: smaller counts are hidden.
    """

    software: str
    content: str
    statements: int
    reviewed: int
    as_of: str | None
    synthetic: bool
    seed: int | None
    watermark: str | None
    women: int
    contradicting: int
    least: int
    engine: str
    hidden: int
    """How many counts are hidden."""
    use: str
    intended_use: str


class ColumnView(Model):
    """What was understood of one column of the input."""

    column: str
    fact: str | None
    known: Count
    unknown: Count
    refused: Count


class ProblemView(Model):
    """A kind of problem of the input, with how often it was met. No value of a patient."""

    says: str
    column: str | None
    count: Count


class InputView(Model):
    """What was read. Files stand with their names only."""

    files: tuple[str, ...]
    rows: int
    refused: int
    duplicates: int
    columns: tuple[ColumnView, ...]
    problems: tuple[ProblemView, ...]


class ValueView(Model):
    """One value of a property, such as one centre. `value` None: not known."""

    value: str | None
    women: Count


class GroupView(Model):
    group: str
    values: tuple[ValueView, ...]


class ValueRow(Model):
    """One value's row of a table; `shares` in the order of the table's columns."""

    value: str | None
    women: Count
    shares: tuple[Share, ...]


class ByGroup(Model):
    """A table of values by columns. `withheld`: nothing of it can be shown without telling a small count."""

    group: str
    withheld: bool
    rows: tuple[ValueRow, ...]


class DefinitionView(Model):
    """Who meets a guideline's definition: yes, no, unknown, and by how the source is read."""

    guideline: str
    name: str
    says: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    shares: tuple[Share, ...]
    by: tuple[ByGroup, ...]


class AnswerLine(Model):
    """One answer. `done`: of the women with this answer; None where that is withheld."""

    answer: str
    label: str
    screen: Screen
    women: Share
    done: Done | None


class ConcordanceView(Model):
    """Care beside strong recommendations; `statements` empty: nothing is measured, all care is variation."""

    statements: tuple[str, ...]
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    shares: tuple[Share, ...]
    by: tuple[ByGroup, ...]


class UnknownView(Model):
    """A fact that is unknown and can still change the answer; `alone`: in whom it alone could settle it."""

    fact: str
    label: str
    women: Share
    alone: Share


class ReadingView(Model):
    reading: str
    question: str
    women: Share


class StepView(Model):
    """`criterion` in words. `yes`: with all steps before it; `no`, `unknown`: of those who came to this step."""

    criterion: str
    yes: Share
    no: Share
    unknown: Share


class AttritionView(Model):
    statement: str
    steps: tuple[StepView, ...]


class CellView(Model):
    """One guideline on one option. Answers that nobody has are left out."""

    guideline: str
    name: str
    answers: tuple[AnswerLine, ...]
    by: tuple[ByGroup, ...]
    concordance: tuple[ConcordanceView, ...]
    unknowns: tuple[UnknownView, ...]
    readings: tuple[ReadingView, ...]
    attrition: tuple[AttritionView, ...]


class BreadthLine(Model):
    """For whom all, some, one or none of the guidelines are for it. While an answer is open: `open-for` where another
    is for it, else `open`. Done beside it."""

    breadth: Breadth
    label: str
    women: Share
    done: Done | None


class AgreementView(Model):
    """`opposed`: one guideline is for it and another against."""

    lines: tuple[BreadthLine, ...]
    opposed: Share
    by: tuple[ByGroup, ...]


class OptionView(Model):
    option: str
    label: str
    test: bool
    done: Done
    done_by: tuple[ByGroup, ...]
    cells: tuple[CellView, ...]
    agreement: AgreementView | None


class CostView(Model):
    """What keeps answers open: `answers` added up over `cells` (guideline and option); hidden counts are left out."""

    id: str
    label: str
    answers: int
    cells: int


class AuditReport(Model):
    """An audit in one language."""

    language: Lang
    about: AboutView
    input: InputView | None
    guidelines: tuple[tuple[str, str], ...]
    """(id, name)."""
    groups: tuple[GroupView, ...]
    definitions: tuple[DefinitionView, ...]
    options: tuple[OptionView, ...]
    costly_facts: tuple[CostView, ...]
    costly_readings: tuple[CostView, ...]
    notes: tuple[str, ...]
