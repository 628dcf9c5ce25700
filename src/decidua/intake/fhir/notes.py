"""What became of every resource, so that nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from decidua.errors import PatientError
from decidua.facts.vocabulary import Code
from decidua.intake.fhir.codes import Match
from decidua.intake.problems import Problems, quoted

Outcome = Literal["used", "older", "not-used", "not-mapped"]


@dataclass(frozen=True)
class Note:
    """One resource, or one component of one. `key` and `parts` make the sentence."""

    place: str
    kind: str
    outcome: Outcome
    key: str
    parts: Mapping[str, object] = field(default_factory=dict)
    fact: str | None = None
    code: Code | None = None
    on: date | None = None


@dataclass
class Notes:
    """All notes of one bundle, in the order of reading."""

    all: list[Note] = field(default_factory=list)

    def unused(self, place: str, kind: str, key: str, match: Match | None = None, **parts: object) -> None:
        """Understood, but it does not count, with the reason."""
        self._add("not-used", place, kind, key, match, parts)

    def refused(self, place: str, kind: str, error: PatientError, match: Match | None = None) -> None:
        """A value that cannot be read, in the words of its error."""
        parts = {key: value for key, value in error.parts.items() if key != "where"}
        self._add("not-used", place, kind, error.key, match, parts)

    def unmapped(self, place: str, kind: str, key: str, **parts: object) -> None:
        """No fact of the vocabulary is meant, or the type is not read."""
        self._add("not-mapped", place, kind, key, None, parts)

    def read(self, place: str, kind: str, key: str, **parts: object) -> None:
        """Read for the sake of others: it says nothing of a fact itself."""
        self._add("used", place, kind, key, None, parts)

    def _add(
        self, outcome: Outcome, place: str, kind: str, key: str, match: Match | None, parts: Mapping[str, object]
    ) -> None:
        fact, code = (match.fact, match.code) if match else (None, None)
        shown = {name: quoted(value) if isinstance(value, str) else value for name, value in parts.items()}
        self.all.append(Note(place, kind, outcome, key, shown, fact, code))


@dataclass
class Places(Problems):
    """Problems whose line is the number of a place in the bundle: an error says `bundle.json: Observation/tsh`."""

    places: list[str] = field(default_factory=list)

    def number(self, place: str) -> int:
        self.places.append(place)
        return len(self.places)

    def where(self, line: int) -> str:
        return f"{self.name}: {self.places[line - 1]}" if 0 < line <= len(self.places) else self.name
