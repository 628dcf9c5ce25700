"""What a source says, in the words of one language: texts, places, marks.

Korean that no person has checked is never shown without the English beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from decidua.guidelines import Knowledge
from decidua.language import Lang, Text, say
from decidua.provenance import Citation, Cited
from decidua.reports.wording import place_words
from decidua.web.browse.hrefs import source_href


@dataclass(frozen=True)
class Words:
    """A text of the content; `original`: the English beside Korean that no person has checked."""

    text: str
    original: str | None = None


@dataclass(frozen=True)
class Place:
    """A place in a source: a sentence, and where the source is described."""

    text: str
    href: str


@dataclass(frozen=True)
class Said:
    """A cited item in words."""

    id: str
    says: Words
    mark: str
    correction: Words | None
    review: str
    places: tuple[Place, ...]


def in_words(text: Text, lang: Lang) -> Words:
    unchecked = lang == "ko" and text.ko_status == "machine" and text.ko != text.en
    return Words(text[lang], text.en if unchecked else None)


def maybe(text: Text | None, lang: Lang) -> Words | None:
    return in_words(text, lang) if text else None


def places(knowledge: Knowledge, cites: Sequence[Citation], lang: Lang) -> tuple[Place, ...]:
    return tuple(_place(knowledge, cite, lang) for cite in cites)


def _place(knowledge: Knowledge, cite: Citation, lang: Lang) -> Place:
    key = "html.place" if not cite.lines else "html.place-line" if len(cite.lines) == 1 else "html.place-lines"
    return Place(say(lang, key, source=cite.source, place=place_words(cite.place, lang), lines=spans(cite.lines)),
                 source_href(lang, cite.source) if cite.source in knowledge.sources else "")  # fmt: skip


def spans(lines: Sequence[int]) -> str:
    """1, 2, 3, 7 as 1–3, 7."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def said(knowledge: Knowledge, item: Cited, lang: Lang) -> Said:
    return Said(
        item.id, in_words(item.says, lang), item.mark_shown, maybe(item.correction, lang), item.review.level,
        places(knowledge, item.cites, lang),
    )  # fmt: skip
