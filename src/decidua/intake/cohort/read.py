"""A cohort, read: files and a mapping → the facts table and what was understood of it.

The source is gone through once to count and to find doubles. A small cohort is kept; a large one is read anew each
time its rows are asked for, block by block, so that memory does not grow with it and nothing is written anywhere; or
its rows are kept in a folder that the user named (`spill`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from decidua.errors import CohortError
from decidua.intake.cohort.about import About
from decidua.intake.cohort.convert import Converter
from decidua.intake.cohort.csv_blocks import Block
from decidua.intake.cohort.description import FIRST, Description, Problem
from decidua.intake.cohort.done import with_done
from decidua.intake.cohort.doubles import Doubles, Keys, doubles
from decidua.intake.cohort.events import read_events
from decidua.intake.cohort.facts_table import FactsTable
from decidua.intake.cohort.headings import MADE_UP, check_mapping, targets
from decidua.intake.cohort.open_source import SourceFile, open_sources
from decidua.intake.cohort.refusals import CohortErrors
from decidua.intake.cohort.settings import Settings
from decidua.intake.cohort.spill import Spill
from decidua.intake.cohort.table_blocks import TableFile
from decidua.intake.cohort.tally import Tally

KEPT = 500_000
"""Rows that are kept in memory; more are read anew."""

Progress = Callable[[int], None]
"""Called with the rows read so far."""
Paths = str | Path | Sequence[str | Path]


def read_cohort(
    paths: Paths, settings: Settings, *, events: Paths = (), strict: bool = False, progress: Progress | None = None,
    kept: int = KEPT, spill: Path | None = None,
) -> FactsTable:  # fmt: skip
    """Facts from CSV (also gzip), Parquet, Arrow: files, globs, folders.

    events: what was done, as long tables (`events`). strict: anything that is refused refuses all. progress: called
    with the rows read. spill: an empty folder for the rows of a large cohort, as long as the table is in use. Raises
    CohortError where there is nothing to read or no column of patients, and CohortErrors with everything that is wrong.
    """
    tally, mapping = Tally(), settings.mapping
    files = open_sources(paths, tally, separator=mapping.separator, encoding=mapping.encoding, strict=strict)
    wrong = check_mapping(mapping, {name for file in files for name in file.names}, settings.names)
    if wrong:
        raise wrong[0] if len(wrong) == 1 else CohortErrors(wrong)
    source = _Source(_converters(files, settings, tally))
    first = _First(tally, kept, source.possible(), Spill(spill) if spill is not None else None)
    for block in source.tables(tally):
        first.take(block)
        if progress is not None:
            progress(tally.rows)
    found = read_events(events, settings, tally, strict=strict) if events else None
    table = first.table(source, settings)
    if found is not None:
        table = with_done(table, found)
    if strict:
        refuse_unsound(table.description)
    return table


def refuse_unsound(description: Description) -> None:
    """Raises CohortErrors with every problem of a cohort that must have none."""
    problems = [problem for problem in description.problems if not problem.note]
    if problems:
        raise CohortErrors([_error(problem) for problem in problems])


def _error(problem: Problem) -> CohortError:
    rows = ", ".join(map(str, problem.rows)) or "-"
    where = ": ".join(part for part in (problem.file, problem.column) if part)
    said = {"fact": problem.column} | dict(problem.parts) | {"given": problem.given or "…", "given_ko": problem.given}
    inner = CohortError(problem.key, **said)
    return CohortError(
        "cohort.strict", where=where, rows=rows, count=problem.count, why=inner.message("en"),
        why_ko=inner.message("ko"),
    )  # fmt: skip


def _converters(files: Sequence[SourceFile], settings: Settings, tally: Tally) -> list[tuple[SourceFile, Converter]]:
    found = []
    for file in files:
        canonical = isinstance(file, TableFile) and file.about is not None
        own = targets(file.names, settings.names, settings.mapping, tally, str(file.path), canonical=canonical)
        found.append((file, Converter(file, own, settings)))
    return found


@dataclass(frozen=True)
class _Source:
    """Every block of every file, as often as it is asked for."""

    files: Sequence[tuple[SourceFile, Converter]]

    def possible(self) -> dict[str, pl.DataType]:
        """Every column that a block of one of the files may have."""
        return {name: kind for _, converter in self.files for name, kind in converter.possible().items()}

    def about(self, settings: Settings) -> About:
        """What facts tables say of themselves holds on: above all, that they were made up."""
        said = [file.about for file, _ in self.files if isinstance(file, TableFile) and file.about is not None]
        days, seeds = {about.as_of for about in said}, {about.seed for about in said}
        return About(
            settings.as_of or (days.pop() if len(days) == 1 else None),
            settings.content,
            synthetic=any(about.synthetic for about in said) or any(MADE_UP in file.names for file, _ in self.files),
            seed=seeds.pop() if len(seeds) == 1 else None,
            made_by=settings.made_by,
        )

    def only(self, columns: Collection[str] | None) -> _Source:
        """The same for a few columns of the table; None is all."""
        return self if columns is None else _Source([(file, converter.only(columns)) for file, converter in self.files])

    def left_out(self, keep: pl.Series) -> Tally:
        """The counts of the rows that do not stay."""
        tally, at = Tally(), 0
        for file, converter in self.files:
            for block in file.blocks(Tally()):
                gone = ~keep.slice(at, len(block.frame))
                at += len(block.frame)
                if gone.any():
                    converter.table(Block(block.frame.filter(gone), block.numbers.filter(gone)), tally)
        return tally

    def tables(self, tally: Tally) -> Iterator[pl.DataFrame]:
        for file, converter in self.files:
            for block in file.blocks(tally):
                yield converter.table(block, tally).with_columns(file=pl.lit(str(file.path)))


@dataclass
class _First:
    """The first time through."""

    tally: Tally
    kept: int
    possible: dict[str, pl.DataType]
    spill: Spill | None = None
    keys: Keys = field(default_factory=Keys)
    missing: list[pl.Series] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    frames: list[pl.DataFrame] | None = field(default_factory=list)
    rows: int = 0

    def take(self, table: pl.DataFrame) -> None:
        self.rows += len(table)
        self.seen |= set(table.columns)
        self.keys.add(_shaped(table, self.possible))
        self.missing.append(table["patient"].is_null())
        if self.frames is not None:
            self.frames.append(table)
        elif self.spill is not None:
            self.spill.add(table)
        if self.rows > self.kept and self.frames is not None:
            frames, self.frames = self.frames, None
            if self.spill is not None:
                for one in frames:
                    self.spill.add(one)

    def table(self, source: _Source, settings: Settings) -> FactsTable:
        schema = {name: kind for name, kind in self.possible.items() if self._there(name)}
        missing = pl.concat(self.missing) if self.missing else pl.Series([], dtype=pl.Boolean)
        found = doubles(self.keys, missing)
        _tell_doubles(self._tables(source), missing, found, self.tally)
        if not found.keep.all():
            self.tally.without(source.left_out(found.keep))
        refused = found.refused + int(missing.sum()) + (self.tally.rows - self.rows)
        if self.frames is None and self.spill is None:
            self.tally.problem("cohort.parsed-again", note=True)
        description = self.tally.description(
            patients=int(found.keep.sum()), refused=refused, duplicates=found.same,
            files=tuple(str(file.path) for file, _ in source.files),
        )  # fmt: skip
        return FactsTable(self._frame(source, found, schema), source.about(settings), description)

    def _there(self, name: str) -> bool:
        """Both bounds of a number or none, and those only where one is known."""
        ends = [name.removesuffix(end) for end in (".low", ".high") if name.endswith(end)]
        return not ends or bool({f"{ends[0]}.low", f"{ends[0]}.high"} & self.seen)

    def _tables(self, source: _Source) -> Iterator[pl.DataFrame]:
        return iter(self.frames) if self.frames is not None else self._again(source)(None)

    def _again(self, source: _Source) -> Callable[[Collection[str] | None], Iterator[pl.DataFrame]]:
        """What gives the blocks once more, with some of the columns or all."""
        return self.spill.tables if self.spill is not None else lambda names: source.only(names).tables(Tally())

    def _frame(self, source: _Source, found: Doubles, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
        if self.frames is not None:
            whole = [_shaped(table, schema) for table in self.frames]
            return pl.concat(whole).filter(found.keep).lazy() if whole else pl.LazyFrame(schema=schema)
        where = ", ".join(str(file.path) for file, _ in source.files)
        reader = _reader(self._again(source), where, found, schema)
        return register_io_source(reader, schema=schema, validate_schema=False)


def _shaped(table: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The same columns for every block; a column that a file does not have is unknown."""
    return table.select(
        [
            pl.col(name) if name in table.columns else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in schema.items()
        ]
    )


