"""Percentages: from a count and a total, and whether a whole number of women can give one at all."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.evidence.methods.candidate import Candidate, Given, sure
from decidua.evidence.printed import rounded, truncated


def percentage(given: Given) -> Iterator[Candidate]:
    """100·events/total; or 100 less the other share, as rounded or cut off there."""
    events, total = given["events"], given["total"]
    decimals = given.decimals["percent"]
    other = 100 * (total - events) / total
    yield Candidate("percentage", {"percent": sure(100 * events / total)})
    for method, cut in (("rest-of-rounded", rounded), ("rest-of-truncated", truncated)):
        yield Candidate(method, {"percent": sure(100 - cut(other, decimals))}, at_best="rounding", mix_up=True)


def whole_number(given: Given) -> Iterator[Candidate]:
    """100·k/total for every whole number k (Brown and Heathers' GRIM test, for percentages)."""
    total = given.whole("total")
    for count in range(total + 1):
        yield Candidate("whole-number", {"percent": sure(100 * count / total)}, detail=f"{count}/{total}")
