"""Totals, agreement between two places, conversions."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.evidence.methods.candidate import Candidate, Given, Outcome, sure


def total(given: Given) -> Iterator[Candidate]:
    """The sum of the parts; if they are rounded, with what their rounding leaves open."""
    parts = given.inputs["parts"]
    loose = any(part.decimals for part in parts)
    low, high = (sum(part.low for part in parts), sum(part.high for part in parts)) if loose else (given["parts"],) * 2
    yield Candidate("sum", {"total": Outcome(given["parts"], low, high)})


def equal(given: Given) -> Iterator[Candidate]:
    """The same number at another place."""
    yield Candidate("same-elsewhere", {part: sure(given[part]) for part in given.inputs})


def at_least(given: Given) -> Iterator[Candidate]:
    """A print such as >70 against the number that it stands for."""
    yield Candidate("same-elsewhere", {"share": sure(given["value"])})


def conversion(given: Given) -> Iterator[Candidate]:
    """value × factor."""
    yield Candidate("conversion", {"amount": sure(given["value"] * float(given.options["factor"]))})
