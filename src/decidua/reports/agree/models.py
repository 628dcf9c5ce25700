"""The output contract of `decidua appraise agree`: six scores apart, the spread of each, both overall items; no total.

Scores are fractions of 0 to 1. None: there is no such number, and `notes` say why.
"""

from __future__ import annotations

from typing import Literal

from decidua.language import Lang, Model

Rating = int | Literal["skip"] | None


class ItemView(Model):
    """`ratings`: in the order of `appraisers`. `lowest`, `highest`: of those who rated it."""

    item: int
    ratings: tuple[Rating, ...]
    lowest: int | None
    highest: int | None


class DomainView(Model):
    """`score` = (`obtained` - `minimum`) / (`maximum` - `minimum`). `own`: in the order of `appraisers`.

    `sd`: of `own`, with n - 1. `uneven`: items that some skipped and others rated, so that appraisers count unequally.
    """

    domain: str
    label: str
    score: float | None
    obtained: int
    minimum: int
    maximum: int
    own: tuple[float | None, ...]
    lowest: float | None
    highest: float | None
    sd: float | None
    uneven: tuple[int, ...]
    items: tuple[ItemView, ...]


class OverallView(Model):
    """What one appraiser said in the end; never put together with the domains or with the others."""

    appraiser: str
    quality: int | None
    recommend: Literal["yes", "with-modifications", "no"] | None


class AgreeReport(Model):
    """One file of ratings of one document."""

    software: str
    language: Lang
    intended_use: str
    file: str
    document: str
    edition: str
    read: Literal["whole", "part"]
    date: str
    note: str | None
    appraisers: tuple[str, ...]
    domains: tuple[DomainView, ...]
    overall: tuple[OverallView, ...]
    notes: tuple[str, ...]
    source: str
