"""A block of a source → a block of the facts table; what is refused goes to the tally with its row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import date
from decimal import Decimal
from itertools import pairwise

import polars as pl

from decidua.intake.cohort.cells import CellReader, written
from decidua.intake.cohort.columns import TYPES, Read, Refused, read_column
from decidua.intake.cohort.csv_blocks import Block
from decidua.intake.cohort.dates import not_after, read_dates
from decidua.intake.cohort.headings import Target
from decidua.intake.cohort.mapping import Complete, GroupRule
from decidua.intake.cohort.open_source import SourceFile
from decidua.intake.cohort.settings import Settings
from decidua.intake.cohort.tally import Tally
from decidua.intake.given import UNEXPLAINED

WORKERS = 4
_TYPES: Mapping[str, type[pl.DataType]] = {"patient": pl.String, "date": pl.Date, "group": pl.String}
UNKNOWN_GROUPS = ["", "unknown", "not known", "?", "모름", "na", "n/a", "nan", "null", "none"]


class Converter:
    """One source file; its readers remember the cells that they have read."""

    def __init__(self, file: SourceFile, targets: Sequence[Target], settings: Settings) -> None:
        self.file, self.targets, self.settings = str(file.path), targets, settings
        unknown = settings.mapping.unknown
        self.readers = {
            target.name: CellReader(target.fact, target.unit, target.values, unknown)
            for target in targets
            if target.fact is not None
        }

    def possible(self) -> dict[str, pl.DataType]:
        """Every column that a block may have, with its type."""
        found: dict[str, pl.DataType] = {}
        for target in self.targets:
            kind = _TYPES.get(target.kind)
            own = kind() if kind is not None else TYPES[target.fact.type]() if target.fact else pl.String()
            names = self.settings.unexplained if target.name == UNEXPLAINED else [target.name]
            found |= dict.fromkeys(names, own)
            if target.kind in ("fact", "low", "high") and target.fact is not None and target.fact.numeric:
                found |= {f"{target.fact.id}.low": pl.Float64(), f"{target.fact.id}.high": pl.Float64()}
        for group in self.settings.mapping.groups:
            if self.settings.fact_id(group.fact) in found:
                found[f"group.{group.name}"] = pl.String()
        for rule in self.settings.mapping.done:
            if rule.date is not None and f"date.{rule.option}" in found:
                found[f"done.{rule.option}"] = pl.Boolean()
        return found

    def only(self, columns: Collection[str]) -> Converter:
        """The same for a few columns of the facts table, with what they are worked out from."""
        facts = {self.settings.fact_id(group.fact) for group in self.settings.mapping.groups}
        wanted = {name.removesuffix(".low").removesuffix(".high") for name in columns} | set(columns) | facts
        some = copy(self)
        some.targets = [
            target for target in self.targets if target.kind in ("patient", "date", "stated") or target.name in wanted
        ]
        return some

    def table(self, block: Block, tally: Tally) -> pl.DataFrame:
        """Columns of the facts table, and `row` with the numbers of the rows."""
        tally.rows += len(block.frame)
        found: dict[str, pl.Series] = {"row": block.numbers}
        for target, read in zip(self.targets, self._all_read(block), strict=True):
            cells = block.frame.to_series(target.at)
            for name, series in self._column(target, cells, read, block.numbers, tally):
                found[name] = series.alias(name)
        self._derived(found)
        return pl.DataFrame(list(found.values()))

    def _all_read(self, block: Block) -> list[Read | None]:
        """The columns of facts, several at a time: most of the work is the engine's, outside Python's lock."""

        def read(target: Target) -> Read | None:
            reader = self.readers.get(target.name)
            return None if reader is None else read_column(block.frame.to_series(target.at), reader)

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(read, self.targets))

    def _column(
        self, target: Target, cells: pl.Series, read: Read | None, numbers: pl.Series, tally: Tally
    ) -> list[tuple[str, pl.Series]]:
        if target.kind == "patient":
            return [("patient", _ids(cells))]
        if target.kind == "date":
            return [(target.name, self._dates(target, cells, numbers, tally))]
        if target.kind == "group":
            return [(target.name, self._group(target, cells, numbers, tally))]
        assert read is not None
        self._count(target, cells, read, numbers, tally)
        if target.name == UNEXPLAINED:
            return [(name, read.value) for name in self.settings.unexplained]
        found = [(target.name, read.value)]
        if target.kind == "fact" and read.low is not None and read.high is not None:
            found += [(f"{target.name}.low", read.low), (f"{target.name}.high", read.high)]
        return found

    def _count(self, target: Target, cells: pl.Series, read: Read, numbers: pl.Series, tally: Tally) -> None:
        known = len(read.value) - read.value.null_count()
        bounded = 0
        if read.low is not None and read.high is not None:
            bounded = int((read.value.is_null() & (read.low.is_not_null() | read.high.is_not_null())).sum())
        refused = sum(int(one.mask.sum()) for one in read.refused if not one.note)
        unit = target.unit or (target.fact.unit if target.fact else None)
        tally.column(
            target.heading, target.name, unit.label if unit else "", known=known, bounded=bounded, refused=refused,
            unknown=len(cells) - known - bounded - refused,
        )  # fmt: skip
        for one in read.refused:
            self._refuse(target, one, numbers, tally)

    def _refuse(self, target: Target, one: Refused, numbers: pl.Series, tally: Tally) -> None:
        rows, count = tally.where(one.mask, numbers)
        given = None if one.given is None or isinstance(one.given, bool) else one.given
        tally.problem(
            one.key, target.heading, file=self.file, rows=rows, count=count, given=given, note=one.note,
            **{key: value for key, value in one.parts.items() if key not in ("given", "column", "count")},
        )  # fmt: skip

    def _dates(self, target: Target, cells: pl.Series, numbers: pl.Series, tally: Tally) -> pl.Series:
        read, wrong = read_dates(cells, target.format)
        read, later = not_after(read, self.settings.as_of)
        for key, mask in (("cohort.date", wrong), ("cohort.date-later", later)):
            rows, count = tally.where(mask, numbers)
            if count:
                form, as_of = target.format or "YYYY-MM-DD", str(self.settings.as_of)
                tally.problem(key, target.heading, file=self.file, rows=rows, count=count, format=form, as_of=as_of)
        known, refused = len(read) - read.null_count(), int(wrong.sum()) + int(later.sum())
        unknown = len(read) - known - refused
        tally.column(target.heading, target.name, known=known, refused=refused, unknown=unknown)
        return read

    def _group(self, target: Target, cells: pl.Series, numbers: pl.Series, tally: Tally) -> pl.Series:
        rule = next((group for group in self.settings.mapping.groups if f"group.{group.name}" == target.name), None)
        if rule is not None and rule.year:
            return self._year(target, cells, numbers, tally)
        text = _texts(cells)
        text = text.set(text.str.to_lowercase().is_in(UNKNOWN_GROUPS), None)
        if target.values:
            said = {key: value or None for key, value in target.values.items()}
            text = text.str.to_lowercase().replace_strict(said, default=text, return_dtype=pl.String)
        known = len(text) - text.null_count()
        tally.column(target.heading, target.name, known=known, unknown=len(text) - known)
        return text

    def _year(self, target: Target, cells: pl.Series, numbers: pl.Series, tally: Tally) -> pl.Series:
        """Dates that are wrong are told where the column is a date; here they are only not known."""
        dated = any(other.kind == "date" and other.at == target.at for other in self.targets)
        read = self._dates(target, cells, numbers, Tally() if dated else tally)
        if dated:
            known = len(read) - read.null_count()
            tally.column(target.heading, target.name, known=known, unknown=len(read) - known)
        return read.dt.year().cast(pl.String)

    def _derived(self, found: dict[str, pl.Series]) -> None:
        """Bands of a number, and what was done where dates or a complete record say so."""
        for group in self.settings.mapping.groups:
            fact = self.settings.fact_id(group.fact)
            if fact in found:
                found[f"group.{group.name}"] = bands(found[fact], group).alias(f"group.{group.name}")
        for rule in self.settings.mapping.done:
            name, day = f"done.{rule.option}", found.get(f"date.{rule.option}")
            done = found.get(name)
            if day is not None:
                dated = pl.Series(name, [True]).new_from_index(0, len(day)).set(day.is_null(), None)
                done = dated if done is None else done.zip_with(done.is_not_null(), dated)
            if done is not None and rule.complete is not None:
                done = done.set(done.is_null() & within(found.get("date.care"), rule.complete, len(done)), False)
            if done is not None:
                found[name] = done.alias(name)


def within(care: pl.Series | None, complete: Complete, rows: int) -> pl.Series:
    """Where the record of an option is said to be complete on the day of care."""
    every = pl.Series([True]).new_from_index(0, rows)
    if complete.first is None and complete.last is None:
        return every
    if care is None:
        return ~every
    first, last = complete.first or date.min, complete.last or date.max
    return care.is_between(first, last).fill_null(False)


def bands(numbers: pl.Series, group: GroupRule) -> pl.Series:
    """Bands between cuts, the lower end within: `<30`, `30–<35`, `≥35`. A number that is not exact has none."""
    cuts = [_tidy(cut) for cut in group.cuts]
    labels = [f"<{cuts[0]}", *(f"{a}–<{b}" for a, b in pairwise(cuts)), f"≥{cuts[-1]}"]
    band = pl.Series([float(cut) for cut in group.cuts]).search_sorted(numbers.fill_null(0), side="right")
    return pl.Series(labels).gather(band).set(numbers.is_null(), None)


def _tidy(cut: Decimal) -> str:
    return written(cut)


def _ids(cells: pl.Series) -> pl.Series:
    """Ids as given, without the blanks around them; an empty one is none."""
    text = _texts(cells)
    return text.set(text == "", None)


def _texts(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_float():
        different = cells.drop_nulls().unique()
        said: Mapping[float, str] = {raw: written(raw) for raw in different.to_list()}
        return cells.replace_strict(said, default=None, return_dtype=pl.String)
    if cells.dtype.is_nested():
        return pl.Series(cells.name, [None], pl.String).new_from_index(0, len(cells))
    return cells.cast(pl.String).str.strip_chars()
