"""Rows that have been read, in a folder that the user named, so that a large cohort is parsed once.

One Parquet file for each block. The folder belongs to whoever gives it, and is removed there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from decidua.errors import UsageError
from decidua.intake.cohort.facts_table import from_engine


class Spill:
    """Blocks of the facts table with `row` and `file`, in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._count = folder, 0

    def add(self, table: pl.DataFrame) -> None:
        """Raises UsageError where the disk is full."""
        try:
            table.write_parquet(self._file(self._count), compression="lz4")
        except (pl.exceptions.PolarsError, OSError) as error:
            said = from_engine(error, self.folder)
            reason = said.strerror if isinstance(said, OSError) and said.strerror else type(error).__name__
            raise UsageError("error.cannot-write", given=self.folder, reason=reason) from None
        self._count += 1

    def tables(self, columns: Collection[str] | None = None) -> Iterator[pl.DataFrame]:
        """columns: those that are wanted, as far as a block has them; None is all."""
        for number in range(self._count):
            file = self._file(number)
            wanted = None if columns is None else [name for name in pl.read_parquet_schema(file) if name in columns]
            yield pl.read_parquet(file, columns=wanted)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06}.parquet"
