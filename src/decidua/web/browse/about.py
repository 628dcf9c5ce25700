"""What this is and is not: intended use, limits, how the content was made, and every source with how much was read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from decidua.language import Lang
from decidua.web.browse.guidelines import of_the_talk
from decidua.web.browse.open_points import DiscrepancyView
from decidua.web.browse.said import Said, Words, in_words, maybe, said
from decidua.web.shelf import Shelf


@dataclass(frozen=True)
class SourceView:
    id: str
    title: Words
    kind: str
    year: int | None
    url: str | None
    read: str
    note: Words | None


@dataclass(frozen=True)
class AboutView:
    """`marks`, `reviews`: how many statements carry which."""

    statements: int
    marks: tuple[tuple[str, int], ...]
    reviews: tuple[tuple[str, int], ...]
    sources: tuple[SourceView, ...]
    background: tuple[tuple[str, tuple[Said, ...]], ...]
    discrepancies: tuple[DiscrepancyView, ...]
    not_covered: tuple[Words, ...]
    hash: str


def about_view(shelf: Shelf, lang: Lang) -> AboutView:
    k = shelf.knowledge
    marks = Counter(s.mark for s in k.statements.values())
    reviews = Counter(s.review.level for s in k.statements.values())
    topics = dict.fromkeys(item.topic for item in k.background.values())
    return AboutView(
        len(k.statements), tuple((mark, marks[mark]) for mark in ("as-told", "verified", "corrected")),
        tuple((level, reviews[level]) for level in ("none", "second-extractor", "clinician")),
        tuple(
            SourceView(s.id, in_words(s.title, lang), s.kind, s.year, _web(s.url), s.read, maybe(s.note, lang))
            for s in k.sources.values()
        ),
        tuple((t, tuple(said(k, item, lang) for item in k.background.values() if item.topic == t)) for t in topics),
        of_the_talk(k, lang), tuple(in_words(one.says, lang) for one in k.not_covered.values()), k.content.hash,
    )  # fmt: skip


def _web(url: str | None) -> str | None:
    """Only addresses of the web become links."""
    return url if url and url.startswith(("https://", "http://")) else None
