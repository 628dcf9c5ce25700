"""Patients who stand in more than one row: rows that are the same become one, rows that differ are all left out.

Two rows are of one patient at one index date if both are equal; by 64-bit hashes, eight bytes a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

SEED = 20_250_101


@dataclass
class Keys:
    """The hashes of the rows that have gone by."""

    who: list[pl.Series] = field(default_factory=list)
    what: list[pl.Series] = field(default_factory=list)

    def add(self, table: pl.DataFrame) -> None:
        """table: a block of the facts table, with the same columns for every block."""
        key = [name for name in ("patient", "date.index") if name in table.columns]
        self.who.append(table.select(key).hash_rows(SEED))
        self.what.append(table.hash_rows(SEED))


@dataclass(frozen=True)
class Doubles:
    """`keep`: for each row whether it stays. `same`: left out because an equal one stays. `differ`: all left out."""

    keep: pl.Series
    same: int
    differ: pl.Series

    @property
    def refused(self) -> int:
        return int(self.differ.sum())


def doubles(keys: Keys, missing: pl.Series) -> Doubles:
    """missing: rows without a patient, which are left out and are nobody's doubles."""
    if not keys.who:
        empty = pl.Series([], dtype=pl.Boolean)
        return Doubles(empty, 0, empty)
    who, what = pl.concat(keys.who), pl.concat(keys.what)
    twice = who.is_duplicated() & ~missing
    if not twice.any():
        return Doubles(~missing, 0, pl.Series([False]).new_from_index(0, len(who)))
    some = pl.DataFrame({"at": pl.Series(range(len(who)), dtype=pl.Int64).filter(twice), "who": who.filter(twice)})
    some = some.with_columns(what=what.filter(twice))
    judged = some.with_columns(
        differ=pl.col("what").n_unique().over("who") > 1, first=pl.col("at") == pl.col("at").min().over("who")
    )
    out = judged.filter(pl.col("differ") | ~pl.col("first"))["at"]
    keep = (~missing).scatter(out, False)
    differ = pl.Series([False]).new_from_index(0, len(who)).scatter(judged.filter("differ")["at"], True)
    return Doubles(keep, int((~judged["differ"] & ~judged["first"]).sum()), differ)
