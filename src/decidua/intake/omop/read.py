"""A cohort from OMOP tables: person by person, by the rules that read a FHIR bundle, as of one day.

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

import polars as pl

from decidua.errors import CohortError, PatientError
from decidua.facts import Value
from decidua.intake.cohort.about import About
from decidua.intake.cohort.cells import KEPT_PARTS
from decidua.intake.cohort.done import with_done
from decidua.intake.cohort.events import Done
from decidua.intake.cohort.facts_table import FactsTable
from decidua.intake.cohort.patients import table_of
from decidua.intake.cohort.read import Progress, refuse_unsound
from decidua.intake.cohort.settings import Settings
from decidua.intake.cohort.tally import Tally
from decidua.intake.fhir.bundle import Located
from decidua.intake.fhir.codes import Codes
from decidua.intake.fhir.notes import Note
from decidua.intake.fhir.read import read_located
from decidua.intake.fhir.tables import tables
from decidua.intake.omop.concepts import Concepts, read_concepts
from decidua.intake.omop.database import Database, open_database
from decidua.intake.omop.records import SHAPES, Record, Shape, person, records
from decidua.language import words

BATCH = 5_000
MALE = "male"
REFUSALS = frozenset(
    f"fhir.{reason}" for reason in ("no-value", "answer", "number", "date", "no-judgement", "contradiction")
)
"""Reasons for which a record was refused; with the others it is only older, over, or of another day."""


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
    refused: int = 0
    events: list[tuple[str, str, date | None]] = field(default_factory=list)

    def table(self, strict: bool, progress: Progress | None) -> FactsTable:
        as_of = self.settings.as_of or date.today()
        vocabulary = self.settings.names.vocabulary
        codes = Codes(vocabulary, self.settings.names.stated, tables())
        done = Done(self.settings, self.tally)
        concepts = read_concepts(self.database, codes, done)
        rows: list[tuple[str, dict[str, Value]]] = []
        for one, own in self._persons(concepts):
            values = self._values(one, own, codes, as_of)
            if values is not None:
                rows.append((str(one.resource.id), values))
            if len(rows) >= BATCH:
                self.frames.append(table_of(rows, vocabulary))
                rows = []
            self._events(own, done, as_of)
            if progress is not None and self.tally.rows % 1000 == 0:
                progress(self.tally.rows)
        self.frames.append(table_of(rows, vocabulary))
        return self._described(done, as_of, strict)

    def _persons(self, concepts: Concepts) -> Iterator[tuple[Located, list[Record]]]:
        """Each woman with her records. Raises CohortError where there is no table of persons."""
        have = self.database.columns.get("person")
        if not have:
            raise CohortError("omop.no-table", where=self.database.name, table="person")
        streams = [_Stream(records(self.database, shape, concepts, self._only())) for shape in self._shapes()]
        names = ("person_id", "year_of_birth", "month_of_birth", "day_of_birth", "gender_concept_id")
        chosen = ", ".join(name if name in have else f"null as {name}" for name in names)
        where = f" where true{self._only()}" if self.cohort is not None else ""
        for row in self.database.rows(f"select {chosen} from person{where} order by person_id"):
            own = [record for stream in streams for record in stream.of(int(row[0]))]
            self.tally.rows += 1
            if concepts.genders.get(int(row[4] or 0)) == MALE:
                self._left_out("omop.male", row)
            else:
                yield person(row), own

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

    def _left_out(self, key: str, row: Sequence[Any], *, note: bool = True) -> None:
        self.refused += 1
        self.tally.problem(key, file="person", rows=[int(row[0])], note=note)

    def _values(
        self, one: Located, own: Sequence[Record], codes: Codes, as_of: date
    ) -> dict[str, Value] | None:  # fmt: skip
        resources = [one, *(record.resource for record in own if record.resource is not None)]
        try:
            intake, notes = read_located(resources, name="omop", codes=codes, as_of=as_of)
        except PatientError:
            self._left_out("omop.conflict", [one.resource.id], note=False)
            return None
        for note in notes.all:
            self._note(note)
        return dict(intake.patient.values)

    def _note(self, note: Note) -> None:
        """Why a record does not count: by kind, with its table and the first ids; never with a value."""
        if note.outcome in ("used", "older"):
            return
        table, _, id_ = note.place.partition("/")
        rows = [int(id_)] if id_.isdigit() else []
        key = note.key if note.key.startswith("error.") else "omop." + note.key.removeprefix("fhir.")
        if key not in words("en"):
            key = "omop.not-used"
        parts: dict[str, Any] = {name: value for name, value in note.parts.items() if name in KEPT_PARTS}
        refused = note.key.startswith("error.") or note.key in REFUSALS
        self.tally.problem(key, note.fact or "", file=table, rows=rows, note=not refused, **parts)

    def _events(self, own: Sequence[Record], done: Done, as_of: date) -> None:
        found: list[tuple[str, str, date | None]] = []
        for record in own:
            options = {key.split("/")[0] for key in record.keys}
            if len(options) > 1:  # a product of several: a combination is no part of itself
                self.tally.problem("omop.several-options", file=record.table, rows=[record.key], note=True)
            elif record.day is not None and record.day > as_of:
                self.tally.problem(
                    "cohort.event-later", file=record.table, rows=[record.key], note=True, as_of=str(as_of)
                )
            else:
                found += [(str(record.person), key, record.day) for key in record.keys]
        self.events += found
        if len(self.events) > 100_000:
            self._flush(done)

    def _flush(self, done: Done) -> None:
        schema = {"patient": pl.String, "key": pl.String, "day": pl.Date}
        done.add(pl.DataFrame(self.events, schema=schema, orient="row"))
        self.events.clear()

    def _described(self, done: Done, as_of: date, strict: bool) -> FactsTable:
        self.tally.problem("omop.no-pregnancies", note=True)
        if self.events:
            self._flush(done)
        if not done.rule.for_loss:
            self.tally.problem("cohort.purpose", note=True)
        frame = pl.concat(self.frames, how="diagonal")
        self._count(frame)
        description = self.tally.description(
            patients=len(frame), refused=self.refused, duplicates=0, files=(self.database.name,)
        )
        about = About(as_of, self.settings.content, closed=True, made_by=self.settings.made_by)
        table = with_done(FactsTable(frame.lazy(), about, description), done)
        if strict:
            refuse_unsound(table.description)
        return table

    def _count(self, frame: pl.DataFrame) -> None:
        for name in frame.columns:
            if name == "patient" or name.endswith((".low", ".high")):
                continue
            known = len(frame) - frame[name].null_count()
            bounded = 0
            if f"{name}.low" in frame.columns:
                ends = frame.select(pl.col(f"{name}.low").is_not_null() | pl.col(f"{name}.high").is_not_null())
                bounded = int((ends.to_series() & frame[name].is_null()).sum())
            self.tally.column(name, name, known=known, bounded=bounded, unknown=len(frame) - known - bounded)


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
