"""The counts of a description while blocks go by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from decidua.errors import DeciduaError
from decidua.intake.cohort.cells import shown
from decidua.intake.cohort.description import FIRST, SHOWN, Column, Description, Problem


@dataclass
class _Counted:
    parts: Mapping[str, object]
    note: bool
    given: str | None
    rows: list[int] = field(default_factory=list)
    count: int = 0


@dataclass
class _Column:
    unit: str = ""
    known: int = 0
    bounded: int = 0
    unknown: int = 0
    refused: int = 0


@dataclass
class Tally:
    """Counts of rows, columns and problems; `description` is what they amount to."""

    rows: int = 0
    _columns: dict[tuple[str, str], _Column] = field(default_factory=dict)
    _problems: dict[tuple[str, str, str], _Counted] = field(default_factory=dict)

    def column(self, name: str, fact: str, unit: str = "", **counts: int) -> None:
        """Adds to the counts known, bounded, unknown, refused of one column."""
        own = self._columns.setdefault((name, fact), _Column(unit))
        for what, count in counts.items():
            setattr(own, what, getattr(own, what) + count)

    def problem(
        self, key: str, column: str = "", *, file: str = "", rows: Iterable[int] = (), count: int = 1,
        given: object = None, note: bool = False, **parts: Any,
    ) -> None:  # fmt: skip
        """One more of a kind of problem; `rows` may be the first few only."""
        fresh = _Counted(parts, note, None if given is None else shown(given, SHOWN))
        own = self._problems.setdefault((key, column, file), fresh)
        own.count += count
        if len(own.rows) < FIRST:
            own.rows = sorted({*own.rows, *rows})[:FIRST]

    def refused_file(self, error: DeciduaError, file: object) -> None:
        """A file of which nothing is read."""
        parts: dict[str, Any] = {key: value for key, value in error.parts.items() if key != "where"}
        self.problem(error.key, file=str(file), **parts)

    def count(self, frame: pl.DataFrame) -> None:
        """For each fact of a finished table how often it is known."""
        for name in frame.columns:
            if name == "patient" or name.endswith((".low", ".high")):
                continue
            known = len(frame) - frame[name].null_count()
            bounded = 0
            if f"{name}.low" in frame.columns:
                ends = frame[f"{name}.low"].is_not_null() | frame[f"{name}.high"].is_not_null()
                bounded = int((ends & frame[name].is_null()).sum())
            self.column(name, name, known=known, bounded=bounded, unknown=len(frame) - known - bounded)

    def take_problems(self, other: Tally) -> None:
        """The problems of another source, without its rows and columns."""
        self._problems |= other._problems

    def without(self, others: Tally) -> None:
        """Columns without the counts of rows that are left out; what is wrong with those rows stays told."""
        for place, gone in others._columns.items():
            own = self._columns[place]
            for what in ("known", "bounded", "unknown", "refused"):
                setattr(own, what, getattr(own, what) - getattr(gone, what))

    def where(self, mask: pl.Series, numbers: pl.Series) -> tuple[list[int], int]:
        """The first row numbers at which a mask holds, and how many there are."""
        return numbers.filter(mask).head(FIRST).to_list(), int(mask.sum())

    def description(self, *, patients: int, refused: int, duplicates: int, files: tuple[str, ...]) -> Description:
        columns = tuple(
            Column(name, fact, own.known, own.bounded, own.unknown, own.refused, own.unit)
            for (name, fact), own in self._columns.items()
        )
        problems = tuple(
            Problem(key, column, own.parts, file, tuple(own.rows), own.count, own.given, own.note)
            for (key, column, file), own in self._problems.items()
        )
        return Description(self.rows, patients, refused, duplicates, columns, problems, files)
