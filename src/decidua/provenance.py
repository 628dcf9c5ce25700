"""Where every word comes from: sources, citations, marks, reviews, discrepancies."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from decidua.language import Model, Text

TALK = "lee-2025-talk"

Mark = Literal["as-told", "verified", "corrected"]
"""as-told: only the talk says so; verified: another source says the same; corrected: another source says otherwise."""


class Source(Model):
    id: str
    title: Text
    kind: Literal["talk", "guideline", "review", "trial", "web page", "regulation", "project"]
    year: int | None = None
    url: str | None = None
    read: Literal["whole", "part", "second-hand"]
    note: Text | None = None


class Citation(Model):
    """A place in a source; `lines` are 1-based lines of the stored text where there is one."""

    source: str
    place: str
    lines: tuple[int, ...] = ()


class Review(Model):
    """Who has looked at an item, beyond the one who encoded it."""

    level: Literal["none", "second-extractor", "clinician"] = "none"
    role: str | None = None
    date: str | None = None


class Cited(Model):
    """An item of content that says something: own words, citation, mark, review."""

    id: str
    says: Text
    cites: tuple[Citation, ...] = Field(min_length=1)
    mark: Mark = "as-told"
    correction: Text | None = None
    review: Review = Review()

    @property
    def mark_shown(self) -> Mark | Literal["as-cited"]:
        """The mark as it is shown: what does not cite the talk was not told by it."""
        told = any(cite.source == TALK for cite in self.cites)
        return "as-cited" if self.mark == "as-told" and not told else self.mark


class Discrepancy(Model):
    """A source against itself, against its own numbers or against another source. No side is taken."""

    id: str
    kind: Literal[
        "dose", "threshold", "strength", "certainty", "population", "connector", "timing", "duration", "units",
        "counts", "speaker", "route", "frequency", "drug", "design", "outcome", "name", "scope",
    ]  # fmt: skip
    places: tuple[Citation, ...] = Field(min_length=1)
    says: Text
    touches: tuple[str, ...] = ()
    effect: Literal["answer", "regimen", "evidence", "wording"]
    reading: str | None = None
    """The reading that carries it, where it changes an answer or a regimen."""
