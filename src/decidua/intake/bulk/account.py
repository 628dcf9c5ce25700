"""What did not become a fact, and why: counted, with the first places, and without a value of a patient.

It is made in each process and laid together; `tell` gives it to the tally of the cohort.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from decidua.errors import PatientConflictError, PatientError
from decidua.intake.bulk.reasons import Reason, key_of
from decidua.intake.cohort.description import FIRST
from decidua.intake.cohort.tally import Tally

FILES = 20
"""Files that are named for one kind of problem; of the others it is only counted."""
CODES = 5_000
"""Codes of no fact that are told apart."""
OTHER = "(…)"


@dataclass(frozen=True)
class Place:
    """A file and the line in it; line 0 is the whole file."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


Kind = tuple[str, str, bool, tuple[tuple[str, object], ...]]
"""Key of the sentence, fact, whether it is only a note, parts of the sentence."""


@dataclass
class Account:
    """`patients`: bundles or patients read; `refused`: those left out. `slow`: read by the one-patient reader."""

    patients: int = 0
    refused: int = 0
    slow: int = 0
    types: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    kinds: dict[Kind, dict[str, tuple[int, tuple[int, ...]]]] = field(default_factory=dict)
    """For each kind of problem: file → how many, and the first lines."""

    def problem(
        self, key: str, fact: str = "", *, places: Iterable[Place] = (), count: int | None = None, note: bool = False,
        parts: tuple[tuple[str, object], ...] = (),
    ) -> None:  # fmt: skip
        """A place counts one; what `count` is more than the places is put down beside the last of them."""
        files = self.kinds.setdefault((key, fact, note, parts), {})
        name, given = "", 0
        for place in places:
            name = place.file if place.file in files or len(files) < FILES else ""
            _add(files, name, 1, (place.line,) if place.line and name else ())
            given += 1
        if count is not None and count > given:
            _add(files, name, count - given, ())

    def reason(self, reason: Reason, count: int, places: Iterable[Place] = ()) -> None:
        """Resources that did not count; places are given only of those that were refused."""
        if reason.key == "fhir.no-fact":
            self.codes[reason.given if reason.given in self.codes or len(self.codes) < CODES else OTHER] += count
        elif reason.key == "fhir.type-not-read":
            self.types[reason.given or reason.kind] += count
        elif reason.refused:
            self.problem(key_of(reason.key), reason.fact, places=places, count=count, parts=reason.parts)
        elif not reason.silent:
            self.problem(key_of(reason.key), reason.fact, count=count, note=True, parts=reason.parts)

    def refuse(self, place: Place, error: PatientError) -> None:
        """A patient who is left out."""
        self.refused += 1
        key = "bulk.conflict" if isinstance(error, PatientConflictError) else key_of(error.key)
        key = "bulk.conflict" if error.key == "error.patient-many" else key
        parts = tuple((name, error.parts[name]) for name in ("limit",) if name in error.parts)
        self.problem(key if key != "bulk.not-used" else "bulk.refused", places=[place], parts=parts)

    def add(self, other: Account) -> None:
        self.patients += other.patients
        self.refused += other.refused
        self.slow += other.slow
        self.types.update(other.types)
        self.codes.update(other.codes)
        for kind, files in other.kinds.items():
            own = self.kinds.setdefault(kind, {})
            for file, (count, lines) in files.items():
                _add(own, file, count, lines)

    def shift(self, file: str, lines: int) -> None:
        """Numbers the lines of a part of a file as those of the file."""
        for files in self.kinds.values():
            if lines and file in files:
                count, first = files[file]
                files[file] = (count, tuple(line + lines for line in first))

    def tell(self, tally: Tally) -> None:
        tally.rows += self.patients
        for (key, fact, note, parts), files in self.kinds.items():
            for file, (count, lines) in files.items():
                tally.problem(key, fact, file=file, rows=lines, count=count, note=note, **dict(parts))
        self.types.pop("Encounter", None)  # read for the day of care
        for name, count in [*self.codes.most_common(), *self.types.most_common()]:
            tally.column(name, "", unknown=count)


def _add(files: dict[str, tuple[int, tuple[int, ...]]], file: str, count: int, lines: tuple[int, ...]) -> None:
    before, first = files.get(file, (0, ()))
    files[file] = (before + count, tuple(sorted({*first, *lines})[:FIRST]))
