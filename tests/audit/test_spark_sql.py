"""The same rules as Spark SQL say the same, row by row. Needs Java and the group `spark`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from audit.cohorts import cohort
from decidua.answers import Answers
from decidua.audit.plan import Plan
from decidua.guidelines import read_knowledge
from decidua.intake.cohort import About, FactsTable, read_facts, write_facts

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("default"),  # warnings of Spark's own are no errors of ours
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java: apt-get install openjdk-17-jre-headless"),
]
ROOT = Path(__file__).parent.parent.parent
OPTIONS = ("ivig", "lit", "vitamin-d", "corticosteroids", "test:uterine-nk")


@pytest.mark.parametrize("nested", [True, False])
def test_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nested: bool) -> None:
    """Women of whom much or little is known, numbers within bounds and stated names among it; every way of reading."""
    pytest.importorskip("pyspark", reason="Spark is not installed: uv sync --group spark")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))))
    from benchmarks.spark import Sides, closed
    from benchmarks.spark_sql import Rules
    from decidua.audit.spark_session import spark_session

    answers, path = Answers(read_knowledge()), tmp_path / "facts.parquet"
    made = FactsTable(cohort(answers.knowledge, 500, seed=11).lazy(), About())
    write_facts(closed(made, Plan(answers, made.frame.collect_schema().names())), path)
    table = read_facts(path)
    plan = Plan(answers, table.frame.collect_schema().names(), options=OPTIONS)
    with spark_session("local[2]", 200) as session:
        session.read.parquet(str(path)).createOrReplaceTempView("facts")
        compared = Sides(session, plan, table, Rules(plan, nested)).row_by_row(500)
    assert compared > 350 * 20
