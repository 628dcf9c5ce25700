"""When patients were cared for, from FHIR: their latest Encounter, else the latest act; silence stays unknown."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from decidua.guidelines import Knowledge
from decidua.intake.bulk import read_bulk
from decidua.intake.cohort import FactsTable
from decidua.intake.fhir import tables
from intake.bulk_reading import settings, told
from intake.fhir_reading import Resource, about, bundle, concept, observation
from intake.reading import AS_OF

HELD = {"contained": [{"resourceType": "Organization", "id": "o"}]}
"""Sends a patient to the second reader."""
DAY = date(2024, 5, 1)
LOSSES = observation("losses", valueInteger=3)


def visit(start: str | None, id_: str = "e", state: str = "finished", **more: object) -> Resource:
    period = {"period": {"start": start}} if start else {}
    return {"resourceType": "Encounter", "id": id_, "status": state, "class": {"code": "AMB"},
            "subject": {"reference": "Patient/p"}, **period, **more}  # fmt: skip


def act(day: str | None) -> Resource:
    one = {**about("Procedure", concept("ivig", tables().options)), "status": "completed"}
    return {**one, "performedDateTime": day} if day else one


CASES = {
    "latest": ([visit("2023-01-01", "a"), visit("2024-05-01T08:00:00Z", "b")], DAY, "2024"),
    "year": ([visit("2024")], None, "2024"),
    "later-year": ([visit("2024", "a"), visit("2023-01-01", "b")], None, "2024"),
    "same-year": ([visit("2024", "a"), visit("2024-05-01", "b")], DAY, "2024"),
    "to-come": ([visit("2025-01-01", "a"), visit("2024-05-01", "b")], DAY, "2024"),
    "planned": ([visit("2024-05-02", "a", "planned"), visit("2024-05-01", "b", "in-progress")], DAY, "2024"),
    "end-alone": ([visit(None, period={"end": "2024-05-01"})], DAY, "2024"),
    "of-another": ([visit("2024-05-01", subject={"reference": "Patient/q"})], None, None),
    "not-in-error": ([visit("2024-05-01", state="entered-in-error")], None, None),
    "modified": ([visit("2024-05-01", modifierExtension=[{"url": "http://x"}])], None, None),
    "undated": ([visit(None)], None, None),
    "nonsense": ([visit("yesterday")], None, None),
    "act": ([act("2024-05-01")], DAY, "2024"),
    "visit-before-act": ([act("2024-06-01"), visit("2024-05-01")], DAY, "2024"),
    "undated-act": ([act(None)], None, None),
    "nothing": ([], None, None),
}


@pytest.mark.parametrize("way", ["bundle", "second-reader", "export"])
@pytest.mark.parametrize("name", CASES)
def test_day_and_year(knowledge: Knowledge, tmp_path: Path, name: str, way: str) -> None:
    own, day, year = CASES[name]
    frame = read(knowledge, tmp_path, own, way).frame.collect()
    found = [frame[column][0] if column in frame.columns else None for column in ("date.care", "group.year")]
    assert found == [day, year]


def read(knowledge: Knowledge, folder: Path, own: list[Resource], way: str) -> FactsTable:
    patient = {"resourceType": "Patient", "id": "p", **(HELD if way == "second-reader" else {})}
    if way == "export":
        lines = [json.dumps(one) for one in (patient, LOSSES, *own)]
        (folder / "all.ndjson").write_text("\n".join(lines))
    else:
        (folder / "b.json").write_bytes(bundle(LOSSES, *own, patient=patient))
    return read_bulk(folder, settings(knowledge, AS_OF))


@pytest.mark.parametrize("way", ["bundle", "second-reader", "export"])
def test_what_does_not_count_is_told(knowledge: Knowledge, tmp_path: Path, way: str) -> None:
    own = [visit("x1", "a"), visit(None, "b"), visit("2025-01-01", "c"), visit("2024", "d", "cancelled")]
    said = told(read(knowledge, tmp_path, own, way))
    keys = {key for key, column in said if column == "date.care"}
    assert keys == {"bulk.date", "bulk.encounter-undated", "bulk.later", "bulk.status"}
    assert said["bulk.date", "date.care"][1:] == ((3,), 1) if way == "export" else True


def test_days_from_acts_are_told(knowledge: Knowledge, tmp_path: Path) -> None:
    said = told(read(knowledge, tmp_path, [act("2024-05-01")], "bundle"))
    assert said["bulk.care-by-acts", "date.care"][2] == 1


def test_an_encounter_is_no_type_that_is_not_read(knowledge: Knowledge, tmp_path: Path) -> None:
    own = [visit("2024-05-01", serviceType=concept("immunology", "http://x"))]
    for way in ("bundle", "second-reader", "export"):
        table = read(knowledge, tmp_path, own, way)
        assert "Encounter" not in {column.name for column in table.description.columns}
        assert table.frame.collect()["group.setting"].to_list() == ["immunology"]
        for file in tmp_path.iterdir():
            file.unlink()
