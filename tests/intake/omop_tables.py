"""One small cohort three ways: as OMOP tables, as FHIR bundles, and as what is written in patient files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from decidua.intake.fhir import tables
from intake.fhir_reading import LOINC, SCT, UCUM, Resource, bundle

ATC, RXNORM = "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"
CONCEPTS: list[tuple[int, str, str, str, str]] = [
    # concept_id, concept_code, vocabulary_id, concept_name, domain_id
    (8532, "F", "Gender", "FEMALE", "Gender"),
    (8507, "M", "Gender", "MALE", "Gender"),
    (1, "3016-3", "LOINC", "Thyrotropin", "Measurement"),
    (2, "62292-8", "LOINC", "25-Hydroxyvitamin D2+D3", "Measurement"),
    (3, "3281-3", "LOINC", "Lupus anticoagulant", "Measurement"),
    (4, "5048-4", "LOINC", "Nuclear Ab", "Measurement"),
    (5, "losses", "decidua-facts", "Losses of all kinds", "Observation"),
    (6, "29463-7", "LOINC", "Body weight", "Measurement"),
    (71, "consecutive_losses", "decidua-facts", "Longest run of losses", "Observation"),
    (7, "26843008", "SNOMED", "Antiphospholipid syndrome", "Condition"),
    (8, "91930004", "SNOMED", "Allergy to egg", "Observation"),
    (10, "L04AD02", "ATC", "tacrolimus", "Drug"),
    (11, "J06BA02", "ATC", "immunoglobulins", "Drug"),
    (12, "B01AB05", "ATC", "enoxaparin", "Drug"),
    (13, "B01AC06", "ATC", "acetylsalicylic acid", "Drug"),
    (20, "ng/mL", "UCUM", "nanogram per milliliter", "Unit"),
    (21, "nmol/L", "UCUM", "nanomole per liter", "Unit"),
    (22, "m[IU]/L", "UCUM", "milli-IU per liter", "Unit"),
    (23, "[lb_av]", "UCUM", "pound", "Unit"),
    (24, "{titer}", "UCUM", "titer", "Unit"),
    (30, "10828004", "SNOMED", "Positive", "Meas Value"),
    (31, "260385009", "SNOMED", "Negative", "Meas Value"),
    (40, "OMOP-1", "Meas Value Operator", "<", "Meas Value Operator"),
    (41, "OMOP-2", "Meas Value Operator", ">=", "Meas Value Operator"),
    (50, "enox 40", "RxNorm Extension", "enoxaparin 40 mg syringe", "Drug"),
    (51, "pair", "RxNorm Extension", "enoxaparin with aspirin", "Drug"),
    (60, "3016-3x", "ICD9CM", "something else", "Measurement"),
]
ANCESTORS = [(12, 50), (12, 51), (13, 51), (12, 12)]
SYSTEMS = {"LOINC": LOINC, "SNOMED": SCT, "ATC": ATC, "decidua-facts": tables().own}
BY_ID = {row[0]: row for row in CONCEPTS}
SIGNS = {40: "<", 41: ">="}


@dataclass(frozen=True)
class Event:
    """One record: table, concept, day, and for measurements a value."""

    table: str
    concept: int
    day: str
    number: str | None = None
    unit: int = 0
    sign: int = 0
    answer: int = 0
    end: str | None = None
    unit_text: str | None = None


@dataclass(frozen=True)
class Woman:
    id: int
    born: tuple[int, int | None, int | None]
    events: tuple[Event, ...] = ()
    file: str = ""
    """The same woman as a patient file."""
    fhir: dict[str, Any] = field(default_factory=dict)


WOMEN = [
    Woman(1, (1990, 3, 5), (
        Event("measurement", 1, "2024-01-01", "2.5", 22),
        Event("measurement", 1, "2024-05-01", "3.5", 22),
        Event("measurement", 1, "2024-07-01", "9", 22),
        Event("measurement", 2, "2024-02-01", "75", 21),
        Event("observation", 5, "2024-05-20", "3"),
        Event("condition_occurrence", 7, "2020-01-01"),
        Event("drug_exposure", 10, "2024-05-20", end="2024-06-10"),
    ), "age: 34\ntsh: 3.5 mIU/L\nvitamin_d: 75 nmol/L\nlosses: 3\naps: yes\non_tacrolimus: yes\n"),
    Woman(2, (1985, 12, None), (
        Event("measurement", 2, "2024-02-01", "30", 21, sign=40),
        Event("measurement", 3, "2024-01-01", answer=30),
        Event("measurement", 3, "2024-05-01", answer=30),
        Event("measurement", 4, "2024-01-01", "320", 24, sign=41),
        Event("observation", 5, "2022-05-20", "2"),
        Event("condition_occurrence", 7, "2020-01-01", end="2021-01-01"),
        Event("drug_exposure", 10, "2023-05-20", end="2023-06-10"),
    ), "age: 38\nvitamin_d: <30 nmol/L\nana_titre: '>=1:320'\nlosses: '>=2'\nresults:\n"
       "  - {test: lupus_anticoagulant, date: 2024-01-01, value: positive}\n"
       "  - {test: lupus_anticoagulant, date: 2024-05-01, value: positive}\n"),
    Woman(3, (1995, 6, 1), (
        Event("measurement", 6, "2024-05-01", "132.3", 23),
        Event("measurement", 1, "2024-05-01", "4.0"),
        Event("measurement", 2, "2024-05-01", "20", unit_text="ng/mL"),
        Event("measurement", 3, "2024-05-01", answer=31),
    ), "age: 29\nweight: 132.3 lb\nvitamin_d: 20 ng/mL\nresults:\n"
       "  - {test: lupus_anticoagulant, date: 2024-05-01, value: negative}\n"),
]  # fmt: skip


def frames(women: list[Woman], more: dict[str, list[dict[str, Any]]] | None = None) -> dict[str, pl.DataFrame]:
    """OMOP tables; `more` adds rows to them."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    for woman in women:
        year, month, day = woman.born
        rows["person"].append(
            {"person_id": woman.id, "gender_concept_id": 8532, "year_of_birth": year, "month_of_birth": month,
             "day_of_birth": day}
        )  # fmt: skip
        for event in woman.events:
            rows[event.table].append(_row(event, woman.id, 100 * woman.id + len(rows[event.table])))
    for name, added in (more or {}).items():
        rows[name] += added
    tables = {name: pl.DataFrame(rows[name], schema=schema, strict=False) for name, schema in COLUMNS.items()}
    concept = ["concept_id", "concept_code", "vocabulary_id", "concept_name", "domain_id"]
    tables["concept"] = pl.DataFrame(CONCEPTS, schema=concept, orient="row")
    tables["concept_ancestor"] = pl.DataFrame(
        ANCESTORS, schema=["ancestor_concept_id", "descendant_concept_id"], orient="row"
    )
    return tables


