"""A cohort from OMOP tables: each person's records as a FHIR bundle, read as of one day by the reader of such bundles.

What cannot be known from OMOP stays unknown and is told: it has no list of pregnancies, so counts of losses are known
only where an observation states them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from decidua.errors import CohortError
from decidua.intake.bulk.account import Place
from decidua.intake.bulk.batch import Given, Reader
from decidua.intake.bulk.frame import tidy
from decidua.intake.cohort.about import About
from decidua.intake.cohort.done import with_done
from decidua.intake.cohort.events import Done
from decidua.intake.cohort.facts_table import FactsTable
from decidua.intake.cohort.read import Progress, refuse_unsound
from decidua.intake.cohort.settings import Settings
from decidua.intake.cohort.tally import Tally
from decidua.intake.fhir.codes import Codes
from decidua.intake.fhir.tables import tables
from decidua.intake.omop.concepts import Concepts, read_concepts
from decidua.intake.omop.database import Database, open_database
from decidua.intake.omop.records import SHAPES, Record, Resource, Shape, person, records
from decidua.intake.omop.visits import visits

BATCH = 4_096
"""Persons that are read together."""
MALE = "male"
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def read_omop(
    source: str | Path, settings: Settings, *, schema: str | None = None, cohort: int | None = None,
    scratch: Path | None = None, strict: bool = False, progress: Progress | None = None,
) -> FactsTable:  # fmt: skip
    """source: a folder of Parquet, a DuckDB file, or `postgresql://…`. cohort: only the subjects of that definition.

    The as-of date is that of the settings, else today. Raises CohortError.
    """
    database = open_database(source, schema=schema, scratch=scratch)
    try:
        return _Reading(database, settings, cohort).table(strict, progress)
    finally:
        database.close()


@dataclass
class _Reading:
    database: Database
    settings: Settings
    cohort: int | None
    tally: Tally = field(default_factory=Tally)
    frames: list[pl.DataFrame] = field(default_factory=list)
    men: int = 0
    events: list[tuple[str, str, date | None]] = field(default_factory=list)

    def table(self, strict: bool, progress: Progress | None) -> FactsTable:
        names, as_of = self.settings.names, self.settings.as_of or date.today()
        done = Done(self.settings, self.tally)
        concepts = read_concepts(self.database, Codes(names.vocabulary, names.stated, tables()), done)
        reader = Reader(names.vocabulary, names.stated, as_of)
        waiting: list[Given] = []
        for number, woman, own in self._women(concepts, as_of):
            waiting.append(Given(bundle(woman, own), Place("person", number)))
            self._events(own, number, done, as_of)
            if len(waiting) >= BATCH:
                self.frames.append(reader.read(waiting).facts)
                waiting = []
                if progress is not None:
                    progress(number)
        self.frames.append(reader.read(waiting).facts)
        return self._described(reader, done, as_of, strict)

    def _women(self, concepts: Concepts, as_of: date) -> Iterator[tuple[int, Resource, list[Record]]]:
        """Each with the number of her row and her records. Raises CohortError where there is no table of persons."""
        have = self.database.columns.get("person")
        if not have:
            raise CohortError("omop.no-table", where=self.database.name, table="person")
        streams = [_Stream(records(self.database, shape, concepts, self._only())) for shape in self._shapes()]
        streams.append(_Stream(visits(self.database, as_of, self._only(), self.tally)))
        names = ("person_id", "year_of_birth", "month_of_birth", "day_of_birth", "gender_concept_id")
        chosen = ", ".join(name if name in have else f"null as {name}" for name in names)
        where = f" where true{self._only()}" if self.cohort is not None else ""
        for number, row in enumerate(self.database.rows(f"select {chosen} from person{where} order by person_id"), 1):
            own = [record for stream in streams for record in stream.of(int(row[0]))]
            if concepts.genders.get(int(row[4] or 0)) == MALE:
                self.men += 1
                self.tally.problem("omop.male", file="person", rows=[number], note=True)
            else:
                yield number, person(row), own

    def _only(self) -> str:
        """The part of a condition that keeps the subjects of a cohort."""
        if self.cohort is None:
            return ""
        if "cohort" not in self.database.columns:
            raise CohortError("omop.no-table", where=self.database.name, table="cohort")
        return (
            " and person_id in (select subject_id from cohort"
            f" where cohort_definition_id = {int(self.cohort)})"
        )  # fmt: skip

    def _shapes(self) -> list[Shape]:
        there = [shape for shape in SHAPES if shape.table in self.database.columns]
        for shape in SHAPES:
            if shape not in there:
                self.tally.problem("omop.table-missing", shape.table, note=True, table=shape.table)
        return there

    def _events(self, own: Sequence[Record], number: int, done: Done, as_of: date) -> None:
        for record in own:
            options = {key.split("/")[0] for key in record.keys}
            if len(options) > 1:  # a product of several: a combination is no part of itself
                self.tally.problem("omop.several-options", file=record.table, rows=[number], note=True)
            elif options and record.day is not None and record.day > as_of:
                self.tally.problem("cohort.event-later", file=record.table, rows=[number], note=True, as_of=str(as_of))
            else:
                self.events += [(str(record.person), key, record.day) for key in record.keys]
        if len(self.events) > 100_000:
            self._flush(done)

    def _flush(self, done: Done) -> None:
        schema = {"patient": pl.String, "key": pl.String, "day": pl.Date}
        done.add(pl.DataFrame(self.events, schema=schema, orient="row"))
        self.events.clear()

    def _described(self, reader: Reader, done: Done, as_of: date, strict: bool) -> FactsTable:
        reader.account.tell(self.tally)
        self.tally.rows += self.men
        self.tally.problem("omop.no-pregnancies", note=True)
        if self.events:
            self._flush(done)
        if not done.rule.for_loss:
            self.tally.problem("cohort.purpose", note=True)
        frame = tidy(pl.concat(self.frames, how="diagonal"))
        self.tally.count(frame)
        description = self.tally.description(
            patients=len(frame), refused=reader.account.refused + self.men, duplicates=0, files=(self.database.name,)
        )
        about = About(as_of, self.settings.content, closed=True, made_by=self.settings.made_by)
        table = with_done(FactsTable(frame.lazy(), about, description), done)
        if strict:
            refuse_unsound(table.description)
        return table


def bundle(woman: Resource, own: Sequence[Record]) -> bytes:
    """One person as a FHIR bundle; all that is in it is hers."""
    resources = [woman, *(record.resource for record in own if record.resource is not None)]
    entries: list[Any] = [{"resource": one} for one in resources]
    return _ENCODER.encode({"resourceType": "Bundle", "type": "collection", "entry": entries})


class _Stream:
    """The records of a table, taken person by person; both come in the order of persons."""

    def __init__(self, every: Iterator[Record]) -> None:
        self._groups = groupby(every, attrgetter("person"))
        self._next = next(self._groups, None)

    def of(self, who: int) -> list[Record]:
        """The records of one person; those of persons who are not in the table of persons are passed over."""
        while self._next is not None and self._next[0] < who:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != who:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found
