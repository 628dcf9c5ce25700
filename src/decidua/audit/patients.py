"""Answers patient by patient, written while the audit runs: Parquet or CSV, whole or not at all.

    patient, row                     as in the facts table
    answer.<guideline>/<option>      one of the eleven words
    possible.<guideline>/<option>    UInt16: bit i is the i-th of `answers.ANSWERS`, under any reading
    signature.<guideline>/<option>   UInt64: what was known, see `signatures`

Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from decidua.answers import ANSWERS, outcome
from decidua.answers.columns import mask_of
from decidua.audit.cells import CellColumn
from decidua.audit.coded import ROW
from decidua.audit.plan import Plan
from decidua.audit.signatures import signature
from decidua.errors import CohortError
from decidua.intake.cohort import new_file

WORDS = (*ANSWERS, "needs-data", "disputed")
ROW_GROUP = 131_072


def answers_of(plan: Plan, walked: pl.DataFrame) -> pl.DataFrame:
    """What the file says of these rows. `walked`: as `Counting.add` gives it."""
    first = [pl.col(column) for column in ("patient", ROW) if column in walked.columns]
    cells = (one for cell, column in plan.columns.items() for one in _cell("/".join(cell), column))
    return walked.lazy().select(*first, *cells).collect()


def _cell(name: str, column: CellColumn) -> Iterator[pl.Expr]:
    outcomes = [outcome(found) for found in column.classes]
    words = pl.Series([answer or None for answer, _ in outcomes], dtype=pl.Enum(WORDS))
    masks = pl.Series([mask_of(possible) for _, possible in outcomes], dtype=pl.UInt16)
    number, _ = column.part()
    yield pl.lit(words).gather(number).alias(f"answer.{name}")
    yield pl.lit(masks).gather(number).alias(f"possible.{name}")
    yield signature(column).alias(f"signature.{name}")


def schema_of(plan: Plan, have: Iterable[str]) -> pl.Schema:
    first: dict[str, pl.DataType] = {"patient": pl.String()} if "patient" in have else {}
    columns = first | {ROW: pl.UInt32()}
    for name in map("/".join, plan.columns):
        columns |= {f"answer.{name}": pl.Enum(WORDS), f"possible.{name}": pl.UInt16()}
        columns[f"signature.{name}"] = pl.UInt64()
    return pl.Schema(columns)


def write(plan: Plan, parts: Iterator[pl.DataFrame], path: Path, *, force: bool = False) -> None:
    """`parts`: what `answers_of` gives, batch by batch. `.csv` or `.parquet`. Raises UsageError, CohortError."""
    if path.suffix not in (".csv", ".parquet"):
        raise CohortError("audit.patients-file", given=path.name)

    def source(*_: object) -> Iterator[pl.DataFrame]:
        yield from parts

    frame = register_io_source(source, schema=schema_of(plan, plan.have), is_pure=False)
    with new_file(path, force=force) as part:
        try:
            if path.suffix == ".csv":
                frame.sink_csv(part)
            else:
                metadata = {"decidua.content": plan.knowledge.content.hash}
                frame.sink_parquet(part, compression="zstd", row_group_size=ROW_GROUP, metadata=metadata)
        except pl.exceptions.ComputeError as error:
            if isinstance(error.__cause__, Exception):
                raise error.__cause__ from None
            raise
