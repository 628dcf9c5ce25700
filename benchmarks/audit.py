"""How fast is an audit? One command: `uv run python -m benchmarks.audit [--rows 1000000 10000000] [--keep DIR]`.

The cohort is the synthetic one, with a pinned seed; making it is not timed. Seconds are of the wall; `per core` divides
by the seconds of the processor that were used, of all threads together. Each figure comes from a process of its own, so
that its peak memory is its own (what it starts is added). A rate counts every patient with every statement (findings)
or every guideline × option (answers; those with the same answer function are walked once); the first batch, in which
the tables of the walks are filled, is timed apart.
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


def best(work: Callable[[], object]) -> float:
    """Seconds of the processor: the least of a few rounds, as other work only adds."""
    return min(timed(work)[1] for _ in range(3))


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
    answering = best(lambda: counting.walked(codes))
    truths = [plan.truths.of(plan.knowledge.populations[one.statement.id]) for one in plan.steps]
    named = codes.lazy().with_columns(plan.truths.leaves())
    for group in plan.truths.names():
        named = named.with_columns(group)
    asked = [
        pl.struct(one.sum().alias("yes"), (~one).sum().alias("no")).alias(str(at)) for at, one in enumerate(truths)
    ]
    finding = best(lambda: named.select(asked).collect())
    return {
        "first batch": learning[0], "batch": batch.height,
        "cells": len(plan.columns), "columns": len(set(plan.columns.values())),
        "answers": codes.height * len(plan.columns) / answering, "findings": codes.height * len(truths) / finding,
    }  # fmt: skip


KINDS = {"reading": reading, "whole": whole, "parts": parts}


def in_child(kind: str, path: Path) -> dict[str, float]:
    """The figures of one process, its peak memory (MB) among them."""
    command = [sys.executable, "-m", "benchmarks.audit", "--child", kind, str(path)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def peak() -> float:
    """MB at most, of this process and of the largest that it started."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


def main(sizes: list[int], folder: Path) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, polars {pl.__version__}", flush=True)
    peaks = {rows: measured(rows, folder / f"synthetic-{SEED}-{rows}.parquet") for rows in sizes}
    if len(sizes) > 1:
        least, most = min(sizes), max(sizes)
        ratio = peaks[most] / peaks[least]
        line(f"peak memory at {most:,}", f"{ratio:.2f} x that at {least:,}", "1.2 x", ratio <= 1.2)


def measured(rows: int, path: Path) -> float:
    """Prints the figures of one size; gives the peak memory of the whole audit."""
    if not path.exists():
        make(rows, path)
    read, audit, rates = (in_child(kind, path) for kind in ("reading", "whole", "parts"))
    print(f"{rows:,} patients, load {os.getloadavg()[0]:.1f}")
    target = "60 s" if rows == 10 * MILLION else ""
    line("whole audit", f"{audit['wall']:.1f} s", target, audit["wall"] <= 60)
    line("  of the processor", f"{audit['processor']:.1f} s")
    line("  beside Polars' read", f"{audit['wall'] / read['wall']:.1f} x ({read['wall']:.1f} s)")
    line("  peak memory", f"{audit['peak']:,.0f} MB")
    line(f"first {rates['batch']:,.0f}, filling the tables", f"{rates['first batch']:.1f} s")
    line("guideline × option", f"{rates['cells']:.0f}, {rates['columns']:.0f} answer functions")
    for name, target in (("findings", 100), ("answers", 30)):
        line(f"{name} per core", f"{rates[name] / 1e6:,.0f} M/s", f"{target} M/s", rates[name] >= target * 1e6)
    return audit["peak"]


def line(name: str, found: str, target: str = "", met: bool = True) -> None:
    verdict = f"target {target}: {'met' if met else 'MISSED'}" if target else ""
    print(f"  {name:36} {found:>24}  {verdict}".rstrip(), flush=True)


def child(kind: str, path: Path) -> None:
    figures = KINDS[kind](path)
    print(json.dumps({**figures, "peak": peak()}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[MILLION, 10 * MILLION])
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the cohorts there, and use those that are there")
    parser.add_argument("--child", nargs=2, metavar=("KIND", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], Path(given.child[1]))
    elif given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        main(given.rows, given.keep)
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(given.rows, Path(folder))
