"""OMOP tables say what the same records say as FHIR, and what a patient file says; from Parquet and from DuckDB."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from decidua.errors import CohortError
from decidua.facts import Vocabulary
from decidua.intake.cohort import FactsTable, write_facts
from decidua.intake.omop import read_omop
from intake.cohort_reading import problems, rows, settings
from intake.fhir_reading import ReadFhir
from intake.omop_tables import WOMEN, as_bundle, frames, parquet
from intake.patient_rows import table_of
from intake.reading import Read

T, F, N = True, False, None


def facts(table: FactsTable) -> pl.DataFrame:
    """Only the facts, without columns in which nothing is known, in the order of names."""
    frame = table.frame.collect()
    kept = [c for c in frame.columns if not c.startswith(("done.", "date.")) and frame[c].null_count() < len(frame)]
    return frame.select(sorted(kept))


def expected(values: list[tuple[str, Any]], vocabulary: Vocabulary) -> pl.DataFrame:
    frame = table_of(values, vocabulary)
    return frame.select(sorted(c for c in frame.columns if frame[c].null_count() < len(frame)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return parquet(tmp_path / "omop", frames(WOMEN))


def test_row_for_row_as_fhir(folder: Path, vocabulary: Vocabulary, read_bundle: ReadFhir) -> None:
    as_fhir = [(str(woman.id), read_bundle(as_bundle(woman)).intake.patient.values) for woman in WOMEN]
    found = facts(read_omop(folder, settings(vocabulary)))
    assert found.equals(expected(as_fhir, vocabulary))
    assert {"tsh", "vitamin_d", "losses.low", "on_tacrolimus", "lupus_anticoagulant", "age"} <= set(found.columns)


def test_row_for_row_as_patient_files(folder: Path, vocabulary: Vocabulary, read: Read) -> None:
    files = [(str(woman.id), read(woman.file).patient.values) for woman in WOMEN]
    assert facts(read_omop(folder, settings(vocabulary))).equals(expected(files, vocabulary))


def test_a_duckdb_file_says_the_same_and_is_only_read(tmp_path: Path, folder: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "cdm.duckdb"
    with duckdb.connect(str(path)) as database:
        for file in folder.iterdir():
            database.execute(f"create table {file.stem} as select * from '{file}'")
    before = path.read_bytes()
    one, other = (read_omop(source, settings(vocabulary)) for source in (path, folder))
    assert one.frame.collect().equals(other.frame.collect())
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cdm.duckdb", "omop"]


def test_later_records_and_odd_ones_are_counted(folder: Path, vocabulary: Vocabulary) -> None:
    found = problems(read_omop(folder, settings(vocabulary)))
    assert (found["bulk.later"].count, found["bulk.later"].column) == (1, "tsh")
    assert (found["error.unit-missing"].column, found["error.unit-missing"].rows) == ("tsh", (3,))
    assert not found["error.unit-missing"].note
    assert found["omop.no-pregnancies"].note
    assert {"bulk.ended", "bulk.over"} <= set(found)
    with pytest.raises(CohortError):
        read_omop(folder, settings(vocabulary), strict=True)


def test_a_woman_whose_records_contradict_each_other_is_told(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def said(key: int, concept: int, number: float) -> dict[str, Any]:
        return {"observation_id": key, "person_id": 3, "observation_concept_id": concept,
                "observation_date": date(2024, 6, 1), "value_as_number": number}  # fmt: skip

    folder = parquet(tmp_path / "omop", frames(WOMEN, {"observation": [said(1, 5, 3), said(2, 71, 5)]}))
    table = read_omop(folder, settings(vocabulary))
    assert rows(table, "patient") == [("1",), ("2",)]
    assert (problems(table)["bulk.conflict"].count, problems(table)["bulk.conflict"].rows) == (1, (3,))


def test_what_was_done_by_products_and_classes(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def taken(person: int, drug: int, day: date = date(2024, 1, 1)) -> dict[str, Any]:
        return {"drug_exposure_id": 9000 + person * 10 + drug % 10, "person_id": person, "drug_concept_id": drug,
                "drug_exposure_start_date": day, "drug_exposure_end_date": day}  # fmt: skip

    given = [taken(1, 50), taken(2, 51), taken(3, 11), taken(3, 50, date(2030, 1, 1))]
    table = read_omop(parquet(tmp_path / "omop", frames(WOMEN, {"drug_exposure": given})), settings(vocabulary))
    assert rows(table, "patient", "done.heparin", "done.ivig", "done.tacrolimus", "done.test:tsh") == [
        ("1", T, N, T, T),
        ("2", N, N, T, N),  # a product of both drugs is neither
        ("3", N, T, N, T),
    ]
    assert problems(table)["omop.several-options"].count == 1
    later = {p.file: p.count for p in table.description.problems if p.key == "cohort.event-later"}
    assert later == {"measurement": 1, "drug_exposure": 1}
    assert rows(table, "date.test:tsh")[0] == (date(2024, 1, 1),)


def test_an_observation_without_an_answer_asserts_its_code(tmp_path: Path, vocabulary: Vocabulary) -> None:
    egg = {"observation_id": 1, "person_id": 3, "observation_source_concept_id": 8,
           "observation_date": date(2020, 1, 1)}  # fmt: skip
    table = read_omop(parquet(tmp_path / "omop", frames(WOMEN, {"observation": [egg]})), settings(vocabulary))
    assert rows(table, "allergy_egg_soy_peanut") == [(N,), (N,), (T,)]


def test_the_latest_visit_is_the_day_of_care(folder: Path, vocabulary: Vocabulary) -> None:
    """Up to the as-of date; whoever has none has no day of care."""
    first, second = WOMEN[0].id, WOMEN[1].id
    days = [(first, date(2022, 3, 1)), (first, date(2023, 5, 2)), (first, date(2099, 1, 1)), (second, date(2021, 7, 3))]
    frame = pl.DataFrame(days, schema={"person_id": pl.Int64, "visit_start_date": pl.Date}, orient="row")
    assert "date.care" not in read_omop(folder, settings(vocabulary)).frame.collect_schema().names()
    frame.write_parquet(folder / "visit_occurrence.parquet")
    table = read_omop(folder, settings(vocabulary))
    found = {patient: cells for patient, *cells in rows(table, "patient", "date.care", "group.year")}
    assert found[str(first)] == [date(2023, 5, 2), "2023"]
    assert found[str(second)] == [date(2021, 7, 3), "2021"]
    assert all(cells == [N, N] for patient, cells in found.items() if patient not in (str(first), str(second)))
    later = [one for one in table.description.problems if (one.key, one.column) == ("bulk.later", "date.care")]
    assert [one.count for one in later] == [1]


def test_only_the_subjects_of_a_cohort(tmp_path: Path, vocabulary: Vocabulary) -> None:
    chosen = [{"cohort_definition_id": 7, "subject_id": n} for n in (1, 3)] + [
        {"cohort_definition_id": 8, "subject_id": 2}
    ]
    folder = parquet(tmp_path / "omop", frames(WOMEN, {"cohort": chosen}))
    assert rows(read_omop(folder, settings(vocabulary), cohort=7), "patient") == [("1",), ("3",)]


def test_men_are_left_out_and_counted(tmp_path: Path, vocabulary: Vocabulary) -> None:
    man = {"person_id": 9, "gender_concept_id": 8507, "year_of_birth": 1980}
    table = read_omop(parquet(tmp_path / "omop", frames(WOMEN, {"person": [man]})), settings(vocabulary))
    assert (table.description.rows, table.description.patients, table.description.refused) == (4, 3, 1)
    assert problems(table)["omop.male"].rows == (4,)


@pytest.mark.parametrize("missing", ["person", "concept"])
def test_a_table_that_is_needed(folder: Path, vocabulary: Vocabulary, missing: str) -> None:
    (folder / f"{missing}.parquet").unlink()
    with pytest.raises(CohortError, match=missing):
        read_omop(folder, settings(vocabulary))


def test_tables_and_columns_that_are_not_there(folder: Path, vocabulary: Vocabulary) -> None:
    for name in ("observation", "procedure_occurrence", "concept_ancestor"):
        (folder / f"{name}.parquet").unlink()
    file = folder / "measurement.parquet"
    pl.read_parquet(file).drop("operator_concept_id", "unit_source_value").write_parquet(file)
    table = read_omop(folder, settings(vocabulary))
    assert rows(table, "tsh")[0] == (3.5,)
    assert {p.column for p in table.description.problems if p.key == "omop.table-missing"} == {
        "observation",
        "procedure_occurrence",
        "visit_occurrence",
    }


def test_what_is_no_omop(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "x.duckdb").write_bytes(b"not a database at all" * 100)
    for source in (tmp_path / "x.duckdb", tmp_path / "none"):
        with pytest.raises(CohortError):
            read_omop(source, settings(vocabulary))
    folder = tmp_path / "omop"
    folder.mkdir()
    (folder / "person.parquet").write_bytes(b"PAR1nonsense")
    with pytest.raises(CohortError):
        read_omop(folder, settings(vocabulary))


def test_kept_as_facts(folder: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = read_omop(folder, settings(vocabulary))
    assert table.about.closed
    write_facts(table, tmp_path / "f.parquet")
    assert pl.read_parquet(tmp_path / "f.parquet").equals(table.frame.collect())


def test_without_the_extra_one_sentence_names_it(
    folder: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, source, extra in (("duckdb", folder, "omop"), ("psycopg", "postgresql://x", "postgres")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(CohortError, match=rf"decidua\[{extra}\]"):
            read_omop(source, settings(vocabulary))
