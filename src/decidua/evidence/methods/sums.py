"""Totals, agreement between two places, conversions."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.evidence.methods.candidate import Candidate, Given, Outcome


def total(given: Given) -> Iterator[Candidate]:
    """The sum of the parts; if they are rounded, with what their rounding leaves open."""
    parts = given.inputs["parts"]
    loose = any(part.decimals for part in parts)
    low, high = (sum(part.low for part in parts), sum(part.high for part in parts)) if loose else (given["parts"],) * 2
    yield Candidate("sum", {"total": Outcome(given["parts"], low, high)})


def equal(given: Given) -> Iterator[Candidate]:
    """The same number, with the same relation, at another place."""
    prints = [f"{one.relation}{one.text}" for (one,) in given.inputs.values() if one.relation != "="]
    values = {part: given.as_print(part, given[part]) for part in given.inputs}
    yield Candidate("same-elsewhere", values, detail=", ".join(prints))


def conversion(given: Given) -> Iterator[Candidate]:
    """value × factor."""
    amount = given["value"] * float(given.options["factor"])
    yield Candidate("conversion", {"amount": given.as_print("value", amount)})
