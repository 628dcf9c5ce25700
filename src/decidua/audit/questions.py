"""Questions to every row of a batch, counted by Polars: the answers of a row are packed into one integer.

Needs the extra `columns`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod

import polars as pl

from decidua.errors import CohortError

Part = tuple[pl.Expr, int]
"""A number in each row, and how many different ones there can be: 0 up to that, exclusive."""
MOST_VALUES = 1000
"""Values of a column to group by: more are no groups, and would make the counts as long as the cohort."""


@dataclass(frozen=True)
class Question:
    """`about`: what is counted; the counts are kept under it, by the numbers of the parts.

    `packed`: the column that has all parts but the last packed already.
    """

    about: tuple[str, ...]
    parts: tuple[Part, ...]
    packed: str = ""

    def expression(self, name: str) -> pl.Expr:
        """One list of (key, n) for a whole batch."""
        *first, last = self.parts
        parts = [(pl.col(self.packed), prod(size for _, size in first)), last] if self.packed else self.parts
        return packed(parts).value_counts(name="n").implode().alias(name)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(size for _, size in self.parts)


def unpacked(key: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """The numbers of the parts that a key holds."""
    numbers = []
    for size in reversed(sizes):
        key, number = divmod(key, size)
        numbers.append(number)
    return tuple(reversed(numbers))


def packed(parts: Sequence[Part]) -> pl.Expr:
    """The numbers of all parts as one, the last changing fastest; the smaller its type, the faster it is counted."""
    kind = pl.UInt32 if prod(size for _, size in parts) < 1 << 32 else pl.UInt64
    first, *rest = [(part.cast(kind), size) for part, size in parts if size > 1] or [(parts[0][0].cast(kind), 1)]
    return reduce(lambda key, part: key * part[1] + part[0], rest, first[0])


class Values:
    """The values of a column to group by, numbered as they come; null is 0."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.known: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}

    def learn(self, frame: pl.DataFrame) -> None:
        """Raises CohortError where there are too many to be groups."""
        for value in frame[self.column].unique().drop_nulls().sort().to_list():
            if value not in self._numbers:
                self._numbers[value] = len(self.known)
                self.known.append(value)
        if len(self.known) > MOST_VALUES:
            raise CohortError("audit.group-many", column=self.column, limit=MOST_VALUES)

    def numbers(self) -> pl.Expr:
        return pl.col(self.column).replace_strict(self.known, list(range(len(self.known))), return_dtype=pl.UInt32)


def count(
    frame: pl.LazyFrame, questions: Sequence[Question], sums: Sequence[pl.Expr]
) -> tuple[list[Counter[int]], list[int]]:
    """All questions and sums of a batch in one run: of each question how many rows have which key."""
    asked = [question.expression(f"q{at}") for at, question in enumerate(questions)]
    summed = [one.cast(pl.Int64).alias(f"s{at}") for at, one in enumerate(sums)]
    found = frame.select(*asked, *summed).collect(optimizations=pl.QueryOptFlags(comm_subexpr_elim=False))
    return [_counter(found[f"q{at}"][0]) for at in range(len(asked))], [found[f"s{at}"][0] for at in range(len(sums))]


def _counter(counted: pl.Series) -> Counter[int]:
    keys, counts = (counted.struct.unnest().to_series(at).to_list() for at in (0, 1))
    return Counter(dict(zip(keys, counts, strict=True)))
