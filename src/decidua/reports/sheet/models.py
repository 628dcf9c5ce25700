"""What a counselling sheet says: lines of text with their sources, in blocks. Its drawing adds no word of its own."""

from __future__ import annotations

from typing import Literal

from decidua.language import Lang, Model


class Run(Model):
    """A piece of text in one language; on a Korean sheet what no person has checked stays English."""

    text: str
    lang: Lang


class Line(Model):
    """One or more whole sentences. `sources`: ids of the content that they rest on; empty: the sheet's own words.

    Every figure in the text stands in one of the sources.
    """

    runs: tuple[Run, ...]
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


class ChanceBlock(Model):
    """A chance of a live birth without the drug that was studied: `births` of 100 women, and the rest.

    Whole numbers by rounding.
    """

    id: str
    births: int
    others: int
    says: Line
    who: Line
    """Who the women were, and what limits the number."""


class GuidelineBlock(Model):
    """What one guideline says; several, where they say the same and there was no room for a line each."""

    guidelines: tuple[str, ...]
    answer: str
    line: Line


class OptionBlock(Model):
    """A therapy, or the way without a drug (`care`: without both; `note`: the chances above come nearest)."""

    option: str
    care: bool
    name: Line
    note: Line | None
    other_reasons: tuple[Line, ...]
    """Other reasons for it that she surely has: the lines below do not bear on them."""
    guidelines: tuple[GuidelineBlock, ...]
    benefits: tuple[Line, ...]
    harms: tuple[Line, ...]


Given = Literal["merge", "further-chances", "questions", "unknown", "missing", "open", "of-what"]
"""What gives way where the page is full, in this order:

    merge            guidelines that are silent in the same way share one sentence
    further-chances  of several chances the first keeps its picture; of the others their range is told
    questions        three questions instead of six
    unknown          under “what is not known” four of the missing facts are named instead of eight
    missing          in the line of an answer that depends on facts, one of them is named instead of two
    open             guidelines whose answer is open share a sentence that points to “what is not known”
    of-what          in a guideline's own line a certainty stands without what it is of; beside a number never

What must stand on the sheet is none of it; if that does not fit, there is no sheet.
"""


class Sheet(Model):
    """One A4 page for one patient. `lead`: for whom it is, and what it is not. `left_out`: what gave way."""

    language: Lang
    title: Line
    lead: Line
    english: Line | None
    """Said on a Korean sheet, where English stands for what no person has checked."""
    chances_title: Line
    chances: tuple[ChanceBlock, ...]
    chances_note: Line
    options_title: Line
    heads: tuple[Line, Line]
    """Over benefits and over harms, beside each other and alike."""
    effects_lead: Line
    options: tuple[OptionBlock, ...]
    together: Line | None
    unknown_title: Line
    unknown: tuple[Line, ...]
    law_title: Line
    law: tuple[Line, ...]
    keep_title: Line
    keep: Line
    questions_title: Line
    questions: tuple[Line, ...]
    own_question: Line
    name: Line
    """Before the empty line on which a name is written by hand; no software fills it."""
    counsellor: Line
    date: Line
    foot: Line
    left_out: tuple[Given, ...]