def _reader(
    again: Callable[[Collection[str] | None], Iterator[pl.DataFrame]],
    where: str,
    found: Doubles,
    schema: dict[str, pl.DataType],
) -> Callable[[list[str] | None, pl.Expr | None, int | None, int | None], Iterator[pl.DataFrame]]:
    def blocks(
        columns: list[str] | None, predicate: pl.Expr | None, most: int | None, _: int | None
    ) -> Iterator[pl.DataFrame]:
        at = 0
        needed = (
            None if columns is None else {*columns, *(predicate.meta.root_names() if predicate is not None else ())}
        )
        shape = schema if needed is None else {name: kind for name, kind in schema.items() if name in needed}
        for table in again(needed):
            keep = found.keep.slice(at, len(table))
            if len(keep) < len(table):
                raise CohortError("cohort.changed", where=where)
            part = _shaped(table, shape).filter(keep)
            at += len(table)
            if most is not None:
                part, most = part.head(most), max(0, most - len(part))
            part = part.filter(predicate) if predicate is not None else part
            yield part.select(columns) if columns is not None else part
            if most == 0:
                return
        if at < len(found.keep):
            raise CohortError("cohort.changed", where=where)

    return blocks


def _roots(predicate: pl.Expr | None) -> list[str]:
    return predicate.meta.root_names() if predicate is not None else []


def _tell_doubles(tables: Iterator[pl.DataFrame], missing: pl.Series, found: Doubles, tally: Tally) -> None:
    """Rows without a patient, and rows of one patient that differ or are the same, with their places."""
    same = ~found.keep & ~missing & ~found.differ
    wanted = [("cohort.no-patient", missing), ("cohort.double-differs", found.differ), ("cohort.double-same", same)]
    wanted = [(key, mask) for key, mask in wanted if mask.any()]
    if not wanted:
        return
    at = 0
    for table in tables:
        for key, mask in wanted:
            own = mask.slice(at, len(table))
            count = int(own.sum())
            if count:
                rows = table["row"].filter(own).head(FIRST).to_list()
                note = key == "cohort.double-same"
                tally.problem(key, file=table["file"][0], rows=rows, count=count, note=note)
        at += len(table)
