"""A batch of the facts table made ready: checked, closed, admitted as one patient would be, and coded.

Rows that contradict themselves are taken out, with the reason and their numbers. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from decidua.audit.closing import REFUSED, close_columns
from decidua.audit.codes import Coding
from decidua.audit.stated import DENIED, admit_columns
from decidua.errors import CohortError
from decidua.facts import Fact
from decidua.guidelines import Knowledge, Option

ROW, ERA, DONE, GROUP = "row", "date.care", "done.", "group."
Refused = tuple[Literal["constraint", "name", "cell"], str, tuple[int, ...]]
"""Kind, id and the numbers of the rows."""
TEXT = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True)
class Prepared:
    """A batch of `rows`: the codes of those that can be, and why the others cannot."""

    rows: int
    codes: pl.DataFrame
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class Coder:
    """What must be known of a content and a table to code its batches. `eras`: first days between which a statement
    comes into force."""

    knowledge: Knowledge
    codings: Mapping[str, Coding]
    options: tuple[str, ...]
    groups: tuple[str, ...]
    eras: tuple[date, ...]

    def prepared(self, batch: pl.DataFrame) -> Prepared:
        """Codes of all facts, `done.` of each option (0 not recorded, 1 no, 2 yes), the era; groups as they are."""
        self._check(batch)
        given = batch.with_columns(self._results(batch.columns))
        rows, broken = close_columns(given, self.knowledge.vocabulary)
        rows, denied = admit_columns(rows, self.knowledge)
        rows = rows.with_columns(self._measured(rows.columns))
        refused = (*self._constraints(broken), *self._constraints(denied), *self._names(denied))
        return Prepared(batch.height, self._coded(rows).sort(ROW), refused)

    def _coded(self, rows: pl.DataFrame) -> pl.DataFrame:
        have = rows.columns
        try:
            return rows.select(
                pl.col(ROW), *(column for column in ("patient",) if column in have),
                *(coding.expression(have).alias(id_) for id_, coding in self.codings.items()),
                *((pl.col(f"{DONE}{option}").cast(pl.UInt32) + 1).fill_null(0) for option in self.options),
                *(pl.col(f"{GROUP}{name}").cast(pl.String) for name in self.groups),
                self._era(have).alias(ERA),
            )  # fmt: skip
        except pl.exceptions.InvalidOperationError:
            raise self._no_choice(rows) from None

    def _era(self, have: Collection[str]) -> pl.Expr:
        """0 where the day is not known, else 1 and one more for every first day that has come."""
        if ERA not in have:
            return pl.lit(0, dtype=pl.UInt32)
        passed = pl.sum_horizontal(pl.lit(1), *(pl.col(ERA) >= day for day in self.eras)).cast(pl.UInt32)
        return pl.when(pl.col(ERA).is_null()).then(0).otherwise(passed).cast(pl.UInt32)

    def _tests(self) -> Iterator[Option]:
        for option in self.knowledge.options.values():
            if option.done_fact and (option.id in self.options or option.done_fact in self.codings):
                yield option

    def _results(self, have: Collection[str]) -> Iterator[pl.Expr]:
        """For each test whether a result was given, before anything is concluded."""
        for option in self._tests():
            columns = [c for fact in option.decides for c in (fact, f"{fact}.low", f"{fact}.high") if c in have]
            given = pl.any_horizontal(pl.col(column).is_not_null() for column in columns) if columns else pl.lit(False)
            yield given.alias(f"result.{option.id}")

    def _measured(self, have: Collection[str]) -> Iterator[pl.Expr]:
        """A test whose result is known was done, also where nobody said so."""
        measured: dict[str, pl.Expr] = {}
        for option in self._tests():
            said, result = _boolean(str(option.done_fact), have), pl.col(f"result.{option.id}")
            yield pl.when(result & said.is_null()).then(True).otherwise(said).alias(str(option.done_fact))
            measured[option.id] = pl.when(result).then(True).otherwise(said)
        for id_ in self.options:
            recorded = _boolean(f"{DONE}{id_}", have)
            found = pl.coalesce(recorded, measured[id_]) if id_ in measured else recorded
            yield found.alias(f"{DONE}{id_}")

    def _constraints(self, broken: pl.DataFrame) -> Iterator[Refused]:
        ids = [constraint.id for constraint in self.knowledge.vocabulary.constraints if constraint.strict]
        for place, rows in _by(broken, REFUSED):
            yield "constraint", ids[int(str(place))], rows

    def _names(self, denied: pl.DataFrame) -> Iterator[Refused]:
        for name, rows in _by(denied, DENIED):
            yield "name", str(name), rows

    def _check(self, batch: pl.DataFrame) -> None:
        """Raises CohortError for a column of another kind than its fact, or a number that is none (NaN)."""
        self._check_kinds(batch.schema)
        for fact in self.knowledge.vocabulary.facts.values():
            for column in (fact.id, f"{fact.id}.low", f"{fact.id}.high"):
                if column in batch.columns and not _fits(fact, batch.schema[column]):
                    kind = {"boolean": "Boolean", "choice": "String"}.get(fact.type, "Float64")
                    raise CohortError("audit.column", column=column, given=batch.schema[column], allowed=kind)
                if column in batch.columns and batch.schema[column].is_float() and batch[column].is_nan().any():
                    row = batch.filter(pl.col(column).is_nan())[ROW][0]
                    raise CohortError("audit.nan", column=column, row=row)

    def _check_kinds(self, schema: pl.Schema) -> None:
        """Raises CohortError for a day, or what was done, or a stated name, in another kind of column."""
        yes_or_no = [*(f"{DONE}{option}" for option in self.options), *sorted(self.knowledge.stated)]
        for column, kind in {ERA: pl.Date, **dict.fromkeys(yes_or_no, pl.Boolean)}.items():
            if column in schema and schema[column] not in (kind, pl.Null):
                raise CohortError("audit.column", column=column, given=schema[column], allowed=kind.__name__)

    def _no_choice(self, rows: pl.DataFrame) -> CohortError:
        for id_, coding in self.codings.items():
            if coding.choices != (False, True) and not coding.numeric and id_ in rows.columns:
                allowed = [str(choice) for choice in coding.choices]
                wrong = rows.filter(~pl.col(id_).cast(pl.String).is_in(allowed))
                if wrong.height:
                    return CohortError("audit.choice", column=id_, row=wrong[ROW].min(), allowed=", ".join(allowed))
        raise AssertionError("no column has a value that is not among its choices")


def _boolean(column: str, have: Collection[str]) -> pl.Expr:
    return pl.col(column).cast(pl.Boolean) if column in have else pl.lit(None, dtype=pl.Boolean)


def _fits(fact: Fact, dtype: pl.DataType) -> bool:
    if dtype == pl.Null:
        return True
    if fact.numeric:
        return dtype.is_numeric()
    return dtype == pl.Boolean if fact.type == "boolean" else isinstance(dtype, TEXT)


def _by(frame: pl.DataFrame, column: str) -> Iterator[tuple[object, tuple[int, ...]]]:
    if column in frame.columns:
        for (value,), rows in frame.filter(pl.col(column).is_not_null()).group_by(column, maintain_order=True):
            yield value, tuple(rows[ROW].sort())
