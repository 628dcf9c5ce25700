"""The names of the fields of a patient, and how rows are found among them.

fact.<id>               what is written of a fact; with unit.<id> where it has several units
stated.<name>           a named criterion, or `unexplained` for all of that kind: yes or no
as_of, title            as in a patient file
pregnancies_complete    yes, no, or none: there was no pregnancy; pregnancies_listed: yes for an empty list
pregnancy.<n>.<key>     one row of past pregnancies; `when` is a year or a date; an outcome of `unknown` is a row too
result.<n>.<key>        one dated result
source.<field>          where the value of a field comes from, if from a record
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

SOURCE = "source."
"""Before the name of a field that was filled from a record: what the record gives there, and where. It is carried along
with the form and is no part of the patient."""
Fields = tuple[tuple[str, str], ...]

PREGNANCY = (
    "when", "outcome", "weeks", "confirmed", "karyotype", "conception", "partner", "treatment", "treatment_start",
)  # fmt: skip
RESULT = ("fact", "date", "value", "method")
_OF_PATIENT = re.compile(r"(fact|unit|stated)\.[\w@.-]+|(pregnancy|result)\.\d{1,5}\.\w+|as_of|title|pregnancies_\w+")
ROWS = 60
"""Rows of one table to which a button adds; more are read all the same."""
MOST = 120
"""Rows of one table that a page shows of a file, so that the form which it draws can also be sent."""


def patient_fields(fields: Sequence[tuple[str, str]]) -> Fields:
    """Those that are of the patient, without what only says how the page is looked at; empty ones left out."""
    return tuple((name, text) for name, text in fields if text and _OF_PATIENT.fullmatch(name))


class Entries:
    """Fields by name, and rows of tables in order."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self.all: Mapping[str, str] = dict(fields)
        self.sent = tuple(fields)

    def twice(self) -> list[str]:
        """Names of the patient's fields that were sent with two different texts."""
        texts: dict[str, set[str]] = {}
        for name, text in self.sent:
            if _OF_PATIENT.fullmatch(name):
                texts.setdefault(name, set()).add(text.strip())
        return [name for name, found in texts.items() if len(found) > 1]

    def unknown(self, facts: Collection[str], stated: Collection[str]) -> list[str]:
        """Names of filled fields that look like the patient's, and that no form has."""
        allowed = {"fact": facts, "unit": facts, "stated": stated}
        return [name for name, text in self.all.items() if text.strip() and _is_unknown(name, allowed)]

    def text(self, name: str) -> str:
        """What is written in a field, without white space around it; empty if there is no such field."""
        return self.all.get(name, "").strip()

    def rows(self, table: str) -> list[int]:
        """Numbers of the rows of `pregnancy` or `result`, in order, those in which nothing is written too."""
        return sorted(row for name, row in self._rows if name == table)

    def written(self, table: str) -> list[int]:
        """Numbers of the rows in which something is written."""
        keys = PREGNANCY if table == "pregnancy" else RESULT
        return [row for row in self.rows(table) if any(self.text(f"{table}.{row}.{key}") for key in keys)]

    @cached_property
    def _rows(self) -> set[tuple[str, int]]:
        found = (re.fullmatch(r"(pregnancy|result)\.(\d{1,5})\.\w+", name) for name in self.all)
        return {(match[1], int(match[2])) for match in found if match}


def _is_unknown(name: str, allowed: Mapping[str, Collection[str]]) -> bool:
    table, _, rest = name.partition(".")
    if table in allowed:
        return rest not in allowed[table]
    if table in ("pregnancy", "result"):
        columns = PREGNANCY if table == "pregnancy" else RESULT
        return not re.fullmatch(rf"\d{{1,5}}\.({'|'.join(columns)})", rest, re.ASCII)
    return name.startswith("pregnancies_") and name not in ("pregnancies_complete", "pregnancies_listed")
