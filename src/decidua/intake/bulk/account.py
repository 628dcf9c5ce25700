"""What did not become a fact, and why: counted, with the first places, and without a value of a patient."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from decidua.errors import PatientError


@dataclass(frozen=True)
class Place:
    """A file and the line in it; a file with one bundle has line 0."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass
class Account:
    slow: int = 0
    refused: list[tuple[Place, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def refuse(self, place: Place, error: PatientError) -> None:
        self.refused.append((place, error.key))
