"""The same audit on Spark: each partition of the facts files is counted by the same Polars expressions.

Spark reads and spreads the rows; a Python worker gets them as Arrow batches (`mapInArrow`), counts them, and hands one
small row of counts back, and, where they are asked for, the answers of its patients in parts. Needs the extra `spark`,
a Java runtime, and this package on every worker.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import polars as pl

from decidua.answers import Answers
from decidua.audit.coded import ROW
from decidua.audit.counting import Counting
from decidua.audit.counts import Counts
from decidua.audit.folding import folded
from decidua.audit.patients import answers_of, write
from decidua.audit.plan import Plan, needed
from decidua.audit.spark_session import failures_told, spark_session
from decidua.content import Content
from decidua.errors import CohortError, DeciduaError
from decidua.guidelines import assemble
from decidua.intake.cohort import FactsTable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Asked = tuple[Content, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""What makes the same plan anew: content, columns, guidelines, options, groups."""
Batches = Callable[[Iterable[Any]], Iterator[Any]]
SCHEMA = "counts binary, answers binary"
PART = 32_768
"""Rows whose answers travel together: a few megabytes."""
SPLIT = {"spark.sql.files.maxPartitionBytes": str(16 << 20)}
"""Where patients are told: what Java holds at once are the answers of one partition and of the next."""


def counted_by_spark(
    plan: Plan, table: FactsTable, master: str, batch: int, *, patients: Path | None = None, force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Counts:  # fmt: skip
    """`patients`: also write the answers of every row there, in the order in which Spark gives them.

    Raises CohortError where Spark is missing or fails, or where the table is not one of facts files.
    """
    if not table.files:
        raise CohortError("audit.spark-files")
    counts = Counts()
    with spark_session(master, batch, SPLIT if patients else None) as session, failures_told(table.files):
        found = rows_of(session, plan, table).mapInArrow(counter(plan, patients is not None), SCHEMA)
        if patients is None:
            for row in found.collect():
                counts.add(_counts(row["counts"]))
            _check(counts, table)
        else:
            write(plan, _answers(found, counts, table, progress), patients, force=force)
    return counts


def _answers(
    found: DataFrame, counts: Counts, table: FactsTable, progress: Callable[[int], None] | None
) -> Iterator[pl.DataFrame]:
    """The answers of one partition after the other; its counts come at its end."""
    for row in found.toLocalIterator(prefetchPartitions=True):
        if row["answers"] is not None:
            yield pl.read_ipc(BytesIO(row["answers"]))
            continue
        counts.add(_counts(row["counts"]))
        if progress is not None:
            progress(counts.rows)
    _check(counts, table)


def _check(counts: Counts, table: FactsTable) -> None:
    """No row may be lost on the way: a file whose address Spark writes in another way would be."""
    expected = sum(map(_height, table.files))
    if counts.rows != expected:
        raise CohortError("audit.spark-rows", given=f"{counts.rows:,}", expected=f"{expected:,}")


def _counts(given: bytes) -> Counts:
    """Raises what a worker had to refuse."""
    found: Counts | DeciduaError = pickle.loads(given)
    if isinstance(found, DeciduaError):
        raise found
    return found


def rows_of(session: SparkSession, plan: Plan, table: FactsTable) -> DataFrame:
    """Columns c0, c1 …, as Spark takes a dot in a name for a field of a structure; and the number of each row."""
    from pyspark.sql.functions import col

    read = session.read.option("mergeSchema", "true").parquet(*map(_address, table.files))
    columns = [col(f"`{column}`").alias(f"c{at}") for at, column in enumerate(read_columns(plan))]
    read = read.select(*columns, col("_metadata.file_path").alias("file"), col("_metadata.row_index").alias("at"))
    return _numbered(session, read, table).drop("file", "at")


def _numbered(session: SparkSession, read: DataFrame, table: FactsTable) -> DataFrame:
    """Rows are numbered from 1, file after file, as where one machine reads them all."""
    from pyspark.sql.functions import broadcast, col

    starts = dict(zip(map(_absolute, table.files), _starts(table.files), strict=True))
    if len(starts) == 1:
        return read.withColumn(ROW, col("at") + 1)
    known = [(f"file:{urlsplit(file).path}", starts[unquote(urlsplit(file).path)]) for file in read.inputFiles()]
    first = broadcast(session.createDataFrame(known, "file string, start bigint"))
    return read.join(first, "file").withColumn(ROW, col("at") + col("start") + 1).drop("start")


def _starts(files: Iterable[str]) -> Iterator[int]:
    """How many rows stand before those of each file."""
    return accumulate([_height(file) for file in files][:-1], initial=0)


def _height(file: str) -> int:
    return int(pl.scan_parquet(file, glob=False).select(pl.len()).collect().item())


def _absolute(file: str) -> str:
    return Path(file).absolute().as_posix()


def _address(file: str) -> str:
    """On the machine's own file system, whatever else Spark reads by default; nothing in it is a pattern."""
    return "file://" + re.sub(r"([\[\]{}*?\\])", r"\\\1", _absolute(file))


def read_columns(plan: Plan) -> list[str]:
    return needed(plan, ("patient",))


def counter(plan: Plan, patients: bool = False) -> Batches:
    """Arrow batches of one partition → its answers in parts, if asked for, and last one row with its counts."""
    asked = asked_of(plan)

    def count(batches: Iterable[Any]) -> Iterator[Any]:
        try:
            here = plan_of(asked)
            counting = Counting(here)
            for rows in map(counting.add, frames(here, batches)):
                if patients:
                    yield from map(_told, answers_of(here, rows).iter_slices(PART))
            yield _row(counts=pickle.dumps(folded(counting)))
        except DeciduaError as error:  # a sentence for the user, which Spark would wrap in its own words
            yield _row(counts=pickle.dumps(error))

    return count


def _told(answers: pl.DataFrame) -> Any:
    into = BytesIO()
    answers.write_ipc(into, compression="zstd")
    return _row(answers=into.getvalue())


def _row(counts: bytes | None = None, answers: bytes | None = None) -> Any:
    import pyarrow

    cells = {name: pyarrow.array([cell], pyarrow.binary()) for name, cell in (("counts", counts), ("answers", answers))}
    return pyarrow.RecordBatch.from_pydict(cells)


def frames(plan: Plan, batches: Iterable[Any]) -> Iterator[pl.DataFrame]:
    """Arrow batches of `rows_of` with their columns under the names of the facts table."""
    names = {f"c{at}": column for at, column in enumerate(read_columns(plan))}
    for batch in batches:
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        yield frame.rename(names).with_columns(pl.col(ROW).cast(pl.UInt32))


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
