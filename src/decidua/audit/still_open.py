"""Which unknown facts can still change an answer, counted over the rows of a batch whose answer is open.

Rows with the same codes are followed once. Needs the extra `columns`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import prod

import polars as pl

from decidua.audit.cells import CellColumn
from decidua.audit.questions import packed
from decidua.audit.states import States
from decidua.audit.walk import UNSEEN

Effects = Counter[tuple[int, ...]]
"""(place of the fact, its effect) → rows."""


def count_open(walked: pl.DataFrame, columns: Sequence[CellColumn]) -> list[Effects]:
    """For each cell how many rows have which effect of which fact. `walked`: codes with each cell's last state."""
    distinct = pl.collect_all([_distinct(walked, column) for column in columns])
    return [_counted(_followed(rows, _states(column)), column) for rows, column in zip(distinct, columns, strict=True)]


def _states(column: CellColumn) -> States:
    assert column.states is not None
    return column.states


def _distinct(walked: pl.DataFrame, column: CellColumn) -> pl.LazyFrame:
    """The codes of the open rows, each combination once, with `n`."""
    codes = _states(column).codes()
    frame = walked.lazy().filter(column.open())
    if prod(codes.values()) >= 1 << 64:
        return frame.group_by(list(codes)).agg(pl.len().alias("n"))
    key = packed([(pl.col(id_), size) for id_, size in codes.items()])
    counted = frame.select(key.alias("key")).group_by("key").agg(pl.len().alias("n"))
    place, apart = 1, []
    for id_, size in reversed(codes.items()):
        apart.append((pl.col("key") // place % size).cast(pl.UInt16).alias(id_))
        place *= size
    return counted.select("n", *apart)


def _followed(rows: pl.DataFrame, states: States) -> pl.DataFrame:
    """With the state before every fact, in a column named by its place."""
    at = pl.lit(states.start, dtype=pl.UInt32)
    for step in states.named:
        at = step.of(at)
    rows = rows.with_columns(at.alias("0"))
    for place, step in enumerate(states.steps[:-1]):
        rows = rows.with_columns(step.of(pl.col(f"{place}")).alias(f"{place + 1}"))
    return rows


def _counted(rows: pl.DataFrame, column: CellColumn) -> Effects:
    found: Effects = Counter()
    walks = _states(column).left_open
    ends = rows.lazy().select(one.walk.of(pl.col(f"{at}")).alias(f"{at}") for at, one in enumerate(walks)).collect()
    for at, one in enumerate(walks):
        last = ends[f"{at}"]
        if rows.height and last.min() == UNSEEN:
            missing = rows.filter(last == UNSEEN)
            one.walk.learn(missing, missing[f"{at}"])
            last = rows.select(one.walk.of(pl.col(f"{at}"))).to_series()
        for number, n in rows.select(last.alias("end"), "n").group_by("end").sum().iter_rows():
            found[at, one.ends.known(number)] += n
    return found
