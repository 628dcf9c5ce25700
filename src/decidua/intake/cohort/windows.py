"""Events by their distance from a row's day of care: a row of a patient gets those within its own days alone.

event            day of care    counts for the row
within           known          yes
outside          known          no: for this row it is as if there were none
without a day    any            unknown
any              not known      unknown
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from decidua.intake.cohort.description import Problem
from decidua.intake.cohort.facts_table import FactsTable
from decidua.intake.cohort.mapping import Window

CARE = "date.care"
KEYS = {"patient": pl.String, "key": pl.String}


def windowed(table: FactsTable, events: pl.DataFrame, window: Window) -> tuple[list[str], pl.DataFrame, list[Problem]]:
    """The columns that tell rows apart; for each such row and key `sure`, `first`, `last`; and what is to be told.

    events: patient, key, day (null: not known). `sure`: an event is within; else one may be.
    """
    on = ["patient", CARE] if CARE in table.frame.collect_schema().names() else ["patient"]
    rows = table.frame.select(on).unique().collect(engine="streaming")
    days = rows if CARE in on else rows.with_columns(pl.lit(None, dtype=pl.Date).alias(CARE))
    judged = events.join(days, on="patient").with_columns(within=_within(window))
    inside = pl.col("day").filter(pl.col("within"))
    grouped = judged.group_by(*on, "key").agg(
        sure=pl.col("within").any(), maybe=pl.col("within").is_null().any(), first=inside.min(), last=inside.max()
    )
    return on, grouped.filter(pl.col("sure") | pl.col("maybe")).drop("maybe"), _told(judged, grouped, on)


def _within(window: Window) -> pl.Expr:
    gap = (pl.col("day") - pl.col(CARE)).dt.total_days()
    inside = gap.is_not_null() | pl.lit(None, dtype=pl.Boolean)
    if window.before is not None:
        inside &= gap >= -window.before
    if window.after is not None:
        inside &= gap <= window.after
    return inside


def _told(judged: pl.DataFrame, grouped: pl.DataFrame, on: Sequence[str]) -> list[Problem]:
    used = judged.group_by("patient", "key", "day").agg((pl.col("within") | pl.col("within").is_null()).any())
    outside = int((~used["within"]).sum())
    open_rows = grouped.filter(~pl.col("sure") & pl.col("maybe")).select(on).n_unique()
    counts = {"cohort.window-outside": outside, "cohort.window-open": open_rows}
    return [Problem(key, count=count, note=True) for key, count in counts.items() if count]
