"""A patient file, read: from bytes to a Patient, with everything that was wrong said at once.

The as-of date is the one asked for, else that of the file, else today; results and pregnancies after it are
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import TypeVar

from decidua.errors import PatientError
from decidua.facts import Vocabulary
from decidua.intake.given import Given, read_given
from decidua.intake.nodes import Tree, read_table
from decidua.intake.pregnancies import read_pregnancies
from decidua.intake.problems import Problems
from decidua.intake.results import read_results
from decidua.intake.scalars import date_of, text_of, truth_of
from decidua.intake.source import decoded, read_bytes
from decidua.intake.steps import Intake, Told, known

T = TypeVar("T")


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
    return known(_Reading(vocabulary, problems, given, as_of).told(), vocabulary, problems)


class _Reading:
    """The parts of a file, read one after the other."""

    def __init__(self, vocabulary: Vocabulary, problems: Problems, given: Given, as_of: date | None) -> None:
        self.vocabulary, self.problems, self.given = vocabulary, problems, given
        stated = self._part("as_of", date_of)
        self.as_of = as_of or stated or date.today()

    def told(self) -> Told:
        title = self._part("title", text_of)
        before = self.problems.count
        said = self._part("pregnancies_complete", truth_of)
        rows = read_pregnancies(self.given.part("pregnancies"), self.vocabulary, self.as_of, self.problems)
        if rows is None and said:
            self.problems.refuse("error.pregnancies-missing", self._line("pregnancies_complete"))
        between = self.problems.count
        results = read_results(self.given.part("results"), self.vocabulary, self.as_of, self.problems)
        return Told(
            self.given, self.as_of, title, rows, said, between == before, self._line("pregnancies"),
            results, self.problems.count == between, self._line("results"),
        )  # fmt: skip

    def _part(self, key: str, reader: Callable[[Tree, str], T]) -> T | None:
        part = self.given.part(key)
        try:
            return None if part is None else reader(part, key)
        except PatientError as error:
            self.problems.add(error, self._line(key))
            return None

    def _line(self, key: str) -> int:
        return self.given.parts[key].line if key in self.given.parts else 1
