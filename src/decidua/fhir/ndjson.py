"""Rows of a facts table as FHIR R4, many and fast: a Bundle a line, or the files of a bulk export.

Each resource is encoded once for each value, with a mark where the patient's id goes; a row is a join of such parts.
All observations are of the cohort's day. What was done is a Procedure with an option's code of ours; the day of care is
that of an Encounter, or only its year where the day is not known. Every resource carries the tag of test data, so that
a part that is taken out of the file still says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import polars as pl

from decidua.facts import Range, Value, Vocabulary
from decidua.fhir.canonical import BASE, OPTIONS_SYSTEM, Resource, concept, fhir_id
from decidua.fhir.observations import observations

TEST = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
SYNTHETIC = {"system": f"{BASE}/CodeSystem/tags", "code": "synthetic", "display": "synthetic: plausible, not real"}
CENTRES = f"{BASE}/NamingSystem/centres"
ID = "~id~"
"""Where the patient's id goes; no code, unit or number holds it."""
SETTINGS = f"{BASE}/CodeSystem/settings"
KINDS = ("Patient", "Encounter", "Observation", "Procedure")


class FhirRows:
    """Turns rows of a facts table into resources, or into entries of a bundle."""

    def __init__(self, vocabulary: Vocabulary, stated: Sequence[str], as_of: date, *, entries: bool) -> None:
        self.vocabulary, self.stated, self.as_of, self.entries = vocabulary, tuple(stated), as_of, entries
        self._encode = msgspec.json.Encoder().encode
        self._made: dict[str, _Made] = {}

    def of(self, frame: pl.DataFrame) -> Iterator[tuple[str, list[bytes]]]:
        """Each row's patient, and her resources of each of KINDS, joined by a comma as entries, else a line each."""
        ids = frame["patient"].to_list()
        kinds = (self._women(frame), self._visits(frame), self._facts(frame), self._acts(frame))
        rows = [zip(*columns, strict=True) for columns in kinds]
        between = b"," if self.entries else b"\n"
        for id_, *parts in zip(ids, *rows, strict=True):
            yield id_, [between.join(filter(None, part)).replace(ID.encode(), id_.encode()) for part in parts]

    def bundle(self, id_: str, kinds: Sequence[bytes]) -> bytes:
        """All of one patient as one Bundle on one line."""
        head = {"resourceType": "Bundle", "id": fhir_id(id_), "meta": {"tag": [TEST, SYNTHETIC]}, "type": "collection"}
        return self._encode(head)[:-1] + b',"entry":[' + b",".join(filter(None, kinds)) + b"]}\n"

    def _women(self, frame: pl.DataFrame) -> list[list[bytes]]:
        made = self._column("Patient", lambda centre: _patient(str(centre)))
        return [[made[centre] for centre in frame["group.centre"].to_list()]]

    def _visits(self, frame: pl.DataFrame) -> list[list[bytes]]:
        made = self._column("Encounter", lambda both: _encounter(*both))
        days, years = frame["date.care"].to_list(), frame["group.year"].to_list()
        when = [year if day is None else day.isoformat() for day, year in zip(days, years, strict=True)]
        return [[made[both] for both in zip(when, frame["group.setting"].to_list(), strict=True)]]

    def _facts(self, frame: pl.DataFrame) -> list[list[bytes]]:
        return [self._seen(name, frame) for name in (*self.vocabulary.facts, *self.stated) if name in frame.columns]

    def _seen(self, name: str, frame: pl.DataFrame) -> list[bytes]:
        exact = frame[name].to_list()
        if f"{name}.low" not in frame.columns:
            made = self._column(name, lambda value: _observation(self, name, _value(value)))
            return [made[value] for value in exact]
        made = self._column(name, lambda value: _bounded(self, name, value))
        ends = (frame[f"{name}.{end}"].to_list() for end in ("low", "high"))
        return [made[value] for value in _ranged(exact, *ends)]

    def _acts(self, frame: pl.DataFrame) -> list[list[bytes]]:
        """Treatments on the day of care; when a test was done is not known."""
        names = [name for name in frame.columns if name.startswith("done.")]
        days, never = frame["date.care"].to_list(), [None] * len(frame)
        return [self._act(one, frame[one].to_list(), never if ":" in one else days) for one in names]

    def _act(self, name: str, done: Sequence[bool | None], days: Sequence[date | None]) -> list[bytes]:
        made = self._column(name, lambda both: _procedure(name.removeprefix("done."), *both))
        return [b"" if one is None else made[one, day] for one, day in zip(done, days, strict=True)]

    def _column(self, name: str, make: Callable[[Any], Resource]) -> _Made:
        return self._made.setdefault(name, _Made(make, self._bytes))

    def _bytes(self, resource: Resource) -> bytes:
        url = f"{BASE}/{resource['resourceType']}/{resource['id']}"
        return self._encode({"fullUrl": url, "resource": resource} if self.entries else resource)


