"""A column of cells → values, bounds and refusals, with the meaning of `facts.read_value`.

Each different cell is read once (`cells.CellReader`); bare numbers in the canonical unit are read by one expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from decidua.intake.cohort.cells import Cell, CellReader, Raw

_PLAIN = r"^[0-9]{1,15}(\.[0-9]{1,15})?$"
TYPES: Mapping[str, type[pl.DataType]] = {
    "boolean": pl.Boolean, "choice": pl.String, "integer": pl.Float64, "number": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """The rows of a block with one reason; `given` is one of the cells."""

    key: str
    parts: Mapping[str, object]
    mask: pl.Series
    given: object
    note: bool


@dataclass(frozen=True)
class Read:
    """A column as read; `low` and `high` are None where no cell of the block gives bounds."""

    value: pl.Series
    low: pl.Series | None = None
    high: pl.Series | None = None
    refused: tuple[Refused, ...] = ()


def read_column(cells: pl.Series, reader: CellReader) -> Read:
    """cells: text, booleans, numbers; anything else is refused as a whole. Never raises for what a cell holds."""
    cells, kind = _simple(cells), TYPES[reader.fact.type]
    if cells.dtype == pl.Boolean and kind == pl.Boolean and not reader.said:
        return Read(cells)
    if not _readable(cells.dtype):
        return _none(cells, reader)
    odd = tuple(_not_numbers(cells))
    cells = cells.fill_nan(None) if odd else cells
    quick = _quick(cells, reader)
    left = cells if quick is None else cells.set(quick.is_not_null(), None)
    different = left.drop_nulls().unique()
    raws = different.to_list()
    read = [reader.read(raw) for raw in raws]
    value = _mapped(left, different, [cell.value for cell in read], kind)
    if quick is not None:
        value = quick.zip_with(quick.is_not_null(), value)
    bounds = _bounds(left, different, read)
    return Read(value, *bounds, refused=(*odd, *_refusals(left, dict(zip(raws, read, strict=True)))))


def _simple(cells: pl.Series) -> pl.Series:
    if isinstance(cells.dtype, pl.Categorical | pl.Enum | pl.Decimal):
        return cells.cast(pl.String)
    return cells


def _not_numbers(cells: pl.Series) -> Iterator[Refused]:
    if cells.dtype.is_float() and cells.is_nan().any():
        yield Refused("cohort.missing-mark", {}, cells.is_nan().fill_null(False), None, note=True)


def _readable(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype in (pl.String, pl.Boolean, pl.Null)


def _none(cells: pl.Series, reader: CellReader) -> Read:
    """A column of a type that no fact has, such as a date or a list."""
    value = pl.Series(cells.name, [None], TYPES[reader.fact.type]).new_from_index(0, len(cells))
    refused = Refused("cohort.cell-type", {"kind": str(cells.dtype)}, cells.is_not_null(), None, note=False)
    return Read(value, refused=(refused,) if cells.is_not_null().any() else ())


def _quick(cells: pl.Series, reader: CellReader) -> pl.Series | None:
    """Bare numbers that can be, in the canonical unit; null where a cell needs a closer look."""
    if not reader.bare or reader.said or reader.unknown or cells.dtype in (pl.Boolean, pl.Null):
        return None
    if cells.dtype == pl.String:
        plain = cells.str.contains(_PLAIN)
        number = cells.set(~plain, None).cast(pl.Float64, strict=False)
    else:
        number = cells.cast(pl.Float64)
    good = number.is_finite()
    if reader.fact.possible is not None:
        good &= number.is_between(float(reader.fact.possible[0]), float(reader.fact.possible[1]))
    if reader.fact.type == "integer":
        good &= number.floor() == number
    return number.set(~good.fill_null(False), None)


def _mapped(
    cells: pl.Series, different: pl.Series, values: Sequence[object], dtype: type[pl.DataType]
) -> pl.Series:  # fmt: skip
    if all(value is None for value in values):
        return pl.Series(cells.name, [None], dtype).new_from_index(0, len(cells))
    return cells.replace_strict(different, pl.Series(values, dtype=dtype), default=None, return_dtype=dtype)


def _bounds(cells: pl.Series, different: pl.Series, read: Sequence[Cell]) -> tuple[pl.Series | None, pl.Series | None]:
    if all(cell.low is None and cell.high is None for cell in read):
        return None, None
    low = _mapped(cells, different, [cell.low for cell in read], pl.Float64)
    return low, _mapped(cells, different, [cell.high for cell in read], pl.Float64)


def _refusals(cells: pl.Series, found: Mapping[Raw, Cell]) -> Iterator[Refused]:
    reasons: dict[str, list[Raw]] = {}
    for raw, cell in found.items():
        if cell.key:
            reasons.setdefault(cell.key, []).append(raw)
    for key, raws in reasons.items():
        cell = found[raws[0]]
        mask = cells.is_in(pl.Series(raws, dtype=cells.dtype).implode())
        yield Refused(key, cell.parts, mask.fill_null(False), None if cell.note else raws[0], cell.note)
