"""A patient file, read: from bytes to a Patient, with everything that was wrong said at once.

The as-of date is the one asked for, else that of the file, else today; results and pregnancies after it are
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from decidua.errors import PatientError
from decidua.facts import Patient, Value, Vocabulary
from decidua.intake.closing import add_bmi, closed
from decidua.intake.counts import counts, is_complete, more_births, present, tissue_abnormal
from decidua.intake.given import Given, read_given
from decidua.intake.nodes import Tree, read_table
from decidua.intake.pregnancies import Pregnancy, read_pregnancies
from decidua.intake.problems import Problems, Warned
from decidua.intake.results import Result, apl_persistent, latest_values, read_results
from decidua.intake.scalars import date_of, text_of, truth_of
from decidua.intake.source import decoded, read_bytes
from decidua.intake.stated import add_computed

T = TypeVar("T")


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


def read_patient_file(
    path: str | Path, *, vocabulary: Vocabulary, stated: Collection[str] = (), as_of: date | None = None
) -> Intake:
    """The patient in a file, or on standard input for `-`. Raises PatientError and its kinds."""
    data, name = read_bytes(path)
    return read_patient(data, name=name, vocabulary=vocabulary, stated=stated, as_of=as_of)


def read_patient(
    data: bytes, *, name: str, vocabulary: Vocabulary, stated: Collection[str] = (), as_of: date | None = None
) -> Intake:
    """The patient in YAML or JSON bytes.

    name: what errors call the file. stated: ids of the named criteria that may be given as yes or no; the key
    `unexplained` sets all of them that begin with `unexplained@`. as_of: wins over the file's own.

    Raises PatientSyntaxError if the text cannot be read at all, PatientConflictError for values that
    contradict each other, PatientError for a value that cannot be, and PatientErrors for several of them.
    """
    problems = Problems(name)
    table = read_table(decoded(data, name), problems)
    given = read_given(table, vocabulary, stated, problems)
    return _Reading(vocabulary, problems, given, as_of).intake()


class _Reading:
    """The steps from what was given to what is known."""

    def __init__(self, vocabulary: Vocabulary, problems: Problems, given: Given, as_of: date | None) -> None:
        self.vocabulary, self.problems, self.given = vocabulary, problems, given
        stated = self._part("as_of", date_of)
        self.as_of = as_of or stated or date.today()

    def intake(self) -> Intake:
        title = self._part("title", text_of)
        pregnancies, complete = self._pregnancies()
        results = self._results()
        add_bmi(self.given, self.vocabulary, self.problems)
        values, added = closed(self.given, self.vocabulary, self.problems)
        self.problems.raise_any()
        given = {id_: said for id_, said in self.given.words.items() if values[id_] == self.given.values[id_]}
        patient = Patient(values, given, self.given.origins | added, self.as_of)
        warnings = tuple(self.problems.warnings)
        places = {id_: self.problems.where(line) for id_, line in self.given.lines.items()}
        return Intake(patient, self.as_of, warnings, pregnancies, complete, results, title, places)

    def _part(self, key: str, reader: Callable[[Tree, str], T]) -> T | None:
        part = self.given.part(key)
        try:
            return None if part is None else reader(part, key)
        except PatientError as error:
            self.problems.add(error, self._line(key))
            return None

    def _line(self, key: str) -> int:
        return self.given.parts[key].line if key in self.given.parts else 1

    def _pregnancies(self) -> tuple[tuple[Pregnancy, ...] | None, bool | None]:
        said, before = self._part("pregnancies_complete", truth_of), self.problems.count
        rows = read_pregnancies(self.given.part("pregnancies"), self.vocabulary, self.as_of, self.problems)
        if rows is None:
            if said:
                self.problems.refuse("error.pregnancies-missing", self._line("pregnancies_complete"))
            return None, None
        complete = is_complete(rows, said, self.given.values.get("total_pregnancies"))
        if self.problems.count == before:  # counts of a list with mistakes would contradict for no reason
            self._add("pregnancies", self._from_pregnancies(rows, complete), "pregnancies")
        return rows, True if complete else said

    def _from_pregnancies(self, rows: tuple[Pregnancy, ...], complete: bool) -> dict[str, Value]:
        births = self.given.values.get("live_births")
        found = counts(rows, complete=complete, births=births) | present(rows)
        if more_births(births, found["live_births"]):
            self.problems.warn("warn.multiple-births", self.given.lines["live_births"], rows=len(rows))
            del found["live_births"]
        abnormal = tissue_abnormal(rows, complete=complete)
        return found if abnormal is None else found | {"tissue_karyotype_abnormal": abnormal}

    def _results(self) -> tuple[Result, ...]:
        before = self.problems.count
        results = read_results(self.given.part("results"), self.vocabulary, self.as_of, self.problems)
        if self.problems.count > before:
            return results
        self._add("latest", latest_values(results, self.vocabulary, self.problems), "results")
        persistent = apl_persistent(results)
        self._add("persistent", {} if persistent is None else {"apl_persistent": persistent}, "results")
        return results

    def _add(self, origin: str, values: dict[str, Value], part: str) -> None:
        add_computed(self.given, values, self.vocabulary, self.problems, origin=origin, line=self._line(part))
