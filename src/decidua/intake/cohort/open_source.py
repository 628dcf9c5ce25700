"""Which reader a file needs, by its ending, and by its first bytes where the ending does not say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from decidua.errors import CohortError
from decidua.intake.cohort.csv_blocks import CsvFile, open_csv
from decidua.intake.cohort.sources import sources
from decidua.intake.cohort.table_blocks import TableFile, open_table
from decidua.intake.cohort.tally import Tally

SourceFile = CsvFile | TableFile
TEXT = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
PARQUET = (".parquet", ".pq")
ARROW = (".arrow", ".feather", ".ipc")


def open_sources(
    paths: str | Path | Sequence[str | Path], tally: Tally, *, separator: str | None = None,
    encoding: str | None = None, strict: bool = False,
) -> list[SourceFile]:  # fmt: skip
    """Every file whose heading can be read; others go to the tally.

    Raises CohortError if none is left, or if strict.
    """
    files: list[SourceFile] = []
    errors: list[CohortError] = []
    for path in sources(paths, TEXT + PARQUET + ARROW):
        try:
            files.append(open_source(path, separator, encoding))
        except CohortError as error:
            errors.append(error)
            tally.refused_file(error, path)
    if errors and (strict or not files):
        raise errors[0]
    return files


def open_source(path: Path, separator: str | None = None, encoding: str | None = None) -> SourceFile:
    """Reads the heading or schema. Raises CohortError."""
    kind = _kind(path)
    if kind == "text":
        return open_csv(path, separator, encoding)
    return open_table(path, arrow=kind == "arrow")


def _kind(path: Path) -> str:
    first = _first_bytes(path)
    if not first:
        raise CohortError("cohort.file-empty", where=path)
    if first.startswith(b"PAR1"):
        return "parquet"
    if first.startswith((b"ARROW1", b"FEA1")):
        return "arrow"
    if first.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CohortError("cohort.workbook", where=path)
    name = path.name.lower()
    return "parquet" if name.endswith(PARQUET) else "arrow" if name.endswith(ARROW) else "text"


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise CohortError("error.file-unreadable", where=path, reason=error.strerror or str(error)) from None
