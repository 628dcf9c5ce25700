"""One therapy or test without a patient: what it is, what each guideline says, what to heed, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from decidua.consult.consultation import order
from decidua.criteria.phrases import phrase
from decidua.facts.values import plain
from decidua.guidelines import Indication, Knowledge, Option, Precaution
from decidua.guidelines.model import Chance, Legal
from decidua.language import Lang, say
from decidua.provenance import Cited
from decidua.reports.wording import country_names
from decidua.web.browse.compare import Filter, Glance, RowView, by_year, cell, row
from decidua.web.browse.differences import Differences
from decidua.web.browse.evidence import TableLine, table_line
from decidua.web.browse.hrefs import TEST
from decidua.web.browse.open_points import DiscrepancyView, ReadingView, discrepancy_view, reading_view
from decidua.web.browse.said import Said, said
from decidua.web.browse.statements import Link, option_links, society
from decidua.web.shelf import Shelf

PARTS = ("mechanism", "use", "safety", "before", "legal", "other_indications", "cost", "evidence")
GAPS = ("mechanism", "safety", "before", "cost")
"""Parts that are expected of a treatment: where the content has nothing, the page says so."""
WITH_CHANCES = "supportive-care"
"""The option beside which the sourced chances without drugs stand."""


@dataclass(frozen=True)
class ItemView:
    """A cited item of an option. `beside`: short remarks (whose it is, for which countries, when it holds)."""

    said: Said
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartView:
    """`missing`: nothing stands in the content, and that is said."""

    name: str
    items: tuple[ItemView, ...]
    missing: bool


@dataclass(frozen=True)
class OptionLine:
    """An option in a list: (guideline, what its statements answer)."""

    link: Link
    immune: bool
    answers: tuple[tuple[str, tuple[Glance, ...]], ...]
    tables: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class ChanceView:
    said: Said
    per_100: str
    whom: str


@dataclass(frozen=True)
class OptionView:
    id: str
    kind: str
    label: str
    parent: Link | None
    parts_of: tuple[Link, ...]
    """Options that this one combines."""
    narrower: tuple[Link, ...]
    parts: tuple[PartView, ...]
    row: RowView
    measures: tuple[str, ...]
    """For a test: the facts that it yields."""
    turns: tuple[Link, ...]
    """For a test: the therapies on which an answer can turn on its result."""
    tables: tuple[TableLine, ...]
    readings: tuple[ReadingView, ...]
    discrepancies: tuple[DiscrepancyView, ...]
    chances: tuple[ChanceView, ...]


def option_lines(shelf: Shelf, found: Differences, tests: bool, lang: Lang) -> tuple[OptionLine, ...]:
    k = shelf.knowledge
    return tuple(_line(shelf, found, k.options[id_], lang) for id_ in order(k) if id_.startswith(TEST) == tests)


def _line(shelf: Shelf, found: Differences, option: Option, lang: Lang) -> OptionLine:
    k = shelf.knowledge
    answers = tuple((society(k, g), cell(shelf, g, option.id, lang).answers) for g in by_year(k))
    kinds = tuple(dict.fromkeys(one.kind for one in found.of(option.id)))
    link = option_links(k, [option.id], lang)[0]
    return OptionLine(link, option.immune, answers, len(_tables(shelf, option.id)), kinds)


def option_view(shelf: Shelf, found: Differences, id_: str, lang: Lang) -> OptionView:
    k = shelf.knowledge
    option = k.options[id_]
    everything = Filter("all", tuple(by_year(k)), None)
    return OptionView(
        id_, option.kind, option.label[lang],
        option_links(k, [option.parent], lang)[0] if option.parent else None, option_links(k, option.combines, lang),
        option_links(k, (o.id for o in k.options.values() if o.parent == id_ or id_ in o.combines), lang),
        tuple(_part(k, option, name, lang) for name in PARTS), row(shelf, found, id_, everything, lang),
        tuple(k.vocabulary.facts[fact].label[lang] for fact in option.decides), _turns(shelf, option, lang),
        tuple(table_line(shelf, table, lang) for table in _tables(shelf, id_)),
        tuple(reading_view(k, r, lang) for r in k.readings.values() if r.id in _readings(k, id_)),
        tuple(discrepancy_view(k, d, lang) for d in k.discrepancies.values() if id_ in d.touches),
        tuple(_chance(k, chance, lang) for chance in k.chances.values()) if id_ == WITH_CHANCES else (),
    )  # fmt: skip


def _tables(shelf: Shelf, option: str) -> list[str]:
    """Tables that are about the option, and those that a statement on it rests on."""
    about = [table.id for table in shelf.evidence.tables.values() if option in table.about]
    rests = [
        table for s in shelf.knowledge.statements.values() if option in s.options
        for table in shelf.evidence.rests_on(s.id)
    ]  # fmt: skip
    return list(dict.fromkeys([*about, *rests]))


def _readings(k: Knowledge, option: str) -> set[str]:
    found = {r.id for r in k.readings.values() if option in r.touches}
    for s in k.statements.values():
        if option in s.options:
            found |= {*k.readings_under(k.own_populations[s.id]), *s.readings}
    return found


def _part(k: Knowledge, option: Option, name: str, lang: Lang) -> PartView:
    items: Iterable[Cited] = getattr(option, name)
    views = tuple(ItemView(said(k, item, lang), tuple(_beside(k, item, lang))) for item in items)
    return PartView(name, views, not views and option.kind == "treatment" and name in GAPS)


def _beside(k: Knowledge, item: Cited, lang: Lang) -> list[str]:
    if isinstance(item, Precaution):
        whose = ", ".join(society(k, one) for one in item.guidelines if one in k.guidelines)
        shown = [say(lang, "pages.printed-by", guidelines=whose)] if whose else []
        return [*shown, *_condition(k, item.id, "pages.checked-by", lang)]
    if isinstance(item, Legal):
        where = [say(lang, "pages.countries", countries=country_names(item.countries, lang))]
        return [*where, say(lang, "html.dated", date=item.dated) if item.dated else say(lang, "html.undated")]
    if isinstance(item, Indication):
        return _condition(k, item.id, "pages.holds-when", lang)
    return []


def _condition(k: Knowledge, id_: str, key: str, lang: Lang) -> list[str]:
    if id_ not in k.conditions:
        return [say(lang, "pages.not-in-facts")]
    return [say(lang, key, condition=phrase(k.conditions[id_], k.vocabulary, k.labels, lang))]


def _turns(shelf: Shelf, option: Option, lang: Lang) -> tuple[Link, ...]:
    k = shelf.knowledge
    wanted = set(option.decides)
    using = [
        one for s in k.statements.values() if wanted & k.expand(k.own_populations[s.id])
        for one in s.options if not one.startswith(TEST)
    ]  # fmt: skip
    return option_links(k, [id_ for id_ in order(k) if id_ in using], lang) if wanted else ()


def _chance(k: Knowledge, chance: Chance, lang: Lang) -> ChanceView:
    per = chance.per_100
    shown = f"{plain(per[0])}–{plain(per[1])}" if isinstance(per, tuple) else plain(per)
    whom = phrase(k.conditions[chance.id], k.vocabulary, k.labels, lang)
    return ChanceView(said(k, chance, lang), shown, whom)
