"""Spark gives the same counts and, row by row, the same answers. Needs Java and the group `spark`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from audit.cohorts import cohort
from decidua.answers import Answers
from decidua.audit.models import Audit
from decidua.audit.run import run
from decidua.errors import CohortError, UsageError
from decidua.guidelines import read_knowledge
from decidua.intake.cohort import About, FactsTable, read_facts, write_facts

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("default"),  # warnings of Spark's own are no errors of ours
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java: apt-get install openjdk-17-jre-headless"),
]
MASTER = "local[2]"
ROWS = (400, 300, 7)
"""Of three files, with names that an address must write otherwise."""


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(read_knowledge())


@pytest.fixture(scope="module")
def table(answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> FactsTable:
    folder = tmp_path_factory.mktemp("facts")
    for part, (count, name) in enumerate(zip(ROWS, ("a b+c", "가%20나", "[z]{1}*"), strict=True)):
        rows = cohort(answers.knowledge, count, seed=50 + part).with_columns(pl.col("patient") + f"-{part}")
        write_facts(FactsTable(rows.lazy(), About()), folder / f"{name}.parquet")
    return read_facts(folder)


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[None]:
    """One session for all tests but those of the command: starting it takes seconds."""
    pytest.importorskip("pyspark", reason="Spark is not installed: uv sync --group spark")
    from decidua.audit.spark_session import spark_session

    with spark_session(MASTER, 100):
        yield


def bare(audit: Audit) -> Audit:
    return replace(audit, about=replace(audit.about, engine=""), seconds=0.0)


def test_the_same_counts(answers: Answers, table: FactsTable) -> None:
    """Also of rows that are refused, with the numbers of the first."""
    by_spark = run(answers, table, engine="spark", master=MASTER, groups=("centre", "year"), batch=100)
    by_polars = run(answers, table, groups=("centre", "year"))
    assert bare(by_spark) == bare(by_polars)
    assert by_spark.about.rows == sum(ROWS)
    assert any(one.first for one in by_spark.refused)


@pytest.mark.parametrize("files", [3, 1])
def test_row_by_row(answers: Answers, table: FactsTable, tmp_path: Path, files: int) -> None:
    table = read_facts(table.files[-files:])
    done = list[int]()
    counted = run(answers, table, engine="spark", master=MASTER, batch=100, patients=tmp_path / "spark.parquet",
                  progress=done.append)  # fmt: skip
    assert bare(counted) == bare(run(answers, table, patients=tmp_path / "polars.parquet"))
    by_spark, by_polars = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("spark", "polars"))
    assert by_polars.height > counted.about.rows * 0.7
    assert by_spark.sort("row").equals(by_polars)
    assert by_spark.schema == by_polars.schema
    assert done[-1] == counted.about.rows > 250
    told = [pl.read_parquet_metadata(tmp_path / f"{name}.parquet")["decidua.content"] for name in ("spark", "polars")]
    assert told[0] == told[1]


def test_answers_as_csv_and_no_file_is_touched(answers: Answers, table: FactsTable, tmp_path: Path) -> None:
    few = {"guidelines": ("asri-2025",), "options": ("ivig",), "master": MASTER}
    run(answers, table, engine="spark", patients=tmp_path / "a.csv", **few)  # type: ignore[arg-type]
    run(answers, table, patients=tmp_path / "b.csv", **few)  # type: ignore[arg-type]
    by_spark, by_polars = (pl.read_csv(tmp_path / name, infer_schema=False) for name in ("a.csv", "b.csv"))
    assert by_spark.sort("patient").equals(by_polars.sort("patient"))
    with pytest.raises(UsageError, match="exists already"):
        run(answers, table, engine="spark", patients=tmp_path / "a.csv", **few)  # type: ignore[arg-type]


def test_what_a_worker_refuses_is_told_as_by_the_other_engine(answers: Answers, tmp_path: Path) -> None:
    """With the same row number, and without a file."""
    rows = cohort(answers.knowledge, 40, seed=1)
    nan = pl.when(pl.int_range(pl.len()) == 20).then(float("nan")).otherwise("vitamin_d")
    rows.with_columns(vitamin_d=nan).write_parquet(tmp_path / "facts.parquet")
    table = FactsTable(pl.scan_parquet(tmp_path / "facts.parquet"), files=(str(tmp_path / "facts.parquet"),))
    said = []
    for engine in ("polars", "spark"):
        with pytest.raises(CohortError) as refused:
            run(answers, table, engine=engine, master=MASTER, patients=tmp_path / "out.parquet")
        said.append(refused.value.message("en"))
    assert said[0] == said[1]
    assert "row 21" in said[0]
    assert [path.name for path in tmp_path.iterdir()] == ["facts.parquet"]


def test_a_damaged_file_is_told_by_its_name(answers: Answers, table: FactsTable, tmp_path: Path) -> None:
    for name in ("good", "damaged"):
        shutil.copy(table.files[0], tmp_path / f"{name}.parquet")
    found = read_facts(tmp_path)
    text = (tmp_path / "damaged.parquet").read_bytes()
    (tmp_path / "damaged.parquet").write_bytes(text[:400] + bytes(len(text) // 4) + text[400 + len(text) // 4 :])
    with pytest.raises(CohortError, match=r"damaged\.parquet: This is no whole Parquet file") as refused:
        run(answers, found, engine="spark", master=MASTER, patients=tmp_path / "out.parquet")
    assert "good" not in str(refused.value)
    assert not (tmp_path / "out.parquet").exists()


def test_no_row_is_lost_in_silence(answers: Answers, table: FactsTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decidua.audit.spark._height", lambda _: 1000)
    with pytest.raises(CohortError, match="707 of 3,000 rows; nothing was written"):
        run(answers, table, engine="spark", master=MASTER, options=("ivig",))


def test_a_cohort_that_is_no_file_of_facts(answers: Answers, table: FactsTable) -> None:
    with pytest.raises(CohortError, match="--scratch"):
        run(answers, FactsTable(table.frame), engine="spark", master=MASTER)
