"""A synthetic cohort as CSV. Every row says that it is synthetic, so that a part of the file says so too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from decidua.audit.synthetic.cohort import Cohort, Progress
from decidua.facts import Fact

MARK = "synthetic"
"""The column that says so, in the second place; its cells are all `yes`."""


def write_csv(cohort: Cohort, path: Path, progress: Progress | None = None, workers: int = 1) -> None:
    """UTF-8, a heading with the units of bare numbers. Raises OSError."""
    with path.open("wb") as out:
        first = True
        for frame in cohort.frames(workers) if cohort.count else iter([pl.DataFrame(schema=cohort.schema)]):
            _named(cohort, frame).write_csv(out, include_header=first)
            first = False
            if progress is not None:
                progress(len(frame))


def _named(cohort: Cohort, frame: pl.DataFrame) -> pl.DataFrame:
    facts = cohort.model.facts
    return frame.select(list(_columns(frame, facts)))


def _columns(frame: pl.DataFrame, facts: Mapping[str, Fact]) -> Iterator[pl.Expr]:
    for name in frame.columns:
        fact = facts.get(name.removesuffix(".low").removesuffix(".high"))
        column = pl.col(name)
        if fact is not None and fact.type == "integer":
            column = column.cast(pl.Int64)
        yield column.alias(f"{name} [{fact.unit.label}]" if fact is not None and fact.unit and name in facts else name)
        if name == "patient":
            yield pl.lit("yes").alias(MARK)
