"""Patients that were read one by one, as rows of the facts table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from decidua.facts import Range, Value, Vocabulary
from decidua.intake.cohort.columns import TYPES

Row = tuple[str, Mapping[str, Value]]
"""The id of a patient and what is known of her."""


def table_of(rows: Iterable[Row], vocabulary: Vocabulary) -> pl.DataFrame:
    """A column for whatever is known of one of them; bounds only of what is not known exactly."""
    kept = list(rows)
    names = sorted({name for _, values in kept for name in values})
    table = [pl.Series("patient", [id_ for id_, _ in kept], pl.String)]
    for name in names:
        table += _columns(name, [values.get(name) for _, values in kept], vocabulary)
    return pl.DataFrame(table)


def _columns(name: str, values: Sequence[Value | None], vocabulary: Vocabulary) -> list[pl.Series]:
    fact = vocabulary.facts.get(name)
    if fact is None or not fact.numeric:
        return [pl.Series(name, values, pl.Boolean if fact is None else TYPES[fact.type])]
    exact = [float(value) if isinstance(value, Decimal) else None for value in values]
    found = [pl.Series(name, exact, pl.Float64)]
    if any(isinstance(value, Range) for value in values):
        for end in ("low", "high"):
            ends = [getattr(value, end) if isinstance(value, Range) else None for value in values]
            found.append(pl.Series(f"{name}.{end}", [None if one is None else float(one) for one in ends], pl.Float64))
    return found
