"""Which unknown facts can still change an answer, counted over the rows of a batch whose answer is open.

Needs the extra `columns`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from decidua.audit.cells import CellColumn
from decidua.audit.states import States
from decidua.audit.walk import UNSEEN

Effects = Counter[tuple[int, ...]]
"""(place of the fact, its effect) → rows."""


def count_open(walked: pl.DataFrame, columns: Sequence[CellColumn]) -> list[Effects]:
    """For each cell how many rows have which effect of which fact. `walked`: codes with each cell's last state."""
    frames = [_followed(walked, column) for column in columns]
    counted = pl.collect_all([_asked(frame, column) for frame, column in zip(frames, columns, strict=True)])
    found = []
    for column, frame, answer in zip(columns, frames, counted, strict=True):
        effects = _effects(answer, column)
        if effects is None:
            _learn(frame, column)
            effects = _effects(_asked(frame, column).collect(), column)
        found.append(effects or Counter())
    return found


def _states(column: CellColumn) -> States:
    assert column.states is not None
    return column.states


def _followed(walked: pl.DataFrame, column: CellColumn) -> pl.LazyFrame:
    """The open rows with the state before every fact."""
    states = _states(column)
    used = [level.id for level in states.facts] + [step.column for step in states.named if step.column]
    frame = walked.lazy().filter(column.open()).select(pl.lit(states.start, dtype=pl.UInt32).alias("at:0"), *used)
    for step in states.named:
        frame = frame.with_columns(step.of(pl.col("at:0")))
    for at, step in enumerate(states.steps[:-1]):
        frame = frame.with_columns(step.of(pl.col(f"at:{at}")).alias(f"at:{at + 1}"))
    return frame


def _asked(frame: pl.LazyFrame, column: CellColumn) -> pl.LazyFrame:
    ends = (
        one.walk.of(pl.col(f"at:{at}")).value_counts(name="n").implode().alias(f"{at}")
        for at, one in enumerate(_states(column).left_open)
    )
    return frame.select(ends)


def _effects(answer: pl.DataFrame, column: CellColumn) -> Effects | None:
    """None where a row needs an entry that is missing."""
    found: Effects = Counter()
    for at, one in enumerate(_states(column).left_open):
        counted = answer[f"{at}"].explode().drop_nulls().struct.unnest()
        for number, n in zip(*(counted.to_series(i).to_list() for i in (0, 1)), strict=True):
            if number == UNSEEN:
                return None
            found[at, one.ends.known(number)] += n
    return found


def _learn(frame: pl.LazyFrame, column: CellColumn) -> None:
    rows = frame.collect()
    for at, one in enumerate(_states(column).left_open):
        missing = rows.filter(one.walk.of(pl.col(f"at:{at}")) == UNSEEN)
        if missing.height:
            one.walk.learn(missing, missing[f"at:{at}"])
