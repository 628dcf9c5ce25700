"""The table of facts of a cohort: one row is one patient at one index date. Needs the extra `columns`.

    patient              String; the id as given
    <fact id>            Boolean, String (choice) or Float64 in the canonical unit; null is unknown, NaN never occurs
    <fact id>.low/.high  Float64, inclusive bounds of a number known only within bounds; both or none, null is open
    <named criterion>    Boolean, where it is stated
    group.<name>         String: centre, year, age band
    done.<option id>     Boolean: was it done or given for preventing pregnancy loss; null is not recorded
    date.care            Date, the day of care; date.index and date.<option id> likewise

A column that is not there is unknown for every row.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from decidua.errors import CohortError
from decidua.intake.cohort.about import KEY, About, about_of, together
from decidua.intake.cohort.description import Column, Description, description_of
from decidua.intake.cohort.new_file import new_file
from decidua.intake.cohort.sources import sources

DESCRIPTION_KEY = "decidua.description"
ROW_GROUP = 131_072
"""Rows: small enough to stream, large enough to compress."""


@dataclass(frozen=True)
class FactsTable:
    """`frame` may read its source anew each time it is collected; `files`: the facts files that it reads, if any."""

    frame: pl.LazyFrame
    about: About = field(default_factory=About)
    description: Description = field(default_factory=Description)
    files: tuple[str, ...] = ()


def read_facts(paths: str | Path | Sequence[str | Path]) -> FactsTable:
    """Facts as Parquet files that `write_facts` made: files, globs, folders. Nothing is read but their ends.

    Raises CohortError for a file that is none, or for files of different days.
    """
    files = sources(paths, (".parquet",))
    said = [(file, _metadata(file)) for file in files]
    about = together([(str(file), about_of(meta.get(KEY), str(file))) for file, meta in said])
    kept = [description_of(meta.get(DESCRIPTION_KEY)) for _, meta in said]
    description = kept[0] if len(kept) == 1 else None
    frames = [pl.scan_parquet(file, glob=False) for file in files]  # a name is no pattern
    frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")
    names = tuple(map(str, files))
    return FactsTable(frame, about, description or Description(files=names), names)


def describe(table: FactsTable) -> Description:
    """What was understood. A facts file that does not say it is counted: what is known of each column."""
    if table.description.columns:
        return table.description
    frame = table.frame
    names = [name for name in frame.collect_schema().names() if not name.endswith((".low", ".high"))]
    counts = (
        frame.select(pl.len().alias("rows"), *_counted(names, frame)).collect(engine="streaming").row(0, named=True)
    )
    rows = counts.pop("rows")
    columns = tuple(
        Column(name, name, counts[name], bounded := counts.get(f"{name}.low", 0), rows - counts[name] - bounded)
        for name in names
        if name != "patient"
    )
    return replace(table.description, rows=rows, patients=rows, columns=columns)


def _counted(names: Sequence[str], frame: pl.LazyFrame) -> Iterator[pl.Expr]:
    have = frame.collect_schema().names()
    for name in names:
        yield pl.col(name).is_not_null().sum()
        low, high = f"{name}.low", f"{name}.high"
        if low in have and high in have:
            bounded = pl.col(name).is_null() & (pl.col(low).is_not_null() | pl.col(high).is_not_null())
            yield bounded.sum().alias(low)


def _metadata(file: Path) -> dict[str, str]:
    try:
        return pl.read_parquet_metadata(file)
    except (OSError, pl.exceptions.PolarsError):
        raise CohortError("cohort.parquet", where=file) from None


def write_facts(table: FactsTable, path: str | Path, *, force: bool = False) -> None:
    """Streams the table to one Parquet file, whole or not at all; `force` replaces a file that exists.

    Raises UsageError where it exists or the disk is full; what was there before stays.
    """
    metadata = {KEY: table.about.text(), DESCRIPTION_KEY: table.description.text()}
    with new_file(path, force=force) as part:
        try:
            table.frame.sink_parquet(part, compression="zstd", row_group_size=ROW_GROUP, metadata=metadata)
        except pl.exceptions.PolarsError as error:
            raise from_engine(error, path) from None


def from_engine(error: Exception, path: str | Path) -> Exception:
    """The engine wraps what the disk says; its own words may hold values, so they are not passed on."""
    said = re.search(r"os error (\d+)", str(error))
    if said:
        return OSError(int(said[1]), os.strerror(int(said[1])))
    return CohortError("cohort.engine", where=path, kind=type(error).__name__)
