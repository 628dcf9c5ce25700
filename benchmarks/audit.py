"""How fast is an audit? One command: `uv run python -m benchmarks.audit [--rows 1000000 10000000]`.

The cohort is the synthetic one, with a pinned seed. Seconds are of the wall; `per core` divides by the seconds of the
processor that were used, of all threads together. Each figure comes from a process of its own, so that its peak memory
is its own. A rate counts every patient with every statement (findings) or every guideline × option (answers); the
first batch, in which the tables of the walks are filled, is timed apart.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from decidua.answers import Answers
from decidua.audit.counting import Counting
from decidua.audit.plan import Plan, needed
from decidua.audit.run import batches, run
from decidua.guidelines import read_knowledge
from decidua.intake.cohort import FactsTable, read_facts, write_facts

SEED, MILLION = 1, 1_000_000


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the wall, and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def make(rows: int, path: Path) -> None:
    from decidua.audit.synthetic import Cohort, read_model

    write_facts(Cohort(read_model(read_knowledge()), rows, SEED).table(workers=2), path, force=True)


def plan_of(path: Path) -> tuple[FactsTable, Plan]:
    table = read_facts(path)
    return table, Plan(Answers(read_knowledge()), table.frame.collect_schema().names())


def reading(path: Path) -> dict[str, float]:
    """Polars' own read of the columns that an audit needs, streamed."""
    table, plan = plan_of(path)
    columns = needed(plan)
    wall, processor = timed(lambda: table.frame.select(pl.col(columns).count()).collect(engine="streaming"))
    return {"wall": wall, "processor": processor}


def whole(path: Path) -> dict[str, float]:
    answers, table = Answers(read_knowledge()), read_facts(path)
    wall, processor = timed(lambda: run(answers, table))
    return {"wall": wall, "processor": processor}


def parts(path: Path) -> dict[str, float]:
    """Findings and answers of one batch, once the tables are filled."""
    table, plan = plan_of(path)
    counting, source = Counting(plan), batches(table, plan)
    learning = timed(lambda: counting.add(next(source)))
    batch = next(source)
    codes = plan.coder.prepared(batch).codes
    counting.add(batch)
    _, answering = timed(lambda: counting.walked(codes))
    truths = [plan.truths.of(plan.knowledge.populations[one.statement.id]) for one in plan.steps]
    named = codes.lazy().with_columns(plan.truths.leaves())
    for group in plan.truths.names():
        named = named.with_columns(group)
    asked = [
        pl.struct(one.sum().alias("yes"), (~one).sum().alias("no")).alias(str(at)) for at, one in enumerate(truths)
    ]
    _, finding = timed(lambda: named.select(asked).collect())
    return {
        "first batch": learning[0], "batch": batch.height,
        "answers": codes.height * len(plan.columns) / answering, "findings": codes.height * len(truths) / finding,
    }  # fmt: skip


KINDS = {"reading": reading, "whole": whole, "parts": parts}


def in_child(kind: str, path: Path) -> dict[str, float]:
    """The figures of one process, its peak memory (MB) among them."""
    command = [sys.executable, "-m", "benchmarks.audit", "--child", kind, str(path)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def main(sizes: list[int]) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, polars {pl.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        peaks = [measured(rows, Path(folder) / f"{rows}.parquet") for rows in sizes]
        if len(peaks) > 1:
            print(f"peak memory at {sizes[-1]:,} is {peaks[-1] / peaks[0]:.2f} x that at {sizes[0]:,}")


def measured(rows: int, path: Path) -> float:
    make(rows, path)
    read, audit, rates = (in_child(kind, path) for kind in ("reading", "whole", "parts"))
    ratio, findings, answers = audit["wall"] / read["wall"], rates["findings"] / 1e6, rates["answers"] / 1e6
    print(
        f"{rows:>12,} patients: whole audit {audit['wall']:.1f} s ({audit['processor']:.1f} s of the processor), "
        f"{ratio:.1f} x Polars' read ({read['wall']:.1f} s), peak {audit['peak']:,.0f} MB"
    )
    print(
        f"{'':12}  findings {findings:,.0f} M/s per core, answers {answers:,.0f} M/s per core; "
        f"the first {rates['batch']:,.0f}, filling the tables, {rates['first batch']:.1f} s"
    )
    return audit["peak"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[MILLION, 10 * MILLION])
    parser.add_argument("--child", nargs=2, metavar=("KIND", "FILE"))
    given = parser.parse_args()
    if given.child:
        kind, file = given.child
        figures = KINDS[kind](Path(file))
        print(json.dumps({**figures, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    else:
        main(given.rows)
