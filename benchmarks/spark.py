"""Is an audit on Spark faster than the same rules as Spark SQL? `uv run --group spark python -m benchmarks.spark`.

The task of both sides, in one session of Spark with two cores and from one facts file: for every patient the finding of
every statement (applies, does not, undetermined) and, for every guideline × option that says anything, which answers
are possible and whether that is disputed between readings; all counted. Cells with the same answers are asked once.

- `mapInArrow`: the product's plan. It checks, closes, codes and walks each row.
- Spark SQL: `benchmarks.spark_sql`. Its rows have been closed beforehand, so it is spared the constraints. It is asked
  in several selects, without whole-stage code generation, which did best of what was tried; `--each` and
  `--generation` try others, and the best of a first round goes on.

Both results are compared row by row on the first patients (`--compared`), and as counts on all. Then both run warm,
turn by turn; the best round counts. Seconds of the processor are those of Java and of the Python workers together.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pyspark.sql import DataFrame, SparkSession

from benchmarks.audit import make
from benchmarks.spark_sql import DISPUTED, UNKNOWN, Rules, counting, query
from decidua.answers import Answers, outcome
from decidua.answers.columns import mask_of
from decidua.audit.closing import close_columns
from decidua.audit.coded import ROW
from decidua.audit.counting import Counting
from decidua.audit.plan import Plan
from decidua.audit.spark import SCHEMA, asked_of, counter, frames, plan_of, rows_of
from decidua.audit.spark_session import spark_session
from decidua.audit.stated import admit_columns
from decidua.guidelines import read_knowledge
from decidua.intake.cohort import FactsTable, read_facts, write_facts

TARGET = 2.5
BATCH = 65_536
Counts = Counter[tuple[str, int]]
TICKS = os.sysconf("SC_CLK_TCK")


def closed(table: FactsTable, plan: Plan) -> FactsTable:
    """The rows that are not refused, with all that the constraints, stated names and results add: the product finds no
    more."""
    rows = table.frame.collect()
    given = rows.with_columns(plan.coder._results(rows.columns)).with_row_index(ROW)
    kept, _ = admit_columns(close_columns(given, plan.knowledge.vocabulary)[0], plan.knowledge)
    kept = kept.with_columns(plan.coder._measured(kept.columns)).select(pl.exclude("^result\\..*$"))
    possible = Counting(plan).add(kept)[ROW].implode()
    return FactsTable(kept.filter(pl.col(ROW).is_in(possible)).sort(ROW).drop(ROW).lazy(), table.about)


def keys_of(plan: Plan, walk: Counting, rules: Rules, batch: pl.DataFrame) -> pl.DataFrame:
    """For each patient the whole numbers that `spark_sql.query` gives."""
    rows = walk._possible(walk.walked(plan.coder.prepared(batch).codes))
    frame = rows.lazy().with_columns(plan.truths.leaves())
    for named in plan.truths.names():
        frame = frame.with_columns(named)
    found = [
        plan.truths.of(plan.knowledge.populations[id_]).cast(pl.Int32).fill_null(UNKNOWN) for id_ in rules.statements
    ]
    for column in walk.speaking:
        told = [outcome(one) for one in column.classes]
        keys = [mask_of(possible) + (DISPUTED if answer == "disputed" else 0) for answer, possible in told]
        found.append(pl.lit(pl.Series(keys, dtype=pl.Int32)).gather(column.part()[0]))
    return frame.select("patient", *(one.alias(f"k{at}") for at, one in enumerate(found))).collect()


def keyed(plan: Plan, counted: bool) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """In the workers: keys as rows, or counted, (at, key, n) for every batch."""
    asked = asked_of(plan)

    def work(batches: Iterable[Any]) -> Iterator[Any]:
        here = plan_of(asked)
        rules, walk = Rules(here), Counting(here)
        here.truths.register(here.knowledge.populations[id_] for id_ in rules.statements)
        for batch in frames(here, batches):
            keys = keys_of(here, walk, rules, batch)
            yield from (_counts(keys) if counted else keys).to_arrow().to_batches()

    return work


def _counts(keys: pl.DataFrame) -> pl.DataFrame:
    parts = keys.lazy().select(pl.exclude("patient").value_counts().implode()).collect()
    found = [
        parts[name][0]
        .struct.unnest()
        .select(at=pl.lit(at, pl.Int32), key=pl.col(name), n=pl.col("count").cast(pl.Int64))
        for at, name in enumerate(parts.columns)
    ]
    return pl.concat(found)


@dataclass
class Sides:
    """Both ways to the same counts."""

    session: SparkSession
    plan: Plan
    table: FactsTable
    rules: Rules

    def mapped(self) -> Counts:
        rows = rows_of(self.session, self.plan, self.table)
        return _added(rows.mapInArrow(keyed(self.plan, True), "at int, key int, n bigint"), self.rules.asked)

    def whole(self) -> None:
        """The product's whole audit: the joint answers, care, open facts and steps as well."""
        rows_of(self.session, self.plan, self.table).mapInArrow(counter(self.plan), SCHEMA).collect()

    def by_sql(self, each: int, generated: bool) -> Counts:
        """`each`: how many are asked in one select; `generated`: with whole-stage code generation."""
        self.session.conf.set("spark.sql.codegen.wholeStage", str(generated).lower())
        asked, found = self.rules.asked, Counts()
        for at in range(0, len(asked), each):
            part = asked[at : at + each]
            found.update(_added(self.session.sql(counting(self.rules, part, "facts")), part))
        self.session.conf.set("spark.sql.codegen.wholeStage", "true")
        return found

    def row_by_row(self, rows: int) -> int:
        """How many values were compared. Raises where one differs."""
        mapped = rows_of(self.session, self.plan, self.table).limit(rows)
        kinds = ", ".join(f"k{at} int" for at in range(len(self.rules.asked)))
        ours = _frame(mapped.mapInArrow(keyed(self.plan, False), f"patient string, {kinds}"))
        self.session.table("facts").join(mapped.selectExpr("c0 AS patient"), "patient").createOrReplaceTempView("few")
        for at in range(0, len(self.rules.asked), 8):
            part = self.rules.asked[at : at + 8]
            theirs = _frame(self.session.sql(query(self.rules, part, "few", keep="patient")))
            named = {f"k{place}": f"k{at + place}" for place in range(len(part))}
            assert theirs.rename(named).equals(ours.select("patient", *named.values())), part
        return ours.height * len(self.rules.asked)


