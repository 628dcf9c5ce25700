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

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from decidua.errors import CohortError
from decidua.intake.cohort.about import KEY, About, about_of, together
from decidua.intake.cohort.description import Description, description_of
from decidua.intake.cohort.new_file import new_file
from decidua.intake.cohort.sources import sources

DESCRIPTION_KEY = "decidua.description"
ROW_GROUP = 131_072
"""Rows: small enough to stream, large enough to compress."""


@dataclass(frozen=True)
class FactsTable:
    """`frame` may read its source anew each time it is collected."""

    frame: pl.LazyFrame
    about: About = field(default_factory=About)
    description: Description = field(default_factory=Description)


def read_facts(paths: str | Path | Sequence[str | Path]) -> FactsTable:
    """Facts as Parquet files that `write_facts` made: files, globs, folders. Nothing is read but their ends.

    Raises CohortError for a file that is none, or for files of different days.
    """
    files = sources(paths, (".parquet",))
    said = [(file, _metadata(file)) for file in files]
    about = together([(str(file), about_of(meta.get(KEY), str(file))) for file, meta in said])
    kept = [description_of(meta.get(DESCRIPTION_KEY)) for _, meta in said]
    description = kept[0] if len(kept) == 1 else None
    frames = [pl.scan_parquet(file) for file in files]
    frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")
    return FactsTable(frame, about, description or Description(files=tuple(map(str, files))))


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
        except pl.exceptions.ComputeError as error:
            if isinstance(error.__cause__, Exception):
                raise error.__cause__ from None
            raise
