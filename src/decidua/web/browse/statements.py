"""Statements with their regimens, as pages show them: for whom, how strongly, how sure, when, and where printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from decidua.criteria.phrases import phrase
from decidua.criteria.tree import Always
from decidua.facts import show_value
from decidua.guidelines import Knowledge, Regimen, Statement
from decidua.guidelines.model import Window
from decidua.language import Lang, say
from decidua.reports.cell_views import group_of
from decidua.reports.wording import printed_dose
from decidua.web.browse.hrefs import guideline_href, option_href, table_href
from decidua.web.browse.said import Place, Said, Words, in_words, maybe, places, said
from decidua.web.shelf import Shelf


@dataclass(frozen=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True)
class Open:
    """A reading that is not settled: its question, and where it is explained."""

    question: Words
    href: str


@dataclass(frozen=True)
class RegimenView:
    drug: Words
    printed: str
    for_whom: Words | None
    start: Words | None
    stop: Words | None
    note: Words | None
    open: tuple[Open, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class StatementView:
    """`group`: for, against, weak; None where nothing is answered (a remark). `whom`: its population in words."""

    said: Said
    guideline: str
    society: str
    href: str
    options: tuple[Link, ...]
    kind: str
    answer: str | None
    group: str | None
    verb: str | None
    strength: str | None
    certainty: str | None
    certainty_of: Words | None
    because: Words | None
    whom: str
    when: str | None
    regimens: tuple[RegimenView, ...]
    open: tuple[Open, ...]
    refines: tuple[Link, ...]
    tables: tuple[Link, ...]


def statement_view(shelf: Shelf, s: Statement, lang: Lang) -> StatementView:
    k = shelf.knowledge
    answer = s.answer or ("evidence-only" if s.kind == "evidence" else None)
    return StatementView(
        said=said(k, s, lang), guideline=s.guideline, society=society(k, s.guideline),
        href=guideline_href(lang, s.guideline, s.id), options=option_links(k, s.options, lang), kind=s.kind,
        answer=answer, group=group_of([answer]) if answer else None, verb=s.verb, strength=s.strength.printed,
        certainty=s.certainty.printed, certainty_of=maybe(s.certainty.of, lang), because=maybe(s.because, lang),
        whom=whom(k, s, lang), when=when(k, s.window, lang) if s.window else None,
        regimens=tuple(regimen_view(k, one, lang) for one in s.regimens),
        open=open_readings(k, sorted({*k.readings_under(k.populations[s.id]), *s.readings}), lang),
        refines=tuple(Link(k.statements[id_].says[lang], guideline_href(lang, id_.split(".", 1)[0], id_))
                      for id_ in s.refines if id_ in k.statements),
        tables=tuple(Link(shelf.evidence.tables[id_].title[lang], table_href(lang, id_))
                     for id_ in shelf.evidence.rests_on(s.id)),
    )  # fmt: skip


def society(k: Knowledge, guideline: str) -> str:
    meant = k.guidelines[guideline]
    return f"{meant.society} {meant.year}"


def option_links(k: Knowledge, options: Iterable[str], lang: Lang) -> tuple[Link, ...]:
    return tuple(Link(k.options[id_].label[lang], option_href(lang, id_)) for id_ in options if id_ in k.options)


def whom(k: Knowledge, s: Statement, lang: Lang) -> str:
    """The population in words; the guideline's definition belongs to it unless the scope is wider."""
    own = k.own_populations[s.id]
    words = phrase(own, k.vocabulary, k.labels, lang)
    if s.scope == "wider":
        return say(lang, "pages.whom-wider-all" if own == Always(True) else "pages.whom-wider", whom=words)
    return say(lang, "pages.whom-all" if own == Always(True) else "pages.whom", whom=words)


def when(k: Knowledge, window: Window, lang: Lang) -> str:
    """The stages, with days of gestation and a printed end."""
    stage = k.vocabulary.facts["stage"]
    stages = say(lang, "phrase.or").join(show_value(stage, one, lang) for one in window.stages)
    if window.days:
        first, last = (f"{day // 7}+{day % 7}" for day in window.days)
        return say(lang, "pages.when-days", stages=stages, first=first, last=last)
    if window.until:
        return say(lang, "pages.when-until", stages=stages, until=window.until[lang])
    return stages


def regimen_view(k: Knowledge, r: Regimen, lang: Lang) -> RegimenView:
    return RegimenView(
        in_words(r.drug, lang), printed_dose(r, lang), maybe(r.for_, lang), maybe(r.start, lang), maybe(r.stop, lang),
        maybe(r.note, lang), open_readings(k, (*r.readings, *r.timing_readings), lang), places(k, r.cites, lang),
    )  # fmt: skip


def open_readings(k: Knowledge, ids: Sequence[str], lang: Lang) -> tuple[Open, ...]:
    """Settled readings ask nothing any more."""
    return tuple(
        Open(in_words(k.readings[id_].question, lang), reading_href(k, id_, lang))
        for id_ in dict.fromkeys(ids)
        if id_ in k.readings and id_ not in k.settled
    )


def reading_href(k: Knowledge, id_: str, lang: Lang) -> str:
    """On the page of the guideline that its id names, else of the first that uses it."""
    first = id_.split(".", 1)[0]
    if first in k.guidelines:
        return guideline_href(lang, first, id_)
    using = (s.guideline for s in k.statements.values() if id_ in k.readings_under(k.populations[s.id]))
    return guideline_href(lang, next(using, next(iter(k.guidelines))), id_)
