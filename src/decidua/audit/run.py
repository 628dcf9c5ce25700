"""An audit of a facts table, batch by batch, in memory that does not grow with the cohort.

Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TypeVar

import polars as pl

from decidua import __version__
from decidua.answers import Answers
from decidua.audit import rows
from decidua.audit.coded import ROW, Prepared
from decidua.audit.counting import Counting
from decidua.audit.counts import Counts
from decidua.audit.folding import folded
from decidua.audit.models import About, Audit
from decidua.audit.patients import answers_of, write
from decidua.audit.plan import Plan, needed
from decidua.errors import CohortError, DeciduaError
from decidua.intake.cohort import FactsTable

Row = TypeVar("Row")

ENGINES = ("polars", "spark")
BATCH = 262_144
"""Rows that are worked on together: enough for Polars, few enough for memory."""


def run(
    answers: Answers, table: FactsTable, *, engine: str = "polars", guidelines: Sequence[str] = (),
    options: Sequence[str] = (), groups: Sequence[str] = (), progress: Callable[[int], None] | None = None,
    cancel: Event | None = None, patients: Path | None = None, force: bool = False, master: str = "local[*]",
    batch: int = BATCH,
) -> Audit:  # fmt: skip
    """Every row met with every guideline (or those asked for), as counts. `groups`: names of `group.` columns.

    `progress` is told the rows done so far, after every batch; once `cancel` is set the audit ends with a CohortError.
    Spark is not asked to cancel, and tells progress only where `patients` are written.
    `patients`: also write the answers of every row there (see `patients`), whole or not at all; `force` replaces.
    Raises CohortError for a table that is not one of facts, UsageError where `patients` cannot be written.
    """
    started = perf_counter()
    plan = Plan(answers, table.frame.collect_schema().names(), guidelines, options, groups)
    if engine not in ENGINES:
        raise CohortError("audit.unknown-engine", given=engine, allowed=", ".join(ENGINES))
    if engine == "spark":
        from decidua.audit.spark import counted_by_spark

        counts = counted_by_spark(plan, table, master, batch, patients=patients, force=force, progress=progress)
    else:
        counting = Counting(plan)
        parts = map(plan.coder.prepared, batches(table, plan, batch, patients is not None))
        done = rows_done(counting, ahead(parts), progress, cancel)
        if patients is None:
            for _ in done:
                pass
        else:
            write(plan, (answers_of(plan, walked) for walked in done), patients, force=force)
        counts = folded(counting)
    return audit_of(plan, counts, table, engine, perf_counter() - started)


def rows_done(
    counting: Counting, parts: Iterable[Prepared], progress: Callable[[int], None] | None = None,
    cancel: Event | None = None,
) -> Iterator[pl.DataFrame]:  # fmt: skip
    """Counts batch after batch, and gives the rows of each that were not refused."""
    for part in parts:
        if cancel is not None and cancel.is_set():
            raise CohortError("audit.cancelled")
        yield counting.take(part)
        if progress is not None:
            progress(counting.counts.rows)


def ahead(parts: Iterator[Prepared]) -> Iterator[Prepared]:
    """Each batch is read and coded while the one before it is counted."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = pool.submit(next, parts, None)
            yield part


def batches(table: FactsTable, plan: Plan, size: int = BATCH, named: bool = False) -> Iterator[pl.DataFrame]:
    """The columns that the audit reads, in order, with the number of each row from 1; `named`: with the patient.

    Raises CohortError where a file turns out to be damaged.
    """
    frame, start = table.frame.select(needed(plan, ("patient",) if named else ())), 1
    try:
        for part in (
            _slices(frame, size) if table.files else frame.collect_batches(chunk_size=size, maintain_order=True)
        ):
            yield part.with_row_index(ROW, offset=start)
            start += part.height
    except (pl.exceptions.ComputeError, OSError) as error:
        if isinstance(error.__cause__, DeciduaError):
            raise error.__cause__ from None
        raise CohortError("cohort.parquet", where=", ".join(table.files) or "-") from None


def _slices(frame: pl.LazyFrame, size: int) -> Iterator[pl.DataFrame]:
    """Of files one batch is read at a time: a reader that runs ahead would hold more the longer the cohort is."""
    for start in range(0, int(frame.select(pl.len()).collect().item()), size):
        yield frame.slice(start, size).collect()


def audit_of(plan: Plan, counts: Counts, table: FactsTable, engine: str, seconds: float) -> Audit:
    said, knowledge = table.about, plan.knowledge
    as_of = said.as_of.isoformat() if said.as_of else None
    about = About(
        __version__, knowledge.content.hash, as_of, said.synthetic, said.seed, counts.rows, counts.refused.total(),
        engine, plan.guidelines, plan.options, plan.groups,
    )  # fmt: skip
    return Audit(
        about, tuple(rows.refused(counts)), _ordered(rows.definitions(counts)), _ordered(rows.answers(plan, counts)),
        _ordered(rows.masks(plan, counts)), _ordered(rows.agreement(plan, counts)), _ordered(rows.unknowns(counts)),
        _ordered(rows.readings(plan, counts)), tuple(rows.attrition(plan, counts)),
        _ordered(rows.concordance(plan, counts)), seconds,
    )  # fmt: skip


def _ordered(found: Iterable[Row]) -> tuple[Row, ...]:
    """In an order that depends on what the rows say alone."""
    return tuple(sorted(found, key=repr))
