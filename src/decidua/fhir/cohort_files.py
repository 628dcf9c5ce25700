"""A cohort as FHIR files: NDJSON with a Bundle a line, or a folder as a bulk export has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from decidua.fhir.ndjson import KINDS, FhirRows

Progress = Callable[[int], None]
SLICE = 4_096
"""Rows between two words of progress."""


def write_bundles(frames: Iterable[pl.DataFrame], rows: FhirRows, path: Path, progress: Progress | None = None) -> None:
    """One line for each patient. Raises OSError."""
    with path.open("wb") as out:
        for part in _slices(frames):
            out.writelines(rows.bundle(id_, kinds) for id_, kinds in rows.of(part))
            _tell(progress, part)


def write_bulk(frames: Iterable[pl.DataFrame], rows: FhirRows, folder: Path, progress: Progress | None = None) -> None:
    """A file for each of KINDS, such as `Patient.ndjson`, in a folder that exists. Raises OSError."""
    with ExitStack() as stack:
        files = [stack.enter_context((folder / f"{kind}.ndjson").open("wb")) for kind in KINDS]
        for part in _slices(frames):
            for _, kinds in rows.of(part):
                for file, lines in zip(files, kinds, strict=True):
                    file.write(lines + b"\n" if lines else b"")
            _tell(progress, part)


def _slices(frames: Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
    for frame in frames:
        yield from frame.iter_slices(SLICE)


def _tell(progress: Progress | None, part: pl.DataFrame) -> None:
    if progress is not None:
        progress(len(part))
