"""The steps from what was given to what is known: the same for a patient file and for a FHIR bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from decidua.facts import Patient, Value, Vocabulary
from decidua.intake.closing import add_bmi, closed
from decidua.intake.counts import counts, is_complete, more_births, present, tissue_abnormal
from decidua.intake.given import Given
from decidua.intake.pregnancies import Pregnancy
from decidua.intake.problems import Problems, Warned
from decidua.intake.results import Result, apl_persistent, latest_values
from decidua.intake.stated import add_computed


@dataclass(frozen=True)
class Intake:
    """One patient as read, closed under the constraints, and what is worth a second look."""

    patient: Patient
    as_of: date
    warnings: tuple[Warned, ...] = ()
    """(key, parts) of sentences, for `language.say`; `where` among the parts is the `file:line`."""
    pregnancies: tuple[Pregnancy, ...] | None = None
    """In the order of time; None if the file has no list."""
    pregnancies_complete: bool | None = None
    """Whether the list is known to hold every pregnancy."""
    results: tuple[Result, ...] = ()
    title: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    """Fact or stated name → the `file:line` where it was given."""


@dataclass(frozen=True)
class Told:
    """Everything that a file or a bundle says; a list with mistakes in it is shown and not counted."""

    given: Given
    as_of: date
    title: str | None = None
    pregnancies: tuple[Pregnancy, ...] | None = None
    complete: bool | None = None
    """What was said of the list of pregnancies; None if nothing was."""
    pregnancies_sound: bool = True
    pregnancies_line: int = 1
    results: tuple[Result, ...] = ()
    results_sound: bool = True
    results_line: int = 1


def known(told: Told, vocabulary: Vocabulary, problems: Problems) -> Intake:
    """What follows from what was told. Raises the errors that `problems` holds by then."""
    return _Steps(told, vocabulary, problems).intake()


class _Steps:
    def __init__(self, told: Told, vocabulary: Vocabulary, problems: Problems) -> None:
        self.told, self.vocabulary, self.problems, self.given = told, vocabulary, problems, told.given

    def intake(self) -> Intake:
        told, given = self.told, self.given
        complete = self._pregnancies()
        self._results()
        add_bmi(given, self.vocabulary, self.problems)
        values, added = closed(given, self.vocabulary, self.problems)
        self.problems.raise_any()
        words = {id_: said for id_, said in given.words.items() if values[id_] == given.values[id_]}
        patient = Patient(values, words, given.origins | added, told.as_of)
        warnings = tuple(self.problems.warnings)
        places = {id_: self.problems.where(line) for id_, line in given.lines.items()}
        return Intake(patient, told.as_of, warnings, told.pregnancies, complete, told.results, told.title, places)

    def _pregnancies(self) -> bool | None:
        told, rows = self.told, self.told.pregnancies
        if rows is None:
            return None
        complete = is_complete(rows, told.complete, self.given.values.get("total_pregnancies"))
        if told.pregnancies_sound:
            self._add("pregnancies", self._from_pregnancies(rows, complete), told.pregnancies_line)
        return True if complete else told.complete

    def _from_pregnancies(self, rows: tuple[Pregnancy, ...], complete: bool) -> dict[str, Value]:
        births = self.given.values.get("live_births")
        found = counts(rows, complete=complete, births=births) | present(rows)
        if more_births(births, found["live_births"]):
            self.problems.warn("warn.multiple-births", self.given.lines["live_births"], rows=len(rows))
            del found["live_births"]
        abnormal = tissue_abnormal(rows, complete=complete)
        return found if abnormal is None else found | {"tissue_karyotype_abnormal": abnormal}

    def _results(self) -> None:
        told = self.told
        if not told.results_sound:
            return
        self._add("latest", latest_values(told.results, self.vocabulary, self.problems), told.results_line)
        persistent = apl_persistent(told.results)
        self._add("persistent", {} if persistent is None else {"apl_persistent": persistent}, told.results_line)

    def _add(self, origin: str, values: dict[str, Value], line: int) -> None:
        add_computed(self.given, values, self.vocabulary, self.problems, origin=origin, line=line)
