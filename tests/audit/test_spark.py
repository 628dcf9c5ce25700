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
from decidua.audit.plan import Plan
from decidua.audit.run import run
from decidua.guidelines import read_knowledge
from decidua.intake.cohort import About, FactsTable, read_facts, write_facts

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("default"),  # warnings of Spark's own are no errors of ours
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java: apt-get install openjdk-17-jre-headless"),
]
MASTER = "local[2]"


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(read_knowledge())


@pytest.fixture(scope="module")
def table(answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FactsTable]:
    """Two files, so that there are at least two partitions."""
    pytest.importorskip("pyspark", reason="Spark is not installed: uv sync --group spark")
    folder = tmp_path_factory.mktemp("facts")
    for part in (0, 1):
        rows = cohort(answers.knowledge, 400, seed=50 + part).with_columns(pl.col("patient") + f"-{part}")
        write_facts(FactsTable(rows.lazy(), About()), folder / f"{part}.parquet")
    yield read_facts(folder)
    from pyspark.sql import SparkSession

    if session := SparkSession.getActiveSession():
        session.stop()


def bare(audit: Audit) -> Audit:
    refused = tuple(replace(one, first=()) for one in audit.refused)
    return replace(audit, about=replace(audit.about, engine=""), refused=refused, seconds=0.0)


def test_the_same_counts(answers: Answers, table: FactsTable) -> None:
    by_spark = run(answers, table, engine="spark", master=MASTER, groups=("centre", "year"))
    by_polars = run(answers, table, groups=("centre", "year"))
    assert bare(by_spark) == bare(by_polars)
    assert by_spark.about.rows == 800


def test_row_by_row(answers: Answers, table: FactsTable, tmp_path: Path) -> None:
    from decidua.audit.spark import answer_schema, answerer, plain, rows_of, spark_session

    plan = Plan(answers, table.frame.collect_schema().names())
    rows = rows_of(spark_session(MASTER, 100), plan, table).mapInArrow(answerer(plan), answer_schema(plan))
    rows.write.parquet(str(tmp_path / "spark"))
    run(answers, table, patients=tmp_path / "polars.parquet")
    by_spark = pl.read_parquet(tmp_path / "spark" / "*.parquet").sort("patient")
    by_polars = plain(pl.read_parquet(tmp_path / "polars.parquet")).sort("patient")
    assert by_polars.height > 600
    assert by_spark.equals(by_polars)
