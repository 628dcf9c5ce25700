"""A guideline without a patient: scope, methods, definition, its words, every statement, and what is open in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from decidua.check.docket import Question
from decidua.consult.consultation import order
from decidua.criteria.phrases import phrase
from decidua.guidelines import Knowledge
from decidua.language import Lang
from decidua.web.browse.compare import DefinitionView, definitions
from decidua.web.browse.hrefs import guideline_href
from decidua.web.browse.open_points import (
    DiscrepancyView,
    QuestionView,
    ReadingView,
    discrepancy_view,
    question_view,
    reading_view,
)
from decidua.web.browse.said import Said, Words, in_words, said
from decidua.web.browse.statements import Link, StatementView, option_links, society, statement_view
from decidua.web.shelf import Shelf


@dataclass(frozen=True)
class NamedView:
    """A name that statements use, and what it means here."""

    said: Said
    label: str
    means: str
    stated: bool


@dataclass(frozen=True)
class GuidelineLine:
    """A guideline in the list: how many statements, readings, discrepancies and questions there are."""

    id: str
    name: Words
    society: str
    href: str
    basis: Words
    statements: int
    recommendations: int
    reviewed: int
    readings: int
    discrepancies: int
    questions: int


@dataclass(frozen=True)
class GuidelineView:
    line: GuidelineLine
    definition: DefinitionView
    names: tuple[NamedView, ...]
    options: tuple[tuple[Link, tuple[StatementView, ...]], ...]
    """Each statement once, under the first option that it names."""
    readings: tuple[ReadingView, ...]
    discrepancies: tuple[DiscrepancyView, ...]
    questions: tuple[QuestionView, ...]


def guideline_line(shelf: Shelf, docket: Sequence[Question], id_: str, lang: Lang) -> GuidelineLine:
    k = shelf.knowledge
    meant = k.guidelines[id_]
    own = [s for s in k.statements.values() if s.guideline == id_]
    return GuidelineLine(
        id_, in_words(meant.name, lang), society(k, id_), guideline_href(lang, id_), in_words(meant.basis, lang),
        len(own), sum(s.kind == "recommendation" for s in own), sum(s.review.level == "clinician" for s in own),
        len(readings_of(k, id_)), len(_discrepancies(k, id_)), sum(q.guideline == id_ for q in docket),
    )  # fmt: skip


def guideline_view(shelf: Shelf, docket: Sequence[Question], id_: str, lang: Lang) -> GuidelineView:
    k = shelf.knowledge
    return GuidelineView(
        guideline_line(shelf, docket, id_, lang), definitions(shelf, [id_], lang)[0], _names(k, id_, lang),
        _statements(shelf, id_, lang), tuple(reading_view(k, k.readings[one], lang) for one in readings_of(k, id_)),
        tuple(discrepancy_view(k, k.discrepancies[one], lang) for one in _discrepancies(k, id_)),
        tuple(question_view(k, q, lang) for q in docket if q.guideline == id_),
    )  # fmt: skip


def _names(k: Knowledge, guideline: str, lang: Lang) -> tuple[NamedView, ...]:
    """The names of this guideline, and those that its statements use and no guideline owns."""
    used: set[str] = set()
    for s in k.statements.values():
        if s.guideline == guideline:
            used |= k.names_under(k.populations[s.id])
    return tuple(
        NamedView(said(k, named, lang), named.label[lang], phrase(k.names[id_], k.vocabulary, k.labels, lang),
                  named.stated)
        for id_, named in k.named.items()
        if id_.endswith(f"@{guideline}") or id_ in used
    )  # fmt: skip


def _statements(shelf: Shelf, guideline: str, lang: Lang) -> tuple[tuple[Link, tuple[StatementView, ...]], ...]:
    k = shelf.knowledge
    places = order(k)
    by_option: dict[str, list[StatementView]] = {}
    for s in k.statements.values():
        if s.guideline == guideline:
            first = min((one for one in s.options if one in k.options), key=places.index)
            by_option.setdefault(first, []).append(statement_view(shelf, s, lang))
    return tuple((option_links(k, [id_], lang)[0], tuple(by_option[id_])) for id_ in places if id_ in by_option)


def readings_of(k: Knowledge, guideline: str) -> list[str]:
    """Those that its name owns, and those of no guideline on which its statements rest."""
    using: set[str] = set()
    for s in k.statements.values():
        if s.guideline == guideline:
            using |= k.readings_under(k.populations[s.id])
    return [id_ for id_ in k.readings if _owner(id_) == guideline or (id_ in using and _owner(id_) not in k.guidelines)]


def _discrepancies(k: Knowledge, guideline: str) -> list[str]:
    return [id_ for id_ in k.discrepancies if _owner(id_) == guideline]


def of_the_talk(k: Knowledge, lang: Lang) -> tuple[DiscrepancyView, ...]:
    """Contradictions that no one guideline owns."""
    return tuple(discrepancy_view(k, d, lang) for id_, d in k.discrepancies.items() if _owner(id_) not in k.guidelines)


def _owner(id_: str) -> str:
    return id_.split(".", 1)[0]
