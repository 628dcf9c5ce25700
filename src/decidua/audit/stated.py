"""Names that are stated, in columns: rows that contradict them are refused, and what follows from them is added.

The same steps as `consult.patient.admit` takes for one patient, on the rows that state any. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_

import polars as pl

from decidua.audit.closing import REFUSED, close_columns
from decidua.criteria import Criterion, Is, OneOf, truth
from decidua.criteria.columns import column
from decidua.criteria.tree import Always, with_parts
from decidua.facts import Fact, Value
from decidua.guidelines import Knowledge

DENIED = "denied"
"""The column with the stated name that the facts contradict; null where none is."""


def admit_columns(frame: pl.DataFrame, knowledge: Knowledge) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Closed rows with what follows from stated names, and apart those refused (columns DENIED, REFUSED)."""
    names = sorted(knowledge.stated & set(frame.columns))
    states = reduce(or_, (pl.col(name).is_not_null() for name in names), pl.lit(False))
    telling = frame.filter(states) if names else frame.clear()
    if telling.is_empty():
        return frame, frame.clear()
    telling = _with_written(telling, knowledge, names).with_columns(_denied(knowledge, names, telling.columns))
    denied = telling.filter(pl.col(DENIED).is_not_null())
    rows, broken = _concluded(telling.filter(pl.col(DENIED).is_null()).drop(DENIED), knowledge, names)
    kept = pl.concat([frame.filter(~states), rows], how="diagonal_relaxed")
    return kept, pl.concat([denied, broken], how="diagonal_relaxed")


def _denied(knowledge: Knowledge, names: list[str], have: Collection[str]) -> pl.Expr:
    """The first stated name that is not what the other facts give."""
    found = pl.lit(None, dtype=pl.String)
    for name in reversed(names):
        computed = column(knowledge.names[name], knowledge.names, knowledge.settled, set(have) - {name})
        found = pl.when((computed != pl.col(name)).fill_null(False)).then(pl.lit(name)).otherwise(found)
    return found.alias(DENIED)


def _with_written(frame: pl.DataFrame, knowledge: Knowledge, names: list[str]) -> pl.DataFrame:
    """With a column for every fact that may be concluded."""
    facts = {fact.id: fact for name in names for fact in _open(knowledge, name)}
    return frame.with_columns(
        pl.lit(None, dtype=pl.String if fact.type == "choice" else pl.Boolean).alias(id_)
        for id_, fact in sorted(facts.items())
        if id_ not in frame.columns
    )


def _open(knowledge: Knowledge, name: str) -> Iterator[Fact]:
    """The facts below a name that a statement of it can give: those without numbers."""
    for fact in sorted(knowledge.expand(knowledge.names[name])):
        if not knowledge.vocabulary.facts[fact].numeric:
            yield knowledge.vocabulary.facts[fact]


def _concluded(frame: pl.DataFrame, knowledge: Knowledge, names: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    broken: list[pl.DataFrame] = []
    while not frame.is_empty():
        found = frame.with_columns(_left(knowledge, names, frame.columns))
        if found.equals(frame):
            break
        frame, refused = close_columns(found, knowledge.vocabulary)
        broken.append(refused)
    nothing = frame.clear().with_columns(pl.lit(None, dtype=pl.Int16).alias(REFUSED))
    return frame, pl.concat([nothing, *broken], how="diagonal_relaxed")


def _left(knowledge: Knowledge, names: list[str], have: Collection[str]) -> Iterator[pl.Expr]:
    """Each fact with the value that a stated name leaves alone; of several names the last counts."""
    facts = {fact.id: fact for name in names for fact in _open(knowledge, name)}
    for id_, fact in facts.items():
        value = pl.col(id_)
        for name in names:
            if fact in _open(knowledge, name):
                one, only = _only(knowledge, name, fact, have)
                value = pl.when(pl.col(id_).is_null() & pl.col(name).is_not_null() & only).then(one).otherwise(value)
        yield value.alias(id_)


def _only(knowledge: Knowledge, name: str, fact: Fact, have: Collection[str]) -> tuple[pl.Expr, pl.Expr]:
    """The last value that agrees with the stated name, and whether none but it does."""
    choices: tuple[Value, ...] = fact.choices if fact.type == "choice" else (False, True)
    agree = [_agrees(knowledge, name, {fact.id: choice}, have) for choice in choices]
    one = pl.lit(None, dtype=pl.String if fact.type == "choice" else pl.Boolean)
    for choice, agrees in zip(choices, agree, strict=True):
        one = pl.when(agrees).then(pl.lit(choice)).otherwise(one)
    return one, pl.sum_horizontal(agrees.cast(pl.UInt8) for agrees in agree) == 1


def _agrees(knowledge: Knowledge, name: str, known: Mapping[str, Value], have: Collection[str]) -> pl.Expr:
    names = {id_: given(meant, known) for id_, meant in knowledge.names.items()}
    found = column(names[name], names, knowledge.settled, set(have) - {name})
    return (found == pl.col(name)).fill_null(True)


def given(node: Criterion, known: Mapping[str, Value]) -> Criterion:
    """The criterion where these facts have these values."""
    if isinstance(node, Is | OneOf) and node.fact in known:
        return Always(truth(node, known, {}, {}) is True)
    return with_parts(node, lambda part: given(part, known))