class _Made(dict[Any, bytes]):
    """Value → encoded resource, made when the value is first met; nothing for what is not known."""

    def __init__(self, make: Callable[[Any], Resource], encode: Callable[[Resource], bytes]) -> None:
        super().__init__({None: b""})
        self.make, self.encode = make, encode

    def __missing__(self, value: Any) -> bytes:
        found = self[value] = self.encode(self.make(value))
        return found


def _ranged(exact: Sequence[object], low: Sequence[object], high: Sequence[object]) -> Iterator[object]:
    """The exact value, else a pair of ends, else nothing."""
    for value, least, most in zip(exact, low, high, strict=True):
        yield value if value is not None else None if least is None and most is None else (least, most)


def _bounded(rows: FhirRows, name: str, value: object) -> Resource:
    known = Range(*map(_decimal, value)) if isinstance(value, tuple) else _value(value)
    return _observation(rows, name, known)


def _observation(rows: FhirRows, name: str, value: Value) -> Resource:
    made = next(observations(rows.vocabulary, {name: value}, rows.as_of.isoformat()))
    for coding in made["code"]["coding"]:
        coding.pop("display", None)  # a part of the size, and the code says it
    return _of_patient(made, str(made["id"]))


def _decimal(value: object) -> Decimal | None:
    """The number as it is written: 24.3, not its nearest binary fraction."""
    if value is None:
        return None
    written = Decimal(repr(value))
    return written.to_integral_value() if written == written.to_integral_value() else written


def _value(exact: object) -> Value:
    if isinstance(exact, bool | str):
        return exact
    number = _decimal(exact)
    assert number is not None
    return number


def _of_patient(resource: Resource, name: str) -> Resource:
    """The resource under an id of its own in the whole cohort, about its patient, tagged."""
    made = {"resourceType": resource["resourceType"], "id": f"{ID}.{name}", "meta": {"tag": [TEST]}}
    return {**made, **{k: v for k, v in resource.items() if k not in made}, "subject": {"reference": f"Patient/{ID}"}}


def _patient(centre: str) -> Resource:
    return {
        "resourceType": "Patient",
        "id": ID,
        "meta": {"tag": [TEST, SYNTHETIC]},
        "gender": "female",
        "managingOrganization": {"identifier": {"system": CENTRES, "value": centre}},
    }


def _encounter(when: str, setting: str) -> Resource:
    encounter: Resource = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "serviceType": concept([{"system": SETTINGS, "code": setting}]),
        "period": {"start": when},
    }
    return _of_patient(encounter, "care")


def _procedure(option: str, done: bool, day: date | None) -> Resource:
    """What was done, or not, to prevent a loss."""
    procedure: Resource = {
        "resourceType": "Procedure",
        "status": "completed" if done else "not-done",
        "code": concept([{"system": OPTIONS_SYSTEM, "code": option}]),
    }
    if day is not None:
        procedure["performedDateTime"] = day.isoformat()
    return _of_patient(procedure, f"done.{fhir_id(option)}")
