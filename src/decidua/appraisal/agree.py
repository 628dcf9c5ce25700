"""AGREE II: scaled domain scores of one guideline, and how far its appraisers differ.

Scoring, skipped items, and what must not be done (a total, a cut-off) follow the AGREE II instrument, "Scoring the
AGREE II" (agreetrust.org). The wording of its items is licensed and is not here: items are numbers 1 to 23.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import stdev
from typing import Literal

LOWEST, HIGHEST = 1, 7
ITEMS = range(1, 24)
DOMAINS: Mapping[str, range] = {
    "scope": range(1, 4),
    "stakeholders": range(4, 7),
    "rigour": range(7, 15),
    "clarity": range(15, 18),
    "applicability": range(18, 22),
    "independence": range(22, 24),
}
"""Domain → its items, in the order of the instrument."""
PREFERRED, FEWEST = 4, 2
"""Appraisers that the instrument prefers, and asks for at least."""

Rating = int | Literal["skip"] | None
"""1 to 7; `skip`: left out on purpose; None: not rated. Neither of the two is ever a value."""
Overall = int | None
"""1 to 7; None: not rated. The instrument lets items be skipped, not its two overall items."""
Recommend = Literal["yes", "with-modifications", "no"] | None


@dataclass(frozen=True)
class Appraiser:
    """One appraiser's ratings; `items`: by number, all 23 of them."""

    name: str
    items: Mapping[int, Rating]
    overall: Overall
    recommend: Recommend


@dataclass(frozen=True)
class Ratings:
    """What several appraisers made of one document; `read`: how much of it they had before them."""

    file: str
    document: str
    edition: str
    read: Literal["whole", "part"]
    date: str
    note: str | None
    appraisers: tuple[Appraiser, ...]


@dataclass(frozen=True)
class DomainScore:
    """Scores are fractions of 0 to 1, exact; `scaled` None: the domain is not scored.

    `own`: each appraiser's own scaled score, None where he skipped every item. `sd`: of `own`, with n - 1.
    `uneven`: items that some skipped and others rated; whoever rated more of them counts more in the score.
    """

    domain: str
    obtained: int
    minimum: int
    maximum: int
    scaled: Fraction | None
    own: tuple[Fraction | None, ...]
    sd: float | None
    unrated: tuple[int, ...]
    uneven: tuple[int, ...]


def domain_scores(ratings: Ratings) -> list[DomainScore]:
    """The six scores. They are independent of each other and are never put together."""
    return [_score(ratings, domain, items) for domain, items in DOMAINS.items()]


def _score(ratings: Ratings, domain: str, items: range) -> DomainScore:
    """A domain with an item that somebody has not rated is not scored: a part of it is not the domain."""
    unrated = tuple(item for item in items if any(who.items[item] is None for who in ratings.appraisers))
    rated = [_rated(who, items) for who in ratings.appraisers]
    every = [value for values in rated for value in values]
    own = tuple(None if unrated else _scaled(values) for values in rated)
    scores = [score for score in own if score is not None]
    return DomainScore(
        domain, sum(every), LOWEST * len(every), HIGHEST * len(every), None if unrated else _scaled(every), own,
        stdev(float(score) for score in scores) if len(scores) > 1 else None, unrated,
        tuple(item for item, _, split in skipped(ratings) if split and item in items),
    )  # fmt: skip


def _rated(who: Appraiser, items: range) -> list[int]:
    return [value for item in items if isinstance(value := who.items[item], int)]


def _scaled(values: list[int]) -> Fraction | None:
    """(obtained - minimum) / (maximum - minimum), both of the ratings that there are; None without any."""
    least = LOWEST * len(values)
    return Fraction(sum(values) - least, HIGHEST * len(values) - least) if values else None


def skipped(ratings: Ratings) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Every skipped item: its number, who skipped it, and whether somebody else rated it."""
    for item in ITEMS:
        who = tuple(one.name for one in ratings.appraisers if one.items[item] == "skip")
        if who:
            yield item, who, any(isinstance(one.items[item], int) for one in ratings.appraisers)
