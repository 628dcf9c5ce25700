"""Bundles read in bulk beside the one-patient reader, for the tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from decidua.errors import PatientError
from decidua.facts import Range, Value
from decidua.guidelines import Knowledge
from decidua.intake.bulk.account import Place
from decidua.intake.bulk.batch import Given, Reader
from decidua.intake.cohort import FactsTable, Names, Settings, option_places
from decidua.intake.cohort.mapping import ColumnMapping
from decidua.intake.fhir import read_fhir

Cells = dict[str, object]
"""Column → cell, without what is unknown."""


def as_bytes(bundle: object) -> bytes:
    def number(value: object) -> object:
        assert isinstance(value, Decimal)
        return int(value) if value % 1 == 0 else float(value)

    return bundle if isinstance(bundle, bytes) else json.dumps(bundle, default=number).encode()


def cells(values: Mapping[str, Value]) -> Cells:
    """A patient as a row of the table of facts."""
    found: Cells = {}
    for fact, value in values.items():
        if isinstance(value, Range):
            found |= {f"{fact}.low": _float(value.low), f"{fact}.high": _float(value.high)}
        else:
            found[fact] = _float(value) if isinstance(value, Decimal) else value
    return _known(found)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _known(found: Mapping[str, Any]) -> Cells:
    """Counts of 0 or more are as good as nothing."""
    idle = {name for name, cell in found.items() if name.endswith(".low") and cell == 0}
    idle = {name for name in idle if found.get(name.replace(".low", ".high")) is None}
    return {name: cell for name, cell in found.items() if cell is not None and name not in idle}


def alone(knowledge: Knowledge, data: bytes, as_of: date) -> Cells | None:
    """What the one-patient reader makes of a bundle; None where it refuses it, or where nothing names the patient."""
    try:
        mapped = read_fhir([data], name="b", vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=as_of)
    except PatientError:
        return None
    return None if mapped.patient is None else {"patient": mapped.patient, **cells(mapped.intake.patient.values)}


def reader(knowledge: Knowledge, as_of: date) -> Reader:
    return Reader(knowledge.vocabulary, knowledge.stated, as_of)


def in_bulk(found: Reader, bundles: Sequence[bytes]) -> list[Cells]:
    """One for each bundle that is not refused."""
    batch = found.read([Given(data, Place("b", line)) for line, data in enumerate(bundles, 1)])
    return rows(batch.facts)


def rows(table: pl.DataFrame) -> list[Cells]:
    facts = [name for name in table.columns if not name.startswith(("done.", "date.", "group.year"))]
    return [_known(row) | {"patient": row["patient"]} for row in table.select(facts).to_dicts()]


def differences(knowledge: Knowledge, found: Reader, bundles: Sequence[bytes], as_of: date) -> list[str]:
    """Every bundle and cell in which the two differ."""
    expected = [alone(knowledge, data, as_of) for data in bundles]
    got = iter(in_bulk(found, bundles))
    said: list[str] = []
    for number, one in enumerate(expected):
        if one is None:
            continue
        row = next(got, {})
        keys = sorted(key for key in {*one, *row} if one.get(key) != row.get(key))
        said += [f"{number}: {key}: {one.get(key)!r} alone, {row.get(key)!r} in bulk" for key in keys]
    rest = list(got)
    return [*said, f"{len(rest)} rows too many"] if rest else said


def settings(knowledge: Knowledge, as_of: date) -> Settings:
    places = option_places(knowledge.content)
    return Settings(Names(knowledge.vocabulary, knowledge.stated, places), ColumnMapping(), places, as_of)


def by_patient(table: FactsTable) -> dict[object, Cells]:
    return {row["patient"]: row for row in rows(table.frame.collect())}


def told(table: FactsTable) -> dict[tuple[str, str], tuple[str, tuple[int, ...], int]]:
    """(key, fact) → file name, first lines and count of each problem and note."""
    return {
        (problem.key, problem.column): (Path(problem.file).name, problem.rows, problem.count)
        for problem in table.description.problems
    }
