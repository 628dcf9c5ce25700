"""The comparison without a patient: options in rows, guidelines in columns, every statement in its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from decidua.check.witness import Witness
from decidua.consult.consultation import order
from decidua.consult.disagreements import kind_labels
from decidua.criteria.phrases import phrase
from decidua.guidelines import Knowledge, Statement
from decidua.language import Lang, say, words
from decidua.reports.wording import printed_dose
from decidua.web.browse.differences import Counted, Difference, Differences
from decidua.web.browse.hrefs import TEST, guideline_href, table_href
from decidua.web.browse.said import Place, Said, Words, in_words, places, said
from decidua.web.browse.statements import Link, StatementView, option_links, society, statement_view, when
from decidua.web.shelf import Shelf

TOPICS = ("definitions", "tests", "therapies", "regimens", "evidence")
KINDS_FIRST = "therapies"


@dataclass(frozen=True)
class Filter:
    """What is shown: a topic, the columns, and (if any) only rows with a difference of one kind."""

    topic: str
    guidelines: tuple[str, ...]
    kind: str | None


@dataclass(frozen=True)
class Glance:
    """`by_reading`: each statement that answers so hangs on a reading of the source that is not settled."""

    group: str
    answer: str
    by_reading: bool


@dataclass(frozen=True)
class CellView:
    """`answers`: of its statements, each once; empty where the guideline is silent."""

    guideline: str
    society: str
    answers: tuple[Glance, ...]
    statements: tuple[StatementView, ...]


@dataclass(frozen=True)
class ExampleView:
    """The smallest woman: what must be known of her, and how the sources have to be read for it."""

    facts: tuple[tuple[str, str], ...]
    readings: tuple[Words, ...]


@dataclass(frozen=True)
class SideView:
    """One side of a difference: who, what, and (for what is printed) where."""

    society: str
    says: str
    href: str | None = None


@dataclass(frozen=True)
class LineView:
    """One difference between two guidelines. `about`: for test-against-treatment, the test."""

    sides: tuple[tuple[SideView, SideView], ...]
    example: ExampleView | None
    about: Link | None


@dataclass(frozen=True)
class DifferenceView:
    """All differences of one kind in a row."""

    kind: str
    label: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True)
class RowView:
    option: str
    link: Link
    cells: tuple[CellView, ...]
    differences: tuple[DifferenceView, ...]
    tables: tuple[Link, ...]

    @property
    def telling(self) -> tuple[str, ...]:
        """The kinds worth a glance: silence only where there is nothing else."""
        labels = tuple(one.label for one in self.differences if one.kind != "silent")
        return labels or tuple(one.label for one in self.differences)


@dataclass(frozen=True)
class DefinitionView:
    guideline: str
    society: str
    href: str
    says: Words
    criterion: str
    places: tuple[Place, ...]
    basis: Words
    items: tuple[tuple[str, Said], ...]


@dataclass(frozen=True)
class CountedView:
    by: str
    not_by: str
    example: ExampleView


def chosen(
    k: Knowledge, topic: str | None, guidelines: Sequence[str], kind: str | None, kinds: Sequence[str]
) -> Filter:
    """What an address asks for; what does not exist is not asked for."""
    known = [id_ for id_ in by_year(k) if id_ in guidelines] or by_year(k)
    return Filter(topic if topic in TOPICS else KINDS_FIRST, tuple(known), kind if kind in kinds else None)


def by_year(k: Knowledge) -> list[str]:
    return sorted(k.guidelines, key=lambda id_: k.guidelines[id_].year)


def rows(shelf: Shelf, found: Differences, asked: Filter, lang: Lang) -> tuple[RowView, ...]:
    """The rows of a topic that is not `definitions`."""
    every = [row(shelf, found, option, asked, lang) for option in order(shelf.knowledge)]
    return tuple(one for one in every if _belongs(one, asked))


def row(shelf: Shelf, found: Differences, option: str, asked: Filter, lang: Lang) -> RowView:
    k, wanted = shelf.knowledge, _STATEMENTS.get(asked.topic, lambda _: True)
    cells = tuple(cell(shelf, guideline, option, lang, wanted) for guideline in asked.guidelines)
    wanted_kinds = _KINDS.get(asked.topic, tuple(found.order))
    differing = [
        one for one in found.of(option)
        if set(one.between) <= set(asked.guidelines) and one.kind in (*wanted_kinds, asked.kind)
    ]  # fmt: skip
    about = [table for table in shelf.evidence.tables.values() if option in table.about]
    return RowView(
        option, option_links(k, [option], lang)[0], cells,
        difference_views(k, differing, lang),
        tuple(Link(table.title[lang], table_href(lang, table.id)) for table in about),
    )  # fmt: skip


_KINDS: dict[str, tuple[str, ...]] = {"regimens": ("regimen", "window")}
"""Topics that show some kinds of difference only."""
_STATEMENTS: dict[str, Callable[[Statement], bool]] = {
    "regimens": lambda s: bool(s.regimens),
    "evidence": lambda s: s.kind == "evidence",
}


def cell(
    shelf: Shelf, guideline: str, option: str, lang: Lang, wanted: Callable[[Statement], bool] = lambda _: True
) -> CellView:  # fmt: skip
    """Recommendations first, then evidence, then remarks."""
    kinds = ("recommendation", "evidence", "remark")
    there = sorted(shelf.knowledge.said(guideline, option), key=lambda s: kinds.index(s.kind))
    wanted_there = [s for s in there if wanted(s)]
    views = tuple(statement_view(shelf, s, lang) for s in wanted_there)
    hangs: dict[tuple[str, str], list[bool]] = {}
    for s, view in zip(wanted_there, views, strict=True):
        if view.answer:
            hangs.setdefault((view.group or "", view.answer), []).append(_by_reading(shelf.knowledge, s))
    answers = tuple(Glance(group, answer, all(every)) for (group, answer), every in hangs.items())
    return CellView(guideline, society(shelf.knowledge, guideline), answers, views)


def _by_reading(k: Knowledge, s: Statement) -> bool:
    """Whether an open reading decides to whom the statement speaks, beyond the guideline's definition."""
    readings = k.readings_under(k.own_populations[s.id]).union(s.readings) - set(k.settled)
    return any(id_ in k.readings and k.readings[id_].bears_on == "answer" for id_ in readings)


