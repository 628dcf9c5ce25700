"""The same seed and content make the same bytes, however the work is divided; every shape says that it is synthetic."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest
from cli.running import run
from polars.testing import assert_frame_equal

from audit.synthetic_rows import known, stated
from decidua.audit.synthetic import Cohort, Model, read_model
from decidua.audit.synthetic.csv_file import write_csv
from decidua.audit.synthetic.draws import BLOCK
from decidua.fhir.cohort_files import write_bulk, write_bundles
from decidua.fhir.ndjson import KINDS, TEST, FhirRows
from decidua.guidelines import Knowledge
from decidua.intake.cohort import read_facts, write_facts
from decidua.intake.fhir import read_fhir


@pytest.fixture(scope="module")
def model(knowledge: Knowledge) -> Model:
    return read_model(knowledge)


@pytest.fixture(scope="module")
def cohort(model: Model) -> Cohort:
    return Cohort(model, 250, 31)


def rows(model: Model, *, entries: bool) -> FhirRows:
    names = [one.name for one in model.written.stated]
    return FhirRows(model.knowledge.vocabulary, names, model.written.as_of, entries=entries)


def test_the_first_rows_of_a_large_cohort_are_a_small_one(model: Model) -> None:
    large, small = Cohort(model, 5000, 2).frame(0), Cohort(model, 7, 2).frame(0)
    assert_frame_equal(large.head(7), small)


def test_blocks_do_not_depend_on_each_other(model: Model) -> None:
    both = Cohort(model, BLOCK + 1000, 2)
    alone = both.frame(1)
    assert (len(alone), alone["patient"][0]) == (1000, f"synthetic-{BLOCK + 1:09}")
    for workers in (1, 3):
        found = pl.concat(both.frames(workers))
        assert_frame_equal(found.tail(1000), alone)
        assert found["patient"].n_unique() == BLOCK + 1000
    assert not found.head(1000).drop("patient").equals(alone.drop("patient"))


def test_another_seed_makes_another_cohort(model: Model) -> None:
    first, second = Cohort(model, 500, 2).frame(0), Cohort(model, 500, 3).frame(0)
    same = sum(first[name].equals(second[name]) for name in first.columns)
    assert same <= 3  # the ids, and what is rare enough to be equal by chance


def test_files_are_the_same_bytes(model: Model, tmp_path: Path) -> None:
    digests = defaultdict(set)
    for turn, workers in enumerate((1, 1, 2)):
        again = Cohort(read_model(model.knowledge), BLOCK + 500, 4)
        write_facts(again.table(workers=workers), tmp_path / f"{turn}.parquet")
        digests["parquet"].add(hashlib.sha256((tmp_path / f"{turn}.parquet").read_bytes()).hexdigest())
        small = Cohort(model, 300, 4)
        write_csv(small, tmp_path / f"{turn}.csv", workers=workers)
        write_bundles(small.frames(workers), rows(model, entries=True), tmp_path / f"{turn}.ndjson")
        for shape in ("csv", "ndjson"):
            digests[shape].add(hashlib.sha256((tmp_path / f"{turn}.{shape}").read_bytes()).hexdigest())
    assert {shape: len(found) for shape, found in digests.items()} == {"parquet": 1, "csv": 1, "ndjson": 1}


def test_parquet_says_what_it_is(cohort: Cohort, tmp_path: Path, knowledge: Knowledge) -> None:
    write_facts(cohort.table(), tmp_path / "c.parquet")
    said = json.loads(pl.read_parquet_metadata(tmp_path / "c.parquet")["decidua"])
    assert (said["synthetic"], said["seed"], said["closed"], said["as_of"]) == (True, 31, True, "2026-06-30")
    assert said["content"] == knowledge.content.hash
    assert cohort.model.hash in said["made_by"]
    read = read_facts(tmp_path / "c.parquet")
    assert read.about == cohort.about
    assert_frame_equal(read.frame.collect(), cohort.frame(0))


def test_only_what_is_asked_for_is_made_of_a_table(cohort: Cohort) -> None:
    told: list[int] = []
    frame = cohort.table(told.append).frame
    found = frame.filter(pl.col("losses") >= 4).select("patient", "losses").collect()
    assert found.equals(cohort.frame(0).filter(pl.col("losses") >= 4).select("patient", "losses"))
    assert frame.head(9).collect().equals(cohort.frame(0).head(9))
    assert sum(told) >= 250


def test_every_line_of_csv_says_so(cohort: Cohort, tmp_path: Path) -> None:
    write_csv(cohort, tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 250
    assert {line["synthetic"] for line in lines} == {"yes"}
    assert all(line["patient"].startswith("synthetic-") for line in lines)
    assert "vitamin_d [ng/mL]" in lines[0]
    for line, row in zip(lines, cohort.frame(0).iter_rows(named=True), strict=True):
        assert line["losses"] == ("" if row["losses"] is None else str(int(row["losses"])))
        assert line["vitamin_d [ng/mL]"] == ("" if row["vitamin_d"] is None else str(row["vitamin_d"]))


def test_every_resource_is_tagged(cohort: Cohort, tmp_path: Path) -> None:
    write_bundles(cohort.frames(), rows(cohort.model, entries=True), tmp_path / "c.ndjson")
    for line in (tmp_path / "c.ndjson").read_bytes().splitlines():
        bundle = msgspec.json.decode(line)
        resources = [bundle, *(entry["resource"] for entry in bundle["entry"])]
        assert all(TEST in resource["meta"]["tag"] for resource in resources)
        urls = [entry["fullUrl"] for entry in bundle["entry"]]
        assert len(set(urls)) == len(urls) > 10
        assert all(len(resource["id"]) <= 64 for resource in resources)


def expected(cohort: Cohort) -> list[tuple[str, dict[str, Any]]]:
    named = cohort.frame(0).iter_rows(named=True)
    return [(row["patient"], {**known(cohort, row), **stated(cohort, row)}) for row in named]


def test_bundles_are_read_back_cell_by_cell(cohort: Cohort, tmp_path: Path, knowledge: Knowledge) -> None:
    write_bundles(cohort.frames(), rows(cohort.model, entries=True), tmp_path / "c.ndjson")
    lines = (tmp_path / "c.ndjson").read_bytes().splitlines()
    for line, (patient, values) in zip(lines, expected(cohort), strict=True):
        assert _read(line, knowledge, cohort) == values, patient


def test_a_bulk_export_holds_the_same(cohort: Cohort, tmp_path: Path, knowledge: Knowledge) -> None:
    write_bulk(cohort.frames(), rows(cohort.model, entries=False), tmp_path)
    of: dict[str, list[Any]] = defaultdict(list)
    for kind in KINDS:
        for line in (tmp_path / f"{kind}.ndjson").read_bytes().splitlines():
            resource = msgspec.json.decode(line)
            assert resource["resourceType"] == kind
            assert TEST in resource["meta"]["tag"]
            whose = resource["id"] if kind == "Patient" else resource["subject"]["reference"].removeprefix("Patient/")
            of[whose].append({"resource": resource})
    for patient, values in expected(cohort):
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": of[patient]}
        assert _read(msgspec.json.encode(bundle), knowledge, cohort) == values, patient


def test_care_goes_out_with_its_day(cohort: Cohort) -> None:
    frame = cohort.frame(0)
    row = frame.filter(pl.col("done.ivig") & pl.col("date.care").is_not_null()).row(0, named=True)
    made = rows(cohort.model, entries=False)
    acts = next(parts[KINDS.index("Procedure")] for id_, parts in made.of(frame) if id_ == row["patient"]).splitlines()
    ivig = next(act for act in map(msgspec.json.decode, acts) if act["code"]["coding"][0]["code"] == "ivig")
    assert (ivig["status"], ivig["performedDateTime"]) == ("completed", row["date.care"].isoformat())
    assert {msgspec.json.decode(act)["status"] for act in acts} == {"completed", "not-done"}


def _read(bundle: bytes, knowledge: Knowledge, cohort: Cohort) -> dict[str, Any]:
    as_of = cohort.model.written.as_of
    mapped = read_fhir([bundle], name="b", vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=as_of)
    return dict(mapped.intake.patient.values)


def test_a_consultation_of_one_of_them_says_so(cohort: Cohort, tmp_path: Path) -> None:
    write_bundles(cohort.frames(), rows(cohort.model, entries=True), tmp_path / "c.ndjson")
    one = (tmp_path / "c.ndjson").read_bytes().splitlines()[0]
    for data, said in ((one, True), (one.replace(b"HTEST", b"OTHER"), False)):
        (tmp_path / "one.json").write_bytes(data)
        ran = run("consult", "--fhir", str(tmp_path / "one.json"), "--as-of", "2026-06-30")
        assert ran.code == 0
        assert ("tagged as test data" in " ".join(ran.out.split())) is said
