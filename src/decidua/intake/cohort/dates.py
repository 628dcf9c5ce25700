"""A column of dates: YYYY-MM-DD, or as the mapping says; a time of day behind it is dropped."""

from __future__ import annotations

from datetime import date

import polars as pl

_ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$"
UNKNOWN = ["", "unknown", "not known", "?", "모름", "na", "n/a", "nan", "nat", "null", "none"]
FIRST = date(1900, 1, 1)


def read_dates(cells: pl.Series, form: str | None = None) -> tuple[pl.Series, pl.Series]:
    """The dates, and where a cell that is not empty is none."""
    if cells.dtype == pl.Date:
        read = cells
    elif isinstance(cells.dtype, pl.Datetime):
        read = cells.dt.date()
    else:
        text = cells.cast(pl.String).str.strip_chars()
        cells = text.set(text.str.to_lowercase().is_in(UNKNOWN), None)
        read = _parsed(cells, form)
    read = read.set(read < FIRST, None)
    return read, cells.is_not_null() & read.is_null()


def _parsed(text: pl.Series, form: str | None) -> pl.Series:
    if form is None:
        iso = text.set(~text.str.contains(_ISO), None)
        return iso.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    if "%H" in form:
        return text.str.to_datetime(form, strict=False).dt.date()
    return text.str.to_date(form, strict=False)


def not_after(read: pl.Series, as_of: date | None) -> tuple[pl.Series, pl.Series]:
    """The dates up to the as-of date, and where one is later."""
    if as_of is None:
        return read, pl.Series(read.name, [False]).new_from_index(0, len(read))
    later = (read > as_of).fill_null(False)
    return read.set(later, None), later