def _row(event: Event, person: int, key: int) -> dict[str, Any]:
    stem = event.table.removesuffix("_occurrence").removesuffix("_exposure")
    start = f"{event.table if event.table == 'drug_exposure' else stem}_start_date"
    found: dict[str, Any] = {f"{event.table}_id": key, "person_id": person, f"{stem}_concept_id": event.concept}
    if event.table in ("measurement", "observation", "procedure_occurrence"):
        found[f"{stem}_date"] = date.fromisoformat(event.day)
    else:
        found[start] = date.fromisoformat(event.day)
        found[start.replace("start", "end")] = date.fromisoformat(event.end) if event.end else None
    if event.table in ("measurement", "observation"):
        found |= {
            "value_as_number": float(event.number) if event.number else None,
            "value_as_concept_id": event.answer,
            "unit_concept_id": event.unit,
            "unit_source_value": event.unit_text,
        }
    if event.table == "measurement":
        found["operator_concept_id"] = event.sign
    return found


_ANSWER = {"value_as_number": pl.Float64, "value_as_concept_id": pl.Int64, "unit_concept_id": pl.Int64,
           "unit_source_value": pl.String}  # fmt: skip
COLUMNS: dict[str, dict[str, Any]] = {
    "person": {"person_id": pl.Int64, "gender_concept_id": pl.Int64, "year_of_birth": pl.Int32,
               "month_of_birth": pl.Int32, "day_of_birth": pl.Int32},
    "measurement": {"measurement_id": pl.Int64, "person_id": pl.Int64, "measurement_concept_id": pl.Int64,
                    "measurement_date": pl.Date, **_ANSWER, "operator_concept_id": pl.Int64},
    "observation": {"observation_id": pl.Int64, "person_id": pl.Int64, "observation_concept_id": pl.Int64,
                    "observation_source_concept_id": pl.Int64, "observation_date": pl.Date, **_ANSWER},
    "condition_occurrence": {"condition_occurrence_id": pl.Int64, "person_id": pl.Int64,
                             "condition_concept_id": pl.Int64, "condition_start_date": pl.Date,
                             "condition_end_date": pl.Date},
    "drug_exposure": {"drug_exposure_id": pl.Int64, "person_id": pl.Int64, "drug_concept_id": pl.Int64,
                      "drug_exposure_start_date": pl.Date, "drug_exposure_end_date": pl.Date},
    "procedure_occurrence": {"procedure_occurrence_id": pl.Int64, "person_id": pl.Int64,
                             "procedure_concept_id": pl.Int64, "procedure_date": pl.Date},
    "cohort": {"cohort_definition_id": pl.Int64, "subject_id": pl.Int64},
}  # fmt: skip


def parquet(folder: Path, tables: dict[str, pl.DataFrame]) -> Path:
    folder.mkdir()
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def as_bundle(woman: Woman) -> bytes:
    """The same records as FHIR resources."""
    born = "-".join(f"{part:02d}" for part in woman.born if part is not None)
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": born}
    return bundle(*(_resource(event, n) for n, event in enumerate(woman.events)), patient=patient)


def _resource(event: Event, number: int) -> Resource:
    _, code, vocabulary, *_ = BY_ID[event.concept]
    coded = {"coding": [{"system": SYSTEMS[vocabulary], "code": code}]}
    base: Resource = {"id": f"r{number}", "subject": {"reference": "Patient/p"}}
    if event.table == "condition_occurrence":
        ended = {"abatementDateTime": event.end} if event.end else {}
        return {"resourceType": "Condition", **base, "code": coded, "onsetDateTime": event.day, **ended}
    if event.table == "drug_exposure":
        period = {"start": event.day, "end": event.end}
        return {"resourceType": "MedicationStatement", **base, "status": "active",
                "medicationCodeableConcept": coded, "effectivePeriod": period}  # fmt: skip
    one: Resource = {"resourceType": "Observation", **base, "status": "final", "code": coded}
    one["effectiveDateTime"] = event.day
    if event.answer:
        return {**one, "valueCodeableConcept": {"coding": [{"system": SCT, "code": BY_ID[event.answer][1]}]}}
    given: Resource = {"value": float(str(event.number))}
    if event.unit:
        given |= {"system": UCUM, "code": BY_ID[event.unit][1]}
    if event.unit_text:
        given["unit"] = event.unit_text
    if event.sign:
        given["comparator"] = SIGNS[event.sign]
    return {**one, "valueQuantity": given}
