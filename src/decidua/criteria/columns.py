"""Criteria as Polars expressions over fact columns: null is unknown, Kleene is Polars' own and/or/not.

A column is named after its fact: booleans, strings for choices, numbers in the canonical unit; NaN must not occur.
Bounds, where a count is only partly known, stand in `<fact>.low` and `<fact>.high` if the frame has them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import reduce
from operator import and_, or_

import polars as pl

from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Criterion, Is, Named, Not, OneOf, Or
from decidua.criteria.truth import Settled


def column(node: Criterion, names: Mapping[str, Criterion], settled: Settled, have: Collection[str]) -> pl.Expr:
    """`have`: the columns of the frame; a fact without a column is unknown for every row."""

    def inner(part: Criterion) -> pl.Expr:
        return column(part, names, settled, have)

    match node:
        case Always(value):
            return pl.lit(value)
        case Is(fact):
            return _fact(fact, pl.Boolean, have)
        case OneOf(fact, choices):
            return _fact(fact, pl.String, have).is_in(list(choices))
        case Compare():
            return _compare(node, have)
        case Named(id):
            meant = inner(names[id])
            return pl.coalesce(pl.col(id), meant) if id in have else meant
        case Not(part):
            return ~inner(part)
        case And(parts):
            return reduce(and_, map(inner, parts))
        case Or(parts):
            return reduce(or_, map(inner, parts))
        case AtLeast(k, parts):
            return _at_least(k, [inner(part) for part in parts])
        case Choose(reading, alternatives):
            if reading in settled:
                return inner(dict(alternatives)[settled[reading]])
            return _agreement([inner(part) for _, part in alternatives])


def _fact(fact: str, dtype: type[pl.DataType], have: Collection[str]) -> pl.Expr:
    return pl.col(fact).cast(dtype) if fact in have else pl.lit(None, dtype=dtype)


def _compare(node: Compare, have: Collection[str]) -> pl.Expr:
    exact = _holds(node.op, _fact(node.fact, pl.Float64, have), float(node.value))
    low, high = f"{node.fact}.low", f"{node.fact}.high"
    if low not in have or high not in have:
        return exact
    return pl.coalesce(exact, _range_holds(node, pl.col(low).cast(pl.Float64), pl.col(high).cast(pl.Float64)))


def _holds(op: str, value: pl.Expr, cut: float) -> pl.Expr:
    match op:
        case "=":
            return value == cut
        case "<":
            return value < cut
        case "<=":
            return value <= cut
        case ">":
            return value > cut
        case _:
            return value >= cut


def _range_holds(node: Compare, low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """True or false where both bounds agree, else null; a missing bound never decides."""
    cut = float(node.value)
    surely, never = {
        "=": ((low == cut) & (high == cut), (high < cut) | (low > cut)),
        "<": (high < cut, low >= cut),
        "<=": (high <= cut, low > cut),
        ">": (low > cut, high <= cut),
        ">=": (low >= cut, high < cut),
    }[node.op]
    yes, no = surely.fill_null(False), never.fill_null(False)
    return pl.when(yes).then(True).when(no).then(False).otherwise(None)


def _at_least(k: int, parts: list[pl.Expr]) -> pl.Expr:
    true = reduce(lambda a, b: a + b, (part.fill_null(False).cast(pl.Int32) for part in parts))
    maybe = reduce(lambda a, b: a + b, (part.fill_null(True).cast(pl.Int32) for part in parts))
    return pl.when(true >= k).then(True).when(maybe < k).then(False).otherwise(None)


def _agreement(parts: list[pl.Expr]) -> pl.Expr:
    every, none = reduce(and_, parts), reduce(or_, parts)
    return pl.when(every).then(True).when(~none).then(False).otherwise(None)
