"""The records of a person as FHIR resources, so that the one reader of FHIR says what they mean.

person                 Patient              year, month and day of birth as far as they are known
measurement            Observation, final   number with sign and unit, or a coded answer
observation            Observation, final   the same; without any answer it asserts what its code says
condition_occurrence   Condition            an end before the as-of date says that it is over
drug_exposure          MedicationStatement  taken from its start to its end
procedure_occurrence   Procedure, completed
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from decidua.intake.fhir.resources import Coding
from decidua.intake.fhir.values import UCUM
from decidua.intake.omop.concepts import Concepts, listed
from decidua.intake.omop.database import Database


@dataclass(frozen=True)
class Shape:
    """A table: its key, and the columns that are read after person and key; missing ones are null."""

    table: str
    key: str
    concept: str
    source: str
    columns: tuple[str, ...]

    def sql(self, have: frozenset[str], wanted: Sequence[int], persons: str) -> str:
        """Rows of the wanted concepts in the order of persons."""
        names = ("person_id", self.key, self.concept, self.source, *self.columns)
        chosen = ", ".join(name if name in have else f"null as {name}" for name in names)
        ids = listed(wanted)
        either = [f"{column} in ({ids})" for column in (self.concept, self.source) if column in have]
        where = f"({' or '.join(either)})" if either and ids else "false"
        return f"select {chosen} from {self.table} where {where}{persons} order by person_id, {self.key}"


VALUE = ("value_as_number", "value_as_concept_id", "unit_concept_id", "unit_source_value")
SHAPES = (
    Shape(
        "measurement", "measurement_id", "measurement_concept_id", "measurement_source_concept_id",
        ("measurement_date", *VALUE, "operator_concept_id"),
    ),
    Shape(
        "observation", "observation_id", "observation_concept_id", "observation_source_concept_id",
        ("observation_date", *VALUE),
    ),
    Shape(
        "condition_occurrence", "condition_occurrence_id", "condition_concept_id", "condition_source_concept_id",
        ("condition_start_date", "condition_end_date"),
    ),
    Shape(
        "drug_exposure", "drug_exposure_id", "drug_concept_id", "drug_source_concept_id",
        ("drug_exposure_start_date", "drug_exposure_end_date"),
    ),
    Shape(
        "procedure_occurrence", "procedure_occurrence_id", "procedure_concept_id", "procedure_source_concept_id",
        ("procedure_date",),
    ),
)  # fmt: skip


Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the resource that it is, if it says something of a fact, and the options of which it says `done`."""

    person: int
    table: str
    resource: Resource | None
    keys: frozenset[str]
    """Options, or parts of them."""
    day: date | None


def records(database: Database, shape: Shape, concepts: Concepts, persons: str) -> Iterator[Record]:
    """All rows of a table that say something here, in the order of persons."""
    make = _MAKERS[shape.table]
    for person, key, concept, source, *rest in database.rows(
        shape.sql(database.columns[shape.table], concepts.wanted, persons)
    ):
        ids = tuple(int(id_) for id_ in (concept, source) if id_)
        values = dict(zip(shape.columns, rest, strict=True))
        codings = _codings(ids, concepts)
        resource = make({"coding": codings}, values, concepts) if codings else None
        if resource is not None:
            resource["id"] = f"{shape.table[0]}{key}"  # the kinds of several tables are one in FHIR
        keys = frozenset(one for id_ in ids for one in concepts.options.get(id_, ()))
        yield Record(int(person), shape.table, resource, keys, _day(rest[0]))


def _codings(ids: Iterable[int], concepts: Concepts) -> list[Resource]:
    found = dict.fromkeys((one.system, one.code) for id_ in ids for one in concepts.codings.get(id_, ()))
    return [{"system": system, "code": code} for system, code in found]


def _day(value: Any) -> date | None:
    text = _text(value)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    """A date as YYYY-MM-DD, whatever the column holds."""
    return None if value is None else str(value)[:10]


Values = Mapping[str, Any]


def _said(**elements: Any) -> Resource:
    """Without the elements of which nothing is known."""
    return {name: value for name, value in elements.items() if value is not None}


def _observation(code: Resource, row: Values, concepts: Concepts, day: str) -> Resource:
    number, answer = None, None
    if row["value_as_number"] is not None:
        number = _quantity(row, concepts)
    elif row["value_as_concept_id"]:
        known = concepts.answers.get(int(row["value_as_concept_id"]))
        answer = {"coding": [_coding(known)] if known else []}
    return _said(
        resourceType="Observation", status="final", code=code, effectiveDateTime=_text(row[day]),
        valueQuantity=number, valueCodeableConcept=answer,
    )  # fmt: skip


def _coding(known: Coding) -> Resource:
    return {"system": known.system, "code": known.code}


def _quantity(row: Values, concepts: Concepts) -> Resource:
    unit = concepts.units.get(row["unit_concept_id"] or 0)
    words = str(row["unit_source_value"] or "").strip() or None
    return _said(
        value=row["value_as_number"], comparator=concepts.signs.get(row.get("operator_concept_id") or 0),
        system=UCUM if unit else None, code=unit, unit=None if unit else words,
    )  # fmt: skip


def _measured(code: Resource, row: Values, concepts: Concepts) -> Resource:
    return _observation(code, row, concepts, "measurement_date")


def _observed(code: Resource, row: Values, concepts: Concepts) -> Resource:
    if row["value_as_number"] is None and not row["value_as_concept_id"]:
        return _said(resourceType="Condition", code=code, onsetDateTime=_text(row["observation_date"]))
    return _observation(code, row, concepts, "observation_date")


def _condition(code: Resource, row: Values, _: Concepts) -> Resource:
    start, end = _text(row["condition_start_date"]), _text(row["condition_end_date"])
    return _said(resourceType="Condition", code=code, onsetDateTime=start, abatementDateTime=end)


def _drug(code: Resource, row: Values, _: Concepts) -> Resource:
    start, end = _text(row["drug_exposure_start_date"]), _text(row["drug_exposure_end_date"])
    return _said(
        resourceType="MedicationStatement", status="active", medicationCodeableConcept=code,
        effectivePeriod=_said(start=start, end=end),
    )  # fmt: skip


def _procedure(code: Resource, row: Values, _: Concepts) -> Resource:
    when = _text(row["procedure_date"])
    return _said(resourceType="Procedure", status="completed", code=code, performedDateTime=when)


_MAKERS: Mapping[str, Callable[[Resource, Values, Concepts], Resource]] = {
    "measurement": _measured,
    "observation": _observed,
    "condition_occurrence": _condition,
    "drug_exposure": _drug,
    "procedure_occurrence": _procedure,
}


def person(row: Sequence[Any]) -> Resource:
    """From person_id, year, month and day of birth."""
    id_, year, month, day = row[:4]
    born = None if year is None else f"{int(year):04d}"
    if born and month:
        born += f"-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
    return _said(resourceType="Patient", id=str(id_), birthDate=born, gender="female")
