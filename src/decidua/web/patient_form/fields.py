"""The names of the fields of a patient, and how rows are found among them.

fact.<id>               what is written of a fact; with unit.<id> where it has several units
stated.<name>           a named criterion, or `unexplained` for all of that kind: yes or no
as_of, title            as in a patient file
pregnancies_complete    yes or no; pregnancies_listed: yes if there is a list, even an empty one
pregnancy.<n>.<key>     one row of past pregnancies; `when` is a year or a date; an outcome of `unknown` is a row too
result.<n>.<key>        one dated result
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

Fields = tuple[tuple[str, str], ...]

PREGNANCY = (
    "when", "outcome", "weeks", "confirmed", "karyotype", "conception", "partner", "treatment", "treatment_start",
)  # fmt: skip
RESULT = ("fact", "date", "value", "method")
_OF_PATIENT = re.compile(r"(fact|unit|stated)\.[\w@.-]+|(pregnancy|result)\.\d{1,3}\.\w+|as_of|title|pregnancies_\w+")
ROWS = 60
"""Rows of one table that a form may have."""


def patient_fields(fields: Sequence[tuple[str, str]]) -> Fields:
    """Those that are of the patient, without what only says how the page is looked at; empty ones left out."""
    return tuple((name, text) for name, text in fields if text and _OF_PATIENT.fullmatch(name))


class Entries:
    """Fields by name, and rows of tables in order."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self.all: Mapping[str, str] = dict(fields)

    def text(self, name: str) -> str:
        """What is written in a field, without white space around it; empty if there is no such field."""
        return self.all.get(name, "").strip()

    def rows(self, table: str) -> list[int]:
        """Numbers of the rows of `pregnancy` or `result`, in order, those in which nothing is written too."""
        return sorted(row for name, row in self._rows if name == table)[:ROWS]

    def written(self, table: str) -> list[int]:
        """Numbers of the rows in which something is written."""
        keys = PREGNANCY if table == "pregnancy" else RESULT
        return [row for row in self.rows(table) if any(self.text(f"{table}.{row}.{key}") for key in keys)]

    @cached_property
    def _rows(self) -> set[tuple[str, int]]:
        found = (re.fullmatch(r"(pregnancy|result)\.(\d{1,3})\.\w+", name) for name in self.all)
        return {(match[1], int(match[2])) for match in found if match}
