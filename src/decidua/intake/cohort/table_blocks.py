"""Parquet and Arrow files as blocks of columns with their types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from decidua.errors import CohortError
from decidua.intake.cohort.about import KEY, About, about_of
from decidua.intake.cohort.csv_blocks import Block
from decidua.intake.cohort.tally import Tally

ROWS = 131_072


@dataclass(frozen=True)
class TableFile:
    """A Parquet or Arrow file whose schema has been read."""

    path: Path
    names: tuple[str, ...]
    arrow: bool = False
    about: About | None = None
    """What a facts table of this project says of itself; its numbers are in canonical units."""

    def blocks(self, tally: Tally) -> Iterator[Block]:
        """All rows, in order; where the file is damaged it ends there, and that is told."""
        start = 1
        frame = _scan(self.path, self.arrow)
        try:
            for part in frame.collect_batches(chunk_size=ROWS, maintain_order=True):
                part.columns = [f"column_{n}" for n in range(part.width)]
                yield Block(part, pl.Series("row", range(start, start + len(part)), pl.Int64))
                start += len(part)
        except (pl.exceptions.PolarsError, OSError):
            tally.problem("cohort.table-damaged", file=str(self.path), rows=[start])


def open_table(path: Path, arrow: bool) -> TableFile:
    """Reads the schema only. Raises CohortError for a file that is cut or is none."""
    try:
        names = tuple(_scan(path, arrow).collect_schema().names())
        said = None if arrow else pl.read_parquet_metadata(path).get(KEY)
    except (pl.exceptions.PolarsError, OSError):
        raise CohortError("cohort.arrow" if arrow else "cohort.parquet", where=path) from None
    return TableFile(path, names, arrow, about_of(said, str(path)) if said else None)


def _scan(path: Path, arrow: bool) -> pl.LazyFrame:
    return pl.scan_ipc(path) if arrow else pl.scan_parquet(path, glob=False)
