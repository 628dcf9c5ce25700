"""The records of a person, as the FHIR reader knows them, so that one set of rules says what they mean.

person                 Patient              year, month and day of birth as far as they are known
measurement            Observation, final   number with sign and unit, or a coded answer
observation            Observation, final   the same; without any answer it asserts what its code says
condition_occurrence   Condition            an end before the as-of date says that it is over
drug_exposure          MedicationStatement  taken from its start to its end
procedure_occurrence   Procedure, completed
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located
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
    kind: str

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
        ("measurement_date", *VALUE, "operator_concept_id"), "Observation",
    ),
    Shape(
        "observation", "observation_id", "observation_concept_id", "observation_source_concept_id",
        ("observation_date", *VALUE), "Observation",
    ),
    Shape(
        "condition_occurrence", "condition_occurrence_id", "condition_concept_id", "condition_source_concept_id",
        ("condition_start_date", "condition_end_date"), "Condition",
    ),
    Shape(
        "drug_exposure", "drug_exposure_id", "drug_concept_id", "drug_source_concept_id",
        ("drug_exposure_start_date", "drug_exposure_end_date"), "MedicationStatement",
    ),
    Shape(
        "procedure_occurrence", "procedure_occurrence_id", "procedure_concept_id", "procedure_source_concept_id",
        ("procedure_date",), "Procedure",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """One row: the resource that it is, and what of it counts as done."""

    person: int
    table: str
    key: int
    resource: Located | None
    keys: frozenset[str]
    """Options, or parts of them."""
    day: date | None


def records(database: Database, shape: Shape, concepts: Concepts, persons: str) -> Iterator[Record]:
    """All rows of a table that say something here, in the order of persons."""
    make = _MAKERS[shape.table]
    for person, key, concept, source, *rest in database.rows(
        shape.sql(database.columns[shape.table], concepts.wanted, persons)
    ):
        ids = [int(id_) for id_ in (concept, source) if id_]
        codings = [coding for id_ in ids for coding in concepts.codings.get(id_, ())]
        keys = frozenset(one for id_ in ids for one in concepts.options.get(id_, ()))
        values = dict(zip(shape.columns, rest, strict=True))
        resource = make(r.Concept(_once(codings)), values, concepts)
        place = f"{shape.table}/{key}"
        located = Located(_kind(resource), place, resource) if codings else None
        yield Record(int(person), shape.table, int(key), located, keys, _day(rest[0]))


def _once(codings: Sequence[r.Coding]) -> list[r.Coding]:
    found: list[r.Coding] = []
    for coding in codings:
        if coding not in found:
            found.append(coding)
    return found


def _kind(resource: r.Resource) -> str:
    return type(resource).__name__


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


def _observation(code: r.Concept, row: Values, concepts: Concepts, day: str) -> r.Observation:
    said = r.Observation(code=code, status="final", effectiveDateTime=_text(row[day]))
    sign = concepts.signs.get(row.get("operator_concept_id") or 0)
    if row["value_as_number"] is not None:
        said.valueQuantity = _quantity(row, concepts, sign)
    elif row["value_as_concept_id"]:
        answer = concepts.answers.get(int(row["value_as_concept_id"]))
        said.valueCodeableConcept = r.Concept([answer] if answer else [])
    return said


def _quantity(row: Values, concepts: Concepts, sign: str | None) -> r.Quantity:
    value, unit = Decimal(str(row["value_as_number"])), concepts.units.get(row["unit_concept_id"] or 0)
    if unit is not None:
        return r.Quantity(value, sign, system=UCUM, code=unit)
    words = str(row["unit_source_value"] or "").strip() or None
    return r.Quantity(value, sign, unit=words)


def _measured(code: r.Concept, row: Values, concepts: Concepts) -> r.Resource:
    return _observation(code, row, concepts, "measurement_date")


def _observed(code: r.Concept, row: Values, concepts: Concepts) -> r.Resource:
    if row["value_as_number"] is None and not row["value_as_concept_id"]:
        return r.Condition(code=code, onsetDateTime=_text(row["observation_date"]))
    return _observation(code, row, concepts, "observation_date")


def _condition(code: r.Concept, row: Values, _: Concepts) -> r.Resource:
    start, end = _text(row["condition_start_date"]), _text(row["condition_end_date"])
    return r.Condition(code=code, onsetDateTime=start, abatementDateTime=end)


def _drug(code: r.Concept, row: Values, _: Concepts) -> r.Resource:
    taken = r.Period(_text(row["drug_exposure_start_date"]), _text(row["drug_exposure_end_date"]))
    return r.MedicationStatement(status="active", medicationCodeableConcept=code, effectivePeriod=taken)


def _procedure(code: r.Concept, row: Values, _: Concepts) -> r.Resource:
    return r.Procedure(status="completed", code=code, performedDateTime=_text(row["procedure_date"]))


_MAKERS: Mapping[str, Callable[[r.Concept, Values, Concepts], r.Resource]] = {
    "measurement": _measured,
    "observation": _observed,
    "condition_occurrence": _condition,
    "drug_exposure": _drug,
    "procedure_occurrence": _procedure,
}


def person(row: Sequence[Any]) -> Located:
    """From person_id, year, month and day of birth."""
    id_, year, month, day = row[:4]
    born = None if year is None else f"{int(year):04d}"
    if born and month:
        born += f"-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
    return Located("Patient", f"person/{id_}", r.Patient(id=str(id_), birthDate=born, gender="female"))
