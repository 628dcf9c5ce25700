"""A cohort from wherever the user has it, as a table of facts: the one way in for the command and for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from decidua import __version__
from decidua.errors import CohortError
from decidua.guidelines import Knowledge

if TYPE_CHECKING:
    from decidua.intake.cohort import FactsTable, Settings

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Wanted:
    """What is to be audited: one of `paths` (facts as files, globs, folders), `fhir` (R4 bundles or a bulk export,
    likewise) and `omop` (a folder of Parquet, a DuckDB file, or `postgresql://…`). `events`: what was done, as long
    tables beside `paths`."""

    paths: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    fhir: tuple[str, ...] = ()
    omop: str | None = None
    omop_schema: str | None = None
    omop_cohort: int | None = None
    mapping: Path | None = None
    as_of: date | None = None
    strict: bool = False
    scratch: Path | None = None
    spill: Path | None = None
    """An empty folder for the rows of a large cohort, as long as its table is in use."""
    workers: int = 1
    """Processes that read FHIR; more than one needs a main module that may be imported."""


def open_cohort(knowledge: Knowledge, wanted: Wanted, progress: Progress | None = None) -> FactsTable:
    """Raises CohortError where nothing can be read, or, if strict, where anything was refused."""
    from decidua.intake.cohort import read_cohort, read_facts

    if wanted.fhir:
        return _fhir(knowledge, wanted, progress)
    if wanted.omop is not None:
        return _omop(knowledge, wanted, wanted.omop, progress)
    if is_facts(wanted):
        return _of_this_day(read_facts(wanted.paths), wanted.as_of)
    settings = settings_of(knowledge, wanted)
    return read_cohort(wanted.paths, settings, events=wanted.events, strict=wanted.strict, progress=progress,
                       spill=wanted.spill)  # fmt: skip


def _fhir(knowledge: Knowledge, wanted: Wanted, progress: Progress | None) -> FactsTable:
    from decidua.intake.bulk import read_bulk

    return read_bulk(
        wanted.fhir, settings_of(knowledge, wanted), workers=wanted.workers, scratch=wanted.scratch,
        strict=wanted.strict, progress=progress,
    )  # fmt: skip


def _omop(knowledge: Knowledge, wanted: Wanted, source: str, progress: Progress | None) -> FactsTable:
    from decidua.intake.omop import read_omop

    return read_omop(
        source, settings_of(knowledge, wanted), schema=wanted.omop_schema, cohort=wanted.omop_cohort,
        scratch=wanted.scratch, strict=wanted.strict, progress=progress,
    )  # fmt: skip


def settings_of(knowledge: Knowledge, wanted: Wanted) -> Settings:
    """What a cohort is read by. The day is the command's, else the mapping's."""
    from decidua.intake.cohort import ColumnMapping, Names, Settings, option_places, read_mapping

    mapping = read_mapping(wanted.mapping) if wanted.mapping else ColumnMapping()
    places = option_places(knowledge.content)
    names = Names(knowledge.vocabulary, knowledge.stated, places)
    day = wanted.as_of or mapping.as_of
    return Settings(names, mapping, places, day, knowledge.content.hash, f"decidua {__version__}")


def is_facts(wanted: Wanted) -> bool:
    """Whether all of it is facts files already, which need no reading of a source."""
    if not wanted.paths or wanted.events or wanted.mapping is not None:
        return False
    return _all_facts(wanted.paths)


@contextmanager
def as_facts_files(table: FactsTable, kept: Path | None, scratch: Path | None) -> Iterator[FactsTable]:
    """The same table for an engine that reads facts files only: itself, or from `kept`, where its facts were written,
    or from a file in `scratch` that is gone at the end. Raises CohortError where there is none of these."""
    from tempfile import TemporaryDirectory

    from decidua.intake.cohort import read_facts, write_facts

    if table.files:
        yield table
    elif kept is not None:
        yield replace(read_facts(kept), description=table.description)
    elif scratch is not None:
        with TemporaryDirectory(prefix="decidua-", dir=scratch) as folder:
            write_facts(table, file := Path(folder, "facts.parquet"))
            yield replace(read_facts(file), description=table.description)
    else:
        raise CohortError("audit.spark-files")


def _all_facts(paths: Sequence[str]) -> bool:
    import polars as pl

    from decidua.intake.cohort.about import KEY
    from decidua.intake.cohort.sources import sources

    try:
        files = sources(paths, (".parquet", ".pq", ".csv", ".gz", ".tsv", ".txt", ".arrow", ".feather", ".ipc"))
        return all(file.suffix == ".parquet" and KEY in pl.read_parquet_metadata(file) for file in files)
    except (CohortError, OSError, pl.exceptions.PolarsError):
        return False


def _of_this_day(table: FactsTable, day: date | None) -> FactsTable:
    """Facts were worked out for one day; another one would need the source."""
    if day is not None and table.about.as_of is not None and table.about.as_of != day:
        raise CohortError("cohort.two-days", where=", ".join(table.description.files), first=table.about.as_of,
                          first_name="-", second=day)  # fmt: skip
    return table if day is None else replace(table, about=replace(table.about, as_of=day))
