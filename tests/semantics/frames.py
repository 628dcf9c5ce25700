"""Patients as a Polars frame, the way an audit sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from decidua.facts import Range, Value
from semantics.generators import Small

TYPES = {"boolean": pl.Boolean, "choice": pl.String, "integer": pl.Int64, "number": pl.Float64}


def frame(
    small: Small, patients: Sequence[Mapping[str, Value]], empty: str = "null", bounds: bool = True
) -> pl.DataFrame:
    """`empty`: what becomes of a column without a value: typed nulls (`null`), Null type (`untyped`), or `absent`."""
    types = {fact["id"]: TYPES[fact["type"]] for fact in small.facts} | dict.fromkeys(small.names, pl.Boolean)
    columns: dict[str, pl.Series] = {"row": pl.Series("row", range(len(patients)))}
    for id_, dtype in types.items():
        values = [_cell(patient.get(id_), dtype) for patient in patients]
        if any(value is not None for value in values) or empty == "null":
            columns[id_] = pl.Series(id_, values, dtype=dtype)
        elif empty == "untyped":
            columns[id_] = pl.Series(id_, values, dtype=pl.Null)
        ranges = [v if isinstance(v := patient.get(id_), Range) else Range() for patient in patients]
        if bounds and any(r != Range() for r in ranges):
            columns[f"{id_}.low"] = pl.Series([_cell(r.low, pl.Float64) for r in ranges], dtype=pl.Float64)
            columns[f"{id_}.high"] = pl.Series([_cell(r.high, pl.Float64) for r in ranges], dtype=pl.Float64)
    return pl.DataFrame(columns)


def _cell(value: Value | None, dtype: type[pl.DataType]) -> object:
    if isinstance(value, Range):
        return None
    if isinstance(value, Decimal):
        return int(value) if dtype is pl.Int64 else float(value)
    return value
