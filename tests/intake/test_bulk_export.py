"""A bulk export: the resources of a patient are scattered over files, and she is the same as in a bundle."""

from __future__ import annotations

import gzip
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fhir_bundles import AS_OF as DAY
from benchmarks.fhir_bundles import bundles
from decidua.errors import CohortError
from decidua.guidelines import Knowledge
from decidua.intake.bulk import lines, processes, read, read_bulk, second
from decidua.intake.cohort import FactsTable
from intake.bulk_reading import Cells, by_patient, in_bulk, reader, settings, told
from intake.fhir_reading import Resource, about, concept, observation, quantity, status
from intake.odd_bundles import Charts

COUNT = 60


def export(folder: Path, resources: list[Resource], ending: str = ".ndjson", seed: int = 1) -> Path:
    """A file for each type, its lines in no order."""
    folder.mkdir(exist_ok=True)
    kinds: dict[str, list[bytes]] = {}
    for one in resources:
        kinds.setdefault(one["resourceType"], []).append(json.dumps(one).encode() + b"\n")
    for kind, own in kinds.items():
        random.Random(seed).shuffle(own)
        data = b"".join(own)
        (folder / f"{kind}{ending}").write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
    return folder


@pytest.fixture(scope="module")
def women(knowledge: Knowledge) -> dict[object, Cells]:
    return {row["patient"]: row for row in in_bulk(reader(knowledge, DAY), list(bundles(COUNT)))}


@pytest.fixture(scope="module")
def resources() -> list[Resource]:
    return [entry["resource"] for data in bundles(COUNT) for entry in json.loads(data)["entry"]]


@pytest.mark.parametrize("ending", [".ndjson", ".jsonl.gz"])
def test_the_same_women_as_in_bundles(
    knowledge: Knowledge, women: dict[object, Cells], resources: list[Resource], tmp_path: Path, ending: str
) -> None:
    table = read_bulk(export(tmp_path / "x", resources, ending), settings(knowledge, DAY))
    assert by_patient(table) == women
    assert (table.description.patients, table.description.refused, table.about.closed) == (COUNT, 0, True)
    unread = {column.name: column.unknown for column in table.description.columns if not column.fact}
    assert unread["Claim"] == COUNT
    assert unread["http://loinc.org 718-7 (Hemoglobin [Mass/volume] in Blood)"] == COUNT


def test_bundles_a_line_and_bundles_a_file(knowledge: Knowledge, women: dict[object, Cells], tmp_path: Path) -> None:
    every = list(bundles(COUNT))
    (tmp_path / "a.ndjson").write_bytes(b"\n".join(every[:40]))
    for number, data in enumerate(every[40:]):
        (tmp_path / f"b{number}.json").write_bytes(b"\xef\xbb\xbf" + data if number == 3 else data)
    assert by_patient(read_bulk(tmp_path, settings(knowledge, DAY))) == women


