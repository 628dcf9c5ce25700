"""Criteria over coded facts: each distinct comparison is one look-up, each named criterion is worked out once.

What joins them is `criteria.columns`, Kleene's logic in Polars. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial

import polars as pl

from decidua.audit.codes import Coding
from decidua.criteria import Compare, Criterion, Is, Named, OneOf, Settled, Truth, names_in, truth
from decidua.criteria.columns import column
from decidua.criteria.tree import Leaf, with_parts
from decidua.facts import Value
from decidua.guidelines import Knowledge

LEAF, SAID, NAME = "leaf:", "said:", "name:"


class Truths:
    """Expressions for criteria. The frame must first get `leaves`, then `names`, group by group.

    `have`: the columns of the table before it was coded.
    """

    def __init__(self, knowledge: Knowledge, codings: Mapping[str, Coding], have: Collection[str]) -> None:
        self.knowledge, self.codings = knowledge, codings
        self.said = {f"{SAID}{name}": name for name in sorted(knowledge.stated & set(have))}
        self.columns: dict[Leaf, str] = {}
        self._names = {f"{SAID}{id_}": self._rewritten(meant) for id_, meant in knowledge.names.items()}

    def register(self, criteria: Iterable[Criterion]) -> None:
        """Criteria that will be asked for: `leaves` must have their comparisons."""
        for criterion in criteria:
            self._rewritten(criterion)

    def of(self, criterion: Criterion) -> pl.Expr:
        """With every reading open that the authors have not settled."""
        return self._column(self._flat(self._rewritten(criterion)))

    def under(self, criterion: Criterion, way: Settled) -> pl.Expr:
        """Under one way of reading."""
        settled = self.knowledge.settled | dict(way)
        return column(self._rewritten(criterion), self._names, settled, {*self.columns.values(), *self.said})

    def leaves(self) -> Iterator[pl.Expr]:
        """One boolean column for each comparison that was asked for, and for each name as it was stated."""
        for leaf, name in self.columns.items():
            yield self._looked_up(leaf.fact, partial(_holds, leaf), name)
        for name, id_ in self.said.items():
            yield self._looked_up(id_, lambda value: value is True, name)

    def names(self) -> Iterator[list[pl.Expr]]:
        """Named criteria as columns, those first on which others rest."""
        placed = set[str]()
        while ready := [id_ for id_ in self._missing(placed) if names_in(self.knowledge.names[id_]) <= placed]:
            yield [self._name(id_) for id_ in ready]
            placed |= set(ready)

    def _missing(self, placed: set[str]) -> list[str]:
        return [id_ for id_ in self.knowledge.names if id_ not in placed]

    def _name(self, id_: str) -> pl.Expr:
        meant = self._column(self._flat(self._names[f"{SAID}{id_}"]))
        said = f"{SAID}{id_}"
        return (pl.coalesce(pl.col(said), meant) if said in self.said else meant).alias(f"{NAME}{id_}")

    def _column(self, flat: Criterion) -> pl.Expr:
        named = [f"{NAME}{id_}" for id_ in self.knowledge.names]
        return column(flat, {}, self.knowledge.settled, {*self.columns.values(), *named})

    def _looked_up(self, fact: str, holds: Callable[[Value], Truth], name: str) -> pl.Expr:
        table = [None if value is None else holds(value) for value in self.codings[fact].meanings]
        return pl.lit(pl.Series(table, dtype=pl.Boolean)).gather(pl.col(fact)).alias(name)

    def _rewritten(self, node: Criterion) -> Criterion:
        """The same over columns: a comparison is a boolean column, a name has its own prefix."""
        if isinstance(node, Is | OneOf | Compare):
            return Is(self.columns.setdefault(node, f"{LEAF}{len(self.columns)}"))
        return Named(f"{SAID}{node.id}") if isinstance(node, Named) else with_parts(node, self._rewritten)

    def _flat(self, node: Criterion) -> Criterion:
        """Names as the columns that `names` makes."""
        if isinstance(node, Named):
            return Is(f"{NAME}{node.id.removeprefix(SAID)}")
        return with_parts(node, self._flat)


def _holds(leaf: Leaf, value: Value) -> Truth:
    return truth(leaf, {leaf.fact: value}, {}, {})
