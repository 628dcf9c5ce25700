"""The same audit on Spark: each partition of the facts files is counted by the same Polars expressions.

Spark reads and spreads the rows; a Python worker gets them as Arrow batches (`mapInArrow`), counts them, and hands one
small row of counts back. Needs the extra `spark`, a Java runtime, and this package on every worker.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from decidua.answers import Answers
from decidua.audit.coded import ROW
from decidua.audit.counting import Counting
from decidua.audit.counts import Counts
from decidua.audit.folding import folded
from decidua.audit.patients import answers_of, schema_of
from decidua.audit.plan import Plan, needed
from decidua.content import Content
from decidua.errors import CohortError
from decidua.guidelines import assemble
from decidua.intake.cohort import FactsTable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Asked = tuple[Content, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""What makes the same plan anew: content, columns, guidelines, options, groups."""


def counted_by_spark(plan: Plan, table: FactsTable, master: str, batch: int) -> Counts:
    """Raises CohortError where Spark is missing, or where the table is not one of facts files."""
    session = spark_session(master, batch)
    frame = rows_of(session, plan, table)
    counts = Counts()
    for row in frame.mapInArrow(counter(plan), "counts binary").toLocalIterator():
        counts.add(pickle.loads(bytes(row["counts"])))
    counts.first.clear()  # rows have no numbers there
    return counts


def spark_session(master: str, batch: int) -> SparkSession:
    """A session with this Python for its workers. A session that runs already is taken as it is."""
    try:
        import pandas  # noqa: F401  # mapInArrow of PySpark 4 asks for it
        import pyarrow  # noqa: F401
        from pyspark.sql import SparkSession
    except ImportError:
        raise CohortError("audit.no-spark") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # nothing of a patient to other machines
    builder = SparkSession.builder.master(master).appName("decidua").config("spark.ui.enabled", "false")
    settings = {
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(batch),
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def rows_of(session: SparkSession, plan: Plan, table: FactsTable) -> DataFrame:
    if not table.files:
        raise CohortError("audit.spark-files")
    from pyspark.sql.functions import col

    read = session.read.option("mergeSchema", "true").parquet(*table.files)
    return read.select(*(col(f"`{column}`").alias(f"c{at}") for at, column in enumerate(read_columns(plan))))


def read_columns(plan: Plan) -> list[str]:
    """Spark hands them over as c0, c1 …: it takes a dot in a name for a field of a structure."""
    return needed(plan, ("patient",))


def counter(plan: Plan) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """Arrow batches of one partition → one row with its counts."""
    asked = asked_of(plan)

    def count(batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow

        counting = Counting(plan_of(asked))
        for _ in walked(counting, batches):
            pass
        yield pyarrow.RecordBatch.from_pydict({"counts": [pickle.dumps(folded(counting))]})

    return count


def answerer(plan: Plan) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """Arrow batches of one partition → the answers of its rows, as `patients.answers_of` says them."""
    asked = asked_of(plan)

    def answer(batches: Iterable[Any]) -> Iterator[Any]:
        here = plan_of(asked)
        for rows in walked(Counting(here), batches):
            yield from plain(answers_of(here, rows)).to_arrow().to_batches()

    return answer


def plain(answers: pl.DataFrame) -> pl.DataFrame:
    """In types that Spark has: words as text, numbers as whole numbers with a sign (the same 64 bits)."""
    kinds: dict[str, Any] = {"answer.": pl.String, "possible.": pl.Int32}
    changed = [
        pl.col(name).cast(kind) for name in answers.columns for key, kind in kinds.items() if name.startswith(key)
    ]
    signed = [pl.col(name).reinterpret(signed=True) for name in answers.columns if name.startswith("signature.")]
    return answers.drop(ROW).with_columns(*changed, *signed)


def answer_schema(plan: Plan) -> str:
    kinds = {"patient": "string", "answer": "string", "possible": "int", "signature": "bigint"}
    names = [name for name in schema_of(plan, plan.have) if name != ROW]
    return ", ".join(f"`{name}` {kinds[name.split('.', 1)[0]]}" for name in names)


def walked(counting: Counting, batches: Iterable[Any]) -> Iterator[pl.DataFrame]:
    """Row numbers are those within the partition: Spark has no order of rows."""
    for batch in batches:
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        named = frame.rename({f"c{at}": column for at, column in enumerate(read_columns(counting.plan))})
        yield counting.add(named.with_row_index(ROW, offset=counting.counts.rows + 1))


def asked_of(plan: Plan) -> Asked:
    return plan.knowledge.content, plan.have, plan.guidelines, plan.options, plan.groups


_PLANS: dict[str, Plan] = {}


def plan_of(asked: Asked) -> Plan:
    """Made once for each worker process, which may count many partitions."""
    content, have, guidelines, options, groups = asked
    key = repr((content.hash, have, guidelines, options, groups))
    if key not in _PLANS:
        _PLANS[key] = Plan(Answers(assemble(content)), have, guidelines, options, groups)
    return _PLANS[key]
