"""The facts of a batch as a table with the columns of `intake/cohort/facts_table.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import polars as pl

from decidua.intake.bulk.facts import Facts, Floats
from decidua.intake.bulk.reducing import Bits

PATIENT = "patient"


def frame(
    facts: Facts,
    patients: Sequence[str | None],
    not_done: Mapping[str, Collection[str | None]],
    kept: Bits,
    centres: Sequence[str | None] = (),
) -> pl.DataFrame:
    """One row for each patient that is kept, a column for what is known of one of them.

    not_done: option → of whom it is recorded that it was not done. centres: of each patient, if any is known.
    """
    columns = {PATIENT: pl.Series(PATIENT, patients, dtype=pl.String)}
    numbers = facts.meanings.number
    choices = pl.Series("choices", facts.meanings.values.choices, dtype=pl.String)
    known = np.asarray(~(np.isnan(facts.low).all(axis=1) & np.isnan(facts.high).all(axis=1)))
    for name in facts.meanings.facts:
        if known[numbers[name]]:
            columns |= _column(facts, name, numbers[name], choices)
    if centres:
        columns["group.centre"] = pl.Series("group.centre", centres, dtype=pl.String)
    for option, who in not_done.items():
        said = [False if patient in who else None for patient in patients]
        columns[f"done.{option}"] = pl.Series(f"done.{option}", said, dtype=pl.Boolean)
    table = pl.DataFrame(columns)
    return table if kept.all() else table.filter(pl.Series(kept))


def _column(facts: Facts, name: str, place: int, choices: pl.Series) -> dict[str, pl.Series]:
    fact, low, high = facts.meanings.vocabulary.facts.get(name), facts.low[place], facts.high[place]
    if fact is None or fact.type == "boolean":
        return {name: _boolean(name, low)}
    if fact.type == "choice":
        index = _numbers("i", low).cast(pl.UInt32)
        text = choices.gather(index) if len(choices) else pl.Series(name, [None] * len(index), dtype=pl.String)
        return {name: text.alias(name).cast(pl.Enum(fact.choices))}
    exact = np.where(low == high, low, np.nan)
    bounded = ~(low == high)
    return {
        name: _numbers(name, exact),
        f"{name}.low": _numbers(f"{name}.low", np.where(bounded, low, np.nan)),
        f"{name}.high": _numbers(f"{name}.high", np.where(bounded, high, np.nan)),
    }


def _numbers(name: str, values: Floats) -> pl.Series:
    return pl.Series(name, values, nan_to_null=True)


def _boolean(name: str, values: Floats) -> pl.Series:
    return _numbers(name, values).cast(pl.Boolean)


def tidy(table: pl.DataFrame) -> pl.DataFrame:
    """Without the bounds of facts that are nowhere known only within bounds."""
    ends = [name for name in table.columns if name.endswith((".low", ".high"))]
    empty = {name for name in ends if table[name].null_count() == len(table)}
    pairs = {name.rsplit(".", 1)[0] for name in ends}
    gone = [f"{fact}.{end}" for fact in pairs if {f"{fact}.low", f"{fact}.high"} <= empty for end in ("low", "high")]
    return table.drop(gone)
