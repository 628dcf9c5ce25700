"""What was done, from events, beside what the columns of the table say of it.

column    event    record complete    done
yes       any      any                yes
no        event    any                unknown: the two contradict each other, and that is told
no        -        any                no
unknown   event    any                yes
unknown   -        yes                no
unknown   -        not said           unknown
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import polars as pl

from decidua.intake.cohort.description import Column, Description, Problem
from decidua.intake.cohort.events import Done, wide
from decidua.intake.cohort.facts_table import FactsTable
from decidua.intake.cohort.mapping import Complete
from decidua.intake.cohort.windows import windowed

EVENTS = "(events)"
"""Stands in a description for the column of a long table."""


def with_done(table: FactsTable, done: Done) -> FactsTable:
    """The table with `done.<option>` and `date.<option>` of the events of its patients: all, or those `within`."""
    on, found_events, told = ["patient"], None, [Problem("cohort.any-time", count=1, note=True)]
    if done.rule.within is None:
        found_events = done.found()
    else:
        on, found_events, told = windowed(table, done.every(), done.rule.within)
    events = wide(done, found_events, on)
    have = table.frame.collect_schema().names()
    found = {name.removeprefix("done.") for name in events.columns if name.startswith("done.")}
    renamed = events.rename({name: f"event.{name}" for name in events.columns if name not in on})
    frame = table.frame.join(renamed.lazy(), on=on, how="left", nulls_equal=True, maintain_order="left")
    frame = frame.with_columns(*_joined(found, have, done)).drop(renamed.columns[len(on) :])
    frame = frame.with_columns(*_without_parts(done, frame.collect_schema().names()))
    description = _described(table, events, on, found, have, done)
    return replace(table, frame=frame, description=replace(description, problems=(*description.problems, *told)))


def _joined(found: Collection[str], have: Collection[str], done: Done) -> Iterator[pl.Expr]:
    for option in sorted({*found, *done.rule.complete}):
        name = f"done.{option}"
        column = pl.col(name) if name in have else pl.lit(None, dtype=pl.Boolean)
        event = pl.col(f"event.{name}") if option in found else pl.lit(None, dtype=pl.Boolean)
        said = pl.when(~column & event).then(None).otherwise(pl.coalesce(column, event))
        complete = done.rule.complete.get(option)
        if complete is not None:
            unsure = pl.col(f"event.open.{option}").fill_null(False) if option in found else pl.lit(False)
            silent = column.is_null() & event.is_null() & ~unsure & _within(complete, have)
            said = pl.when(silent).then(False).otherwise(said)
        yield said.alias(name)
        if option in found:
            day = f"date.{option}"
            yield pl.coalesce(*([day] if day in have else []), pl.col(f"event.{day}")).alias(day)


def _within(complete: Complete, have: Collection[str]) -> pl.Expr:
    """Where the day of care lies in the time for which a record is said to be complete."""
    if complete.first is None and complete.last is None:
        return pl.lit(True)
    if "date.care" not in have:
        return pl.lit(False)
    care, inside = pl.col("date.care"), pl.lit(True)
    if complete.first is not None:
        inside &= care >= complete.first
    if complete.last is not None:
        inside &= care <= complete.last
    return inside.fill_null(False)


def _without_parts(done: Done, have: Collection[str]) -> Iterator[pl.Expr]:
    """A combination of which one part was surely not given was not given."""
    for place in done.settings.options.values():
        parts = [f"done.{part}" for part in place.combines if f"done.{part}" in have]
        name = f"done.{place.id}"
        if parts:
            lacking = pl.any_horizontal(~pl.col(part) for part in parts).fill_null(False)
            own = pl.col(name) if name in have else pl.lit(None, dtype=pl.Boolean)
            yield pl.when(own.is_null() & lacking).then(False).otherwise(own).alias(name)


def _described(
    table: FactsTable, events: pl.DataFrame, on: list[str], found: Collection[str], have: Collection[str], done: Done
) -> Description:
    columns = tuple(
        Column(EVENTS, f"done.{option}", known=int(events[f"done.{option}"].sum() or 0)) for option in sorted(found)
    )
    problems = [*_unsure(events, done), *_contradicted(table, events, on, found, have), *_strangers(table, done)]
    old = table.description
    return replace(old, columns=old.columns + columns, problems=(*old.problems, *problems))


def _unsure(events: pl.DataFrame, done: Done) -> Iterator[Problem]:
    for place in done.settings.options.values():
        name = f"open.{place.id}"
        count = int(events[name].sum()) if place.combines and name in events.columns else 0
        if count:
            yield Problem("cohort.combination-open", f"done.{place.id}", count=count, note=True)


def _contradicted(
    table: FactsTable, events: pl.DataFrame, on: list[str], found: Collection[str], have: Collection[str]
) -> Iterator[Problem]:
    both = [f"done.{option}" for option in sorted(found) if f"done.{option}" in have]
    if not both:
        return
    said = events.select(*on, *(pl.col(name).alias(f"event.{name}") for name in both))
    joined = table.frame.select(*on, *both).join(said.lazy(), on=on, nulls_equal=True)
    counts = joined.select((~pl.col(name) & pl.col(f"event.{name}")).sum().alias(name) for name in both)
    for name, count in counts.collect(engine="streaming").row(0, named=True).items():
        if count:
            yield Problem("cohort.done-contradiction", name, count=int(count))


def _strangers(table: FactsTable, done: Done) -> Iterator[Problem]:
    """Patients with events who are not in the table."""
    events = done.patients()
    own = table.frame.select("patient").unique()
    count = events.lazy().join(own, on="patient", how="anti").select(pl.len()).collect(engine="streaming").item()
    if count:
        yield Problem("cohort.event-strangers", count=int(count), note=True)
