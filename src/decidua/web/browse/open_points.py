"""What is open in a guideline's text: readings, discrepancies and the questions of the docket, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from decidua.check.docket import Question
from decidua.guidelines import Knowledge, Reading
from decidua.language import Lang, say
from decidua.provenance import Discrepancy
from decidua.web.browse.hrefs import table_href
from decidua.web.browse.said import Place, Words, in_words, places
from decidua.web.browse.statements import Link, option_links, reading_href


@dataclass(frozen=True)
class ReadingView:
    """`alternatives`: the words of each way, and whether the authors settled on it. `bears_on`: what it changes."""

    id: str
    kind: str
    bears_on: str
    says: Words
    alternatives: tuple[tuple[Words, bool], ...]
    question: Words
    touches: tuple[Link, ...]
    places: tuple[Place, ...]
    review: str


@dataclass(frozen=True)
class DiscrepancyView:
    """`reading`: the page of the reading that carries it, where it changes an answer or a regimen."""

    id: str
    kind: str
    says: Words
    effect: str
    reading: str | None
    touches: tuple[Link, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class FlipView:
    """A small patient whose answer a reading turns: (label, value) lines, and the answer under each alternative."""

    option: Link
    patient: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QuestionView:
    number: int
    id: str
    kind: str
    text: Words
    places: tuple[Place, ...]
    flip: FlipView | None


def reading_view(k: Knowledge, reading: Reading, lang: Lang) -> ReadingView:
    return ReadingView(
        reading.id, reading.kind, reading.bears_on, in_words(reading.says, lang),
        tuple((in_words(text, lang), slug == reading.settled) for slug, text in reading.alternatives.items()),
        in_words(reading.question, lang), touched(k, reading.touches, lang), places(k, reading.cites, lang),
        reading.review.level,
    )  # fmt: skip


def discrepancy_view(k: Knowledge, found: Discrepancy, lang: Lang) -> DiscrepancyView:
    carried = reading_href(k, found.reading, lang) if found.reading and found.reading in k.readings else None
    return DiscrepancyView(
        found.id, found.kind, in_words(found.says, lang), found.effect, carried, touched(k, found.touches, lang),
        places(k, found.places, lang),
    )  # fmt: skip


def touched(k: Knowledge, ids: Iterable[str], lang: Lang) -> tuple[Link, ...]:
    """Options and tables by name; `touches` may name either."""
    tables = {item.id: item.data["title"] for item in k.content.of("tables")}
    return tuple(
        option_links(k, [id_], lang)[0] if id_ in k.options else Link(tables[id_][lang], table_href(lang, id_))
        for id_ in ids
        if id_ in k.options or id_ in tables
    )


def question_view(k: Knowledge, q: Question, lang: Lang) -> QuestionView:
    return QuestionView(q.number, q.id, q.kind, in_words(q.text, lang), places(k, q.places, lang), _flip(k, q, lang))


def _flip(k: Knowledge, q: Question, lang: Lang) -> FlipView | None:
    if q.flip is None:
        return None
    words = dict(q.alternatives)
    answers = tuple((words[slug][lang], say(lang, f"answer.{answer}")) for slug, answer in q.flip.answers)
    return FlipView(option_links(k, [q.flip.option], lang)[0], q.flip.patient.words(k, lang), answers)
