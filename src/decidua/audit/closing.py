"""What the constraints add to every row of a table of facts, and the rows that they refuse: `facts.close` by columns.

Bounds of the counts in a sum stand in `<fact>.low` and `<fact>.high` while this works. Needs the extra `columns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, or_

import polars as pl

from decidua.facts import Constraint, Vocabulary

REFUSED = "refused"
"""The column with the place of the broken constraint; null where none is."""


@dataclass(frozen=True)
class Change:
    """One column that a constraint changes: where, and to what."""

    column: str
    where: pl.Expr
    to: pl.Expr


def close_columns(frame: pl.DataFrame, vocabulary: Vocabulary) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with everything that the constraints add, and apart the rows that break one (column REFUSED)."""
    counts = _counts(vocabulary)
    frame, broken = _with_bounds(frame, vocabulary, counts), []
    constraints = [c for c in vocabulary.constraints if c.strict]
    while True:
        found = frame.with_columns(_broken(constraints).alias(REFUSED))
        if found[REFUSED].null_count() < found.height:
            broken.append(found.filter(pl.col(REFUSED).is_not_null()))
            frame = found.filter(pl.col(REFUSED).is_null()).drop(REFUSED)
        changes = [change for constraint in constraints for change in _changes(constraint)]
        moved = frame.select(reduce(or_, (change.where.fill_null(False).any() for change in changes), pl.lit(False)))
        if not moved.item():
            break
        frame = frame.with_columns(_changed(changes))
    return _exact(frame, counts), pl.concat(broken) if broken else _exact(frame, counts).clear()


def _counts(vocabulary: Vocabulary) -> list[str]:
    """The facts that take part in a sum."""
    members = {fact for c in vocabulary.constraints if c.strict and c.at_most for fact in (*c.sum, c.at_most)}
    return [id_ for id_ in vocabulary.facts if id_ in members]


def _with_bounds(frame: pl.DataFrame, vocabulary: Vocabulary, counts: Sequence[str]) -> pl.DataFrame:
    """With every column that a constraint may write to; a count becomes its bounds."""
    have = set(frame.columns)
    frame = frame.with_columns(
        bound for fact in counts for bound in (_bound(fact, "low", have).fill_null(0.0), _bound(fact, "high", have))
    )
    written = {fact for c in vocabulary.constraints for fact in (c.if_, c.effect[0], c.if_known) if fact}
    kinds = {"boolean": pl.Boolean, "choice": pl.String}
    return frame.with_columns(
        (pl.col(id_) if id_ in have else pl.lit(None))
        .cast(kinds.get(vocabulary.facts[id_].type, pl.Float64))
        .alias(id_)
        for id_ in sorted(written)
    )


def _bound(fact: str, side: str, have: set[str]) -> pl.Expr:
    named = [name for name in (fact, f"{fact}.{side}") if name in have]
    return pl.coalesce([*named, pl.lit(None)]).cast(pl.Float64).alias(f"{fact}.{side}")


def _exact(frame: pl.DataFrame, counts: Sequence[str]) -> pl.DataFrame:
    """A count whose bounds meet is known."""
    return frame.with_columns(
        pl.when(pl.col(f"{fact}.low") == pl.col(f"{fact}.high")).then(pl.col(f"{fact}.low")).alias(fact)
        for fact in counts
    )


def _broken(constraints: Sequence[Constraint]) -> pl.Expr:
    """The first constraint that a row breaks, as its place in the list."""
    at = pl.lit(None, dtype=pl.Int16)
    for place, constraint in reversed(list(enumerate(constraints))):
        at = pl.when(_breaks(constraint)).then(pl.lit(place, dtype=pl.Int16)).otherwise(at)
    return at


def _breaks(constraint: Constraint) -> pl.Expr:
    if constraint.at_most:
        return _least(constraint) > pl.col(f"{constraint.at_most}.high")
    fact, choice = constraint.effect
    if constraint.if_:
        return pl.col(constraint.if_) & ~pl.col(fact)
    if constraint.if_known:
        return _known(constraint.if_known) & (pl.col(fact) != choice)
    return pl.lit(False)


def _known(fact: str) -> pl.Expr:
    """Anything at all, be it a bound."""
    return pl.any_horizontal(pl.col(f"^{re.escape(fact)}(\\.low|\\.high)?$").is_not_null())


def _least(constraint: Constraint) -> pl.Expr:
    return reduce(add, (pl.col(f"{part}.low") for part in constraint.sum))


def _changes(constraint: Constraint) -> Iterator[Change]:
    if constraint.at_most:
        yield from _sum_changes(constraint)
        return
    fact, choice = constraint.effect
    if constraint.if_:
        cause, effect = pl.col(constraint.if_), pl.col(fact)
        yield Change(fact, cause & effect.is_null(), pl.lit(True))
        yield Change(constraint.if_, ~effect & cause.is_null(), pl.lit(False))
    elif constraint.if_known:
        yield Change(fact, _known(constraint.if_known) & pl.col(fact).is_null(), pl.lit(choice))


def _sum_changes(constraint: Constraint) -> Iterator[Change]:
    least, low, high = _least(constraint), f"{constraint.at_most}.low", pl.col(f"{constraint.at_most}.high")
    yield Change(low, least > pl.col(low), least)
    for part in constraint.sum:
        most = pl.col(f"{part}.high")
        room = high - (least - pl.col(f"{part}.low"))
        yield Change(f"{part}.high", (most > room) | (most.is_null() & room.is_not_null()), room)


def _changed(changes: Sequence[Change]) -> Iterator[pl.Expr]:
    """All at once, as what was known before this pass says; of several changes to one column the last counts."""
    for column in dict.fromkeys(change.column for change in changes):
        value = pl.col(column)
        for change in changes:
            if change.column == column:
                value = pl.when(change.where).then(change.to).otherwise(value)
        yield value.alias(column)