def _belongs(one: RowView, asked: Filter) -> bool:
    if asked.kind and asked.kind not in {difference.kind for difference in one.differences}:
        return False
    if asked.topic in ("tests", "therapies"):
        return one.option.startswith(TEST) == (asked.topic == "tests")
    return any(cell.statements for cell in one.cells) or (asked.topic == "evidence" and bool(one.tables))


def difference_views(k: Knowledge, found: Iterable[Difference], lang: Lang) -> tuple[DifferenceView, ...]:
    by_kind: dict[str, list[Difference]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one)
    return tuple(
        DifferenceView(kind, kind_label(k, kind, lang), tuple(_line(k, one, lang) for one in every))
        for kind, every in by_kind.items()
    )


def _line(k: Knowledge, one: Difference, lang: Lang) -> LineView:
    names = [society(k, guideline) for guideline in one.between]
    answers = [
        (SideView(names[0], say(lang, f"answer.{a}")), SideView(names[1], say(lang, f"answer.{b}")))
        for a, b in one.pairs
    ]
    printed = [(_printed(k, a, one.kind, lang), _printed(k, b, one.kind, lang)) for a, b in one.statements]
    example = example_view(k, one.example, lang) if one.example else None
    about = option_links(k, [one.about], lang)[0] if one.about else None
    return LineView((*answers, *printed), example, about)


def _printed(k: Knowledge, id_: str, aspect: str, lang: Lang) -> SideView:
    """The words of a statement on one aspect."""
    s = k.statements[id_]
    if aspect in ("strength", "certainty"):
        says = getattr(s, aspect).printed
    elif aspect == "window":
        says = when(k, s.window, lang) if s.window else ""
    else:
        says = "; ".join(f"{r.drug[lang]}: {printed_dose(r, lang)}" for r in s.regimens)
    return SideView(society(k, s.guideline), says, guideline_href(lang, s.guideline, id_))


def kind_label(k: Knowledge, kind: str, lang: Lang) -> str:
    if kind in (labels := kind_labels(k.content)):
        return labels[kind][lang]
    return say(lang, f"kind.{kind}" if f"kind.{kind}" in words(lang) else f"pages.differs-{kind}")


def example_view(k: Knowledge, found: Witness, lang: Lang) -> ExampleView:
    taken = tuple(in_words(k.readings[id_].alternatives[slug], lang) for id_, slug in found.readings)
    return ExampleView(found.words(k, lang), taken)


def definitions(shelf: Shelf, guidelines: Sequence[str], lang: Lang) -> tuple[DefinitionView, ...]:
    """Each definition with what else is said of the guideline, by topic."""
    return tuple(_definition(shelf.knowledge, id_, lang) for id_ in guidelines)


def _definition(k: Knowledge, id_: str, lang: Lang) -> DefinitionView:
    meant = k.guidelines[id_]
    return DefinitionView(
        id_, society(k, id_), guideline_href(lang, id_), in_words(meant.definition_says, lang),
        phrase(k.definitions[id_], k.vocabulary, k.labels, lang), places(k, meant.definition_cites, lang),
        in_words(meant.basis, lang), tuple((item.topic, said(k, item, lang)) for item in meant.items),
    )  # fmt: skip


def counted(found: Differences, guidelines: Sequence[str], lang: Lang) -> tuple[CountedView, ...]:
    """Who counts by one definition and not by another, for the chosen guidelines."""
    return tuple(_counted(found.k, one, lang) for one in found.counted() if {one.by, one.not_by} <= set(guidelines))


def _counted(k: Knowledge, one: Counted, lang: Lang) -> CountedView:
    return CountedView(society(k, one.by), society(k, one.not_by), example_view(k, one.example, lang))
