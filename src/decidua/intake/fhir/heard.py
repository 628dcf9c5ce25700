"""What the resources say of the facts, before one value is made of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from decidua.errors import PatientError
from decidua.facts import Value, Vocabulary
from decidua.intake.fhir.bundle import Located, References
from decidua.intake.fhir.codes import Codes, Match, spelled
from decidua.intake.fhir.notes import Notes
from decidua.intake.fhir.resources import Concept
from decidua.intake.fhir.tables import Tables
from decidua.intake.fhir.times import Span
from decidua.intake.given import UNEXPLAINED


@dataclass(frozen=True)
class Row:
    """One answer. `on` None: no day is known. `value` None: there is a result, and it is not known."""

    match: Match
    on: date | None
    value: Value | None
    words: str
    place: str
    kind: str
    noted: bool = False
    """Whether what became of it is noted already."""

    @property
    def fact(self) -> str:
        return self.match.fact


@dataclass
class Hearing:
    """What every reader of a resource needs, and what it adds to: rows with results, notes on the rest."""

    vocabulary: Vocabulary
    codes: Codes
    tables: Tables
    as_of: date
    references: References
    notes: Notes
    rows: list[Row] = field(default_factory=list)
    flags: list[Row] = field(default_factory=list)
    """Diagnoses, medicines, allergies, procedures: true or false, without the date of a result."""

    @cached_property
    def named(self) -> frozenset[str]:
        """Every fact and every name that may be stated."""
        return frozenset((*self.vocabulary.facts, *self.codes.stated, UNEXPLAINED))

    def flag(self, one: Located, match: Match, value: bool) -> None:
        self.flags.append(Row(match, None, value, "true" if value else "false", one.place, one.kind))

    def later(self, span: Span | None) -> bool:
        return span is not None and span.first > self.as_of

    def one_match(self, one: Located, place: str, concept: Concept | None, allowed: Collection[str]) -> Match | None:
        """The single fact that a concept names; every other case is noted."""
        matches = [match for match in self.codes.matches(concept) if match.fact in allowed]
        if len(matches) == 1:
            return matches[0]
        if matches:
            facts = ", ".join(match.fact for match in matches)
            self.notes.unused(place, one.kind, "fhir.two-facts", matches[0], facts=facts, given=spelled(concept))
        else:
            self.notes.unmapped(place, one.kind, "fhir.no-fact", given=spelled(concept))
        return None

    def refuse(self, one: Located, error: PatientError, match: Match | None = None) -> None:
        self.notes.refused(one.place, one.kind, error, match)
