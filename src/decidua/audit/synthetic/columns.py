"""A block as a frame of the facts table's columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from decidua.audit.synthetic.bounds import Ends
from decidua.audit.synthetic.conditions import Array, Mask
from decidua.audit.synthetic.load import Model
from decidua.audit.synthetic.record import Written

GROUPS = ("centre", "setting")
FIRST = 1_000_000_000
"""A patient's number in her id has nine digits; written with this added, and the one taken off."""
EPOCH = date(1970, 1, 1)
Column = Array | pl.Series


def schema(model: Model, ranged: tuple[str, ...]) -> dict[str, pl.DataType]:
    """Every column with its type, in order. ranged: facts that have bounds."""
    found: dict[str, pl.DataType] = {"patient": pl.String()}
    for fact in model.facts.values():
        found[fact.id] = {"boolean": pl.Boolean(), "choice": pl.String()}.get(fact.type, pl.Float64())
        if fact.id in ranged:
            found |= {f"{fact.id}.low": pl.Float64(), f"{fact.id}.high": pl.Float64()}
    found |= {stated.name: pl.Boolean() for stated in model.written.stated}
    found |= {f"group.{name}": pl.String() for name in (*GROUPS, "year")}
    found |= {"date.care": pl.Date()}
    return found | {f"done.{care.option}": pl.Boolean() for care in model.written.care}


def frame(model: Model, written: Written, first: int) -> pl.DataFrame:
    """The rows of one block. first: the number of its first patient, from 1."""
    raw: dict[str, Column] = {}
    expressions = [_ids(first, written.world.rows), *_facts(model, written, raw)]
    for name, (value, known) in written.stated.items():
        expressions.append(_boolean(name, value, known, raw))
    expressions += [_group(model, name, written, raw) for name in GROUPS]
    raw["year"] = written.world.values["care_year"]
    expressions.append(pl.col("year").cast(pl.String).alias("group.year"))
    expressions.append(_day(written, raw))
    for option, (value, known) in written.care.items():
        expressions.append(_boolean(f"done.{option}", value, known, raw))
    return pl.DataFrame(raw).select(expressions)


def _ids(first: int, rows: int) -> pl.Expr:
    number = pl.int_range(FIRST + first, FIRST + first + rows, dtype=pl.Int64).cast(pl.String)
    return number.str.replace("1", "synthetic-", literal=True).alias("patient")


def _facts(model: Model, written: Written, raw: dict[str, Column]) -> Iterator[pl.Expr]:
    for fact in model.facts.values():
        value, known = written.world.values[fact.id], written.known[fact.id]
        if fact.type == "boolean":
            yield _boolean(fact.id, value, known, raw)
        elif fact.type == "choice":
            yield _choice(fact.id, fact.choices, value, known, raw)
        else:
            yield _put(fact.id, value, known, raw).cast(pl.Float64).alias(fact.id)
        if fact.id in written.ends:
            yield from _ends(fact.id, written.ends[fact.id], known, raw)


def _put(name: str, value: Array, known: Mask, raw: dict[str, Column]) -> pl.Expr:
    raw[f"{name}?"], raw[name] = known, value
    return pl.when(pl.col(f"{name}?")).then(pl.col(name))


def _boolean(name: str, value: Array, known: Mask, raw: dict[str, Column]) -> pl.Expr:
    return _put(name, value.view(np.bool_), known, raw).alias(name)


def _choice(name: str, choices: tuple[str, ...], codes: Array, known: Mask, raw: dict[str, Column]) -> pl.Expr:
    """Words for codes; what is not known has the place after the last."""
    words = pl.Series([*choices, None], dtype=pl.String)
    places = np.where(known, codes, np.uint8(len(choices))).astype(np.uint32)
    raw[name] = words.gather(pl.Series(places))
    return pl.col(name)


def _ends(name: str, ends: Ends, known: Mask, raw: dict[str, Column]) -> Iterator[pl.Expr]:
    for end, values in (("low", ends.low), ("high", ends.high)):
        column = f"{name}.{end}"
        yield _put(column, values, ~known & np.isfinite(values), raw).alias(column)


def _group(model: Model, name: str, written: Written, raw: dict[str, Column]) -> pl.Expr:
    choices = model.vocabulary.facts[name].choices
    everybody = np.ones(written.world.rows, np.bool_)
    return _choice(name, choices, written.world.values[name], everybody, raw).alias(f"group.{name}")


def _day(written: Written, raw: dict[str, Column]) -> pl.Expr:
    """The day of care, as days since 1970."""
    values = written.world.values
    years = values["care_year"].astype(np.int64)
    first, last = int(years.min()), int(years.max())
    starts = np.array([(date(year, 1, 1) - EPOCH).days for year in range(first, last + 1)])
    days = (starts[years - first] + values["care_day"].astype(np.int64) - 1).astype(np.int32)
    return _put("date.care", days, written.day_known, raw).cast(pl.Date).alias("date.care")