def _frame(found: DataFrame) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(found.toArrow())).sort("patient")


def _added(found: DataFrame, asked: Iterable[str]) -> Counts:
    names, counts = list(asked), Counts()
    for at, key, n in found.collect():
        counts[names[at], key] += n
    return counts


def processor(pid: int) -> float:
    """Seconds of the processor of a process and all below it, ended ones as well."""
    children: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = path.read_text().rpartition(") ")
        except OSError:
            continue
        fields, this = rest.split(), int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(this)
        spent[this] = sum(map(int, fields[11:15])) / TICKS

    def below(at: int) -> float:
        return spent.get(at, 0.0) + sum(map(below, children.get(at, [])))

    return below(pid)


def timed(pid: int, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and of the wall."""
    start, wall = processor(pid), time.perf_counter()
    work()
    return processor(pid) - start, time.perf_counter() - wall


def best(rounds: list[tuple[float, float]]) -> tuple[float, float]:
    return min(one for one, _ in rounds), min(one for _, one in rounds)


def line(name: str, rows: int, found: tuple[float, float], more: str = "") -> None:
    spent, wall = found
    print(f"{name:44} {spent:8.1f} s of the processor  {wall:8.1f} s  {rows / spent:>12,.0f} patients/s {more}")


def measured(sides: Sides, rows: int, rounds: int, ways: list[tuple[int, bool]]) -> None:
    pid = sides.session.sparkContext._gateway.proc.pid
    first: dict[tuple[int, bool], tuple[float, float]] = {}
    found: dict[tuple[int, bool], Counts] = {}
    for way in ways:
        first[way] = timed(pid, lambda way=way: found.update({way: sides.by_sql(*way)}))  # type: ignore[misc]
        line(f"Spark SQL, {way[0]} a select, {'with' if way[1] else 'no'} code generation", rows, first[way], "cold")
    way = min(first, key=lambda one: first[one][0])
    assert sides.mapped() == found[way]
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timed(pid, sides.mapped))
        theirs.append(timed(pid, lambda: sides.by_sql(*way)))
    line("mapInArrow, warm", rows, best(ours))
    line(f"Spark SQL, warm, {way[0]} a select", rows, best(theirs))
    verdict(best(ours), best(theirs))
    sides.whole()
    line("mapInArrow, the whole audit, warm", rows, best([timed(pid, sides.whole) for _ in range(rounds)]), "does more")


def verdict(ours: tuple[float, float], theirs: tuple[float, float]) -> None:
    ratio, wall = theirs[0] / ours[0], theirs[1] / ours[1]
    print(f"mapInArrow over Spark SQL: {ratio:.1f} x by the processor, {wall:.1f} x by the wall; ", end="")
    print(f"target {TARGET} x {'met' if ratio >= TARGET else 'MISSED'}")


def main(rows: int, rounds: int, compared: int, ways: list[tuple[int, bool]]) -> None:
    os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)  # the workers need this module as well
    answers = Answers(read_knowledge())
    with tempfile.TemporaryDirectory() as folder, spark_session("local[2]", BATCH) as session:
        path = Path(folder) / "facts.parquet"
        make(rows, path)
        table = read_facts(path)
        write_facts(closed(table, Plan(answers, table.frame.collect_schema().names())), path, force=True)
        table = read_facts(path)
        plan = Plan(answers, table.frame.collect_schema().names())
        session.read.parquet(str(path)).createOrReplaceTempView("facts")
        session.conf.set("spark.sql.shuffle.partitions", "2")
        sides = Sides(session, plan, table, Rules(plan))
        print(f"Spark {session.version}, local[2], {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        print(f"{len(sides.rules.statements)} statements and {len(sides.rules.cells)} answers; {rows:,} patients")
        if compared:
            print(f"{sides.row_by_row(compared):,} values of {compared:,} patients compared: equal")
        measured(sides, rows, rounds, ways)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--compared", type=int, default=3000)
    parser.add_argument("--each", type=int, nargs="+", default=[12], help="Asked in one select of the rival.")
    parser.add_argument("--generation", nargs="+", choices=["on", "off"], default=["off"], help="Of its code.")
    given = parser.parse_args()
    choices = [(each, generated == "on") for each in given.each for generated in given.generation]
    main(given.rows, given.rounds, given.compared, choices)