def test_two_processes_and_small_parts_give_the_same(
    knowledge: Knowledge, women: dict[object, Cells], resources: list[Resource], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(lines, "PART", 20_000)
    folder = export(tmp_path / "x", resources)
    assert len(lines.parts(folder)) > 20
    seen: list[int] = []
    table = read_bulk(folder, settings(knowledge, DAY), workers=2, progress=seen.append)
    assert by_patient(table) == women
    assert seen == sorted(seen)
    assert seen[-1] == len(resources)


def test_lines_are_numbered_through_all_parts(knowledge: Knowledge, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(lines, "PART", 1_000)
    good = [json.dumps(observation("tsh", "2024-05-01", f"o{n}", **quantity(2, "m[IU]/L"))) for n in range(40)]
    good[30] = '{"resourceType": "Observation", "id": "cut", "status": "fin'
    good[35] = json.dumps(observation("tsh", "2024-05-01", "u", **quantity(2, "mg/dL")))
    (tmp_path / "o.ndjson").write_text("\n".join(good) + "\n")
    assert len(lines.parts(tmp_path)) > 5
    found = told(read_bulk(tmp_path, settings(knowledge, DAY)))
    assert found["bulk.truncated", ""] == ("o.ndjson", (31,), 1)
    assert found["error.unit", "tsh"] == ("o.ndjson", (36,), 1)


def counts(table: FactsTable) -> list[tuple[str, str, int]]:
    return sorted((problem.key, problem.column, problem.count) for problem in table.description.problems)


def odd(knowledge: Knowledge, count: int) -> list[Resource]:
    """Women of whom many are for the one-patient reader, each with ids of her own."""
    charts, found = Charts(knowledge.vocabulary, 5, DAY, 0.2), []
    for number in range(count):
        entries = [entry.get("resource") for entry in charts.bundle()["entry"]]
        text = json.dumps([one for one in entries if one and one.get("resourceType")])
        text = text.replace('"p"', f'"w{number}"').replace('"Patient/p"', f'"Patient/w{number}"')
        text = text.replace("urn:uuid:p", f"Patient/w{number}").replace('"id": "r', f'"id": "w{number}-r')
        found += json.loads(text)
    return found


@pytest.mark.parametrize("way", ["memory", "rounds", "scratch"])
def test_odd_patients_are_read_a_second_time(
    knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """However their lines are held meanwhile, and nothing stays behind."""
    if way == "rounds":
        monkeypatch.setattr(second, "ROUND", 3_000)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    folder = export(tmp_path / "x", odd(knowledge, 80))
    table = read_bulk(folder, settings(knowledge, DAY), scratch=scratch if way == "scratch" else None)
    plain = read_bulk(folder, settings(knowledge, DAY))
    assert by_patient(table) == by_patient(plain)
    assert list(scratch.iterdir()) == []
    assert counts(table) == counts(plain)
    assert table.description.patients > 40


def test_the_order_of_lines_and_files_does_not_matter(knowledge: Knowledge, tmp_path: Path) -> None:
    every = odd(knowledge, 60)
    first, other = (export(tmp_path / name, every, seed=seed) for name, seed in (("a", 1), ("b", 2)))
    assert by_patient(read_bulk(first, settings(knowledge, DAY))) == by_patient(
        read_bulk(other, settings(knowledge, DAY))
    )


def one(knowledge: Knowledge, folder: Path, *own: Resource) -> Cells:
    woman = {"resourceType": "Patient", "id": "p", "gender": "female"}
    return by_patient(read_bulk(export(folder, [woman, *own]), settings(knowledge, DAY)))["p"]


def test_a_medicine_that_is_named_elsewhere(knowledge: Knowledge, tmp_path: Path) -> None:
    medicine = {"resourceType": "Medication", "id": "m1", "code": concept("on_aspirin")}
    taken = {**about("MedicationStatement", {}), "status": "active", "code": None,
             "medicationReference": {"reference": "Medication/m1"}}  # fmt: skip
    assert one(knowledge, tmp_path / "x", medicine, taken)["on_aspirin"] is True
    assert "on_aspirin" not in one(knowledge, tmp_path / "y", taken)


def test_a_resource_that_comes_twice(knowledge: Knowledge, tmp_path: Path) -> None:
    """Once more the same changes nothing; two versions contradict each other, and neither counts."""
    seen = observation("tsh", "2024-05-01", "o1", **quantity(2, "m[IU]/L"))
    other = observation("tsh", "2024-05-01", "o1", **quantity(3, "m[IU]/L"))
    assert one(knowledge, tmp_path / "x", seen, seen)["tsh"] == 2.0
    assert "tsh" not in one(knowledge, tmp_path / "y", seen, other)


@pytest.mark.parametrize("reference", ["Patient/p", "https://ehr.example/fhir/Patient/p", "Patient/p/_history/3"])
def test_references_of_several_forms(knowledge: Knowledge, tmp_path: Path, reference: str) -> None:
    lupus = {**about("Condition", concept("sle"), **status()), "subject": {"reference": reference}}
    assert one(knowledge, tmp_path / "x", lupus)["sle"] is True


def test_a_patient_without_a_line_of_her_own(knowledge: Knowledge, tmp_path: Path) -> None:
    folder = export(tmp_path / "x", [about("Condition", concept("sle"), **status())])
    assert by_patient(read_bulk(folder, settings(knowledge, DAY))) == {"p": {"patient": "p", "sle": True}}


def test_what_contradicts_itself_is_left_out_and_told(knowledge: Knowledge, tmp_path: Path) -> None:
    day = DAY.isoformat()
    few = observation("losses", day, "a", valueInteger=1)
    many = observation("clinical_losses", day, "b", valueInteger=5)
    folder = export(tmp_path / "x", [few, many, about("Condition", concept("sle"), **status()) | {"subject": {
        "reference": "Patient/q"}}])  # fmt: skip
    table = read_bulk(folder, settings(knowledge, DAY))
    assert set(by_patient(table)) == {"q"}
    assert told(table)["bulk.conflict", ""][2] == 1
    assert table.description.refused == 1


def test_a_batch_may_end_anywhere(
    knowledge: Knowledge, women: dict[object, Cells], resources: list[Resource], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(read, "PATIENTS", 7)
    monkeypatch.setattr(processes, "BUNDLES", 5)
    assert by_patient(read_bulk(export(tmp_path / "x", resources), settings(knowledge, DAY))) == women
    (tmp_path / "b.ndjson").write_bytes(b"\n".join(bundles(COUNT)))
    assert by_patient(read_bulk(tmp_path / "b.ndjson", settings(knowledge, DAY))) == women


def test_many_small_files_in_two_processes(
    knowledge: Knowledge, women: dict[object, Cells], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many files of one bundle go to a process together; a few megabytes of waiting bundles are enough."""
    monkeypatch.setattr(processes, "FILES", 7)
    monkeypatch.setattr(processes, "BYTES", 40_000)
    for number, data in enumerate(bundles(COUNT)):
        (tmp_path / f"b{number:03}.json").write_bytes(data)
    (tmp_path / "b030x.json").write_bytes(b"{")
    table = read_bulk(tmp_path, settings(knowledge, DAY), workers=2)
    assert by_patient(table) == women
    assert told(table)["bulk.truncated", ""] == ("b030x.json", (), 1)


def test_a_process_that_dies_is_told(
    knowledge: Knowledge, resources: list[Resource], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_start", _die)
    with pytest.raises(CohortError) as ended:
        read_bulk(export(tmp_path / "x", resources), settings(knowledge, DAY), workers=2)
    assert ended.value.key == "bulk.process-ended"


def _die(_: object) -> None:
    os._exit(1)
