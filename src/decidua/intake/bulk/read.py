"""FHIR of a cohort, read: files of bundles or a bulk export → the table of facts and what was understood of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from decidua.errors import CohortError
from decidua.intake.bulk.account import Place
from decidua.intake.bulk.batch import Batch, Reader
from decidua.intake.bulk.care import Visits
from decidua.intake.bulk.counting import Scattered
from decidua.intake.bulk.export import Gathered
from decidua.intake.bulk.frame import tidy
from decidua.intake.bulk.lines import Part, parts
from decidua.intake.bulk.processes import Found, parts_read
from decidua.intake.bulk.reducing import Heard, Ints
from decidua.intake.bulk.sayings import Told
from decidua.intake.bulk.second import odd_bundles
from decidua.intake.cohort.about import About
from decidua.intake.cohort.done import with_done
from decidua.intake.cohort.events import Done
from decidua.intake.cohort.facts_table import FactsTable
from decidua.intake.cohort.read import Progress, refuse_unsound
from decidua.intake.cohort.settings import Settings
from decidua.intake.cohort.tally import Tally

COLUMNS = ("patient", "saying", "day", "owner", "check")
NO_INTS: Ints = np.zeros(0, dtype=np.int64)
PATIENTS = 8_192
"""Patients of an export that are settled together."""


def read_bulk(
    paths: str | Path | Sequence[str | Path], settings: Settings, *, workers: int = 1, scratch: Path | None = None,
    strict: bool = False, progress: Progress | None = None,
) -> FactsTable:  # fmt: skip
    """Facts from FHIR R4: bundles (`.json`, or a line of `.ndjson` each) or a bulk export; files, globs, folders.

    The as-of date is that of the settings, else today. workers: processes. scratch: the only folder for files in
    between. strict: anything that is refused refuses all. progress: called with the patients or lines read.
    Raises CohortError where there is nothing to read, and CohortErrors with everything that is wrong, if strict.
    """
    every = parts(paths)
    tally = Tally()
    done = Done(settings, tally)
    reading = _Reading(settings, done, scratch, progress)
    for found in parts_read(every, settings, workers):
        reading.take(found)
    frame = reading.table(every)
    reading.account.tell(tally)
    if reading.events and not done.rule.for_loss:
        tally.problem("cohort.purpose", note=True)
    _count(frame, tally)
    files = tuple(dict.fromkeys(part.file for part in every))
    description = tally.description(
        patients=len(frame), refused=reading.account.refused + reading.left_out, duplicates=reading.same, files=files
    )
    about = About(reading.as_of, settings.content, reading.synthetic, closed=True, made_by=settings.made_by)
    table = FactsTable(frame.lazy(), about, description)
    if reading.events:
        table = with_done(table, done)
    if strict:
        refuse_unsound(table.description)
    return table


class _Reading:
    """Lays together what the processes found, and settles what was scattered over files."""

    def __init__(self, settings: Settings, done: Done, scratch: Path | None, progress: Progress | None) -> None:
        self.as_of = settings.as_of or date.today()
        names = settings.names
        self.reader = Reader(names.vocabulary, names.stated, self.as_of, done)
        self.done, self.scratch, self.progress = done, scratch, progress
        self.account = self.reader.account
        self.frames: list[pl.DataFrame] = []
        self.events = self.same = self.left_out = self._read = 0
        self.synthetic = False
        self.names: dict[str, int] = {}
        self.odd: dict[str, Place] = {}
        self.centres: dict[str, str] = {}
        self.visits = Visits(self.as_of)
        self.where = Scattered()
        self._columns: dict[str, list[Ints]] = {name: [] for name in COLUMNS}
        self._lines: Counter[str] = Counter()

    def take(self, found: Found) -> None:
        """Lines of a later part of a file are numbered on from the earlier ones."""
        file = found.part.file if found.part else ""
        before, self._lines[file] = self._lines[file], self._lines[file] + found.lines
        found.account.shift(file, before)
        self.account.add(found.account)
        self.synthetic = self.synthetic or found.synthetic
        for batch in found.batches:
            self._put(batch)
        if found.gathered is not None and (found.gathered.names or found.gathered.visits):
            self._gathered(found.gathered, found.told, file, before)
        self._read += found.lines
        if self.progress is not None:
            self.progress(self._read)

    def _put(self, batch: Batch) -> None:
        self.frames.append(tidy(batch.facts))
        if len(batch.events):
            self.events += len(batch.events)
            self.done.add(batch.events)

    def _gathered(self, gathered: Gathered, told: Sequence[Told], file: str, before: int) -> None:
        names = np.array([self.names.setdefault(name, len(self.names)) for name in gathered.names], dtype=np.int32)
        sayings = np.array(self.reader.meanings.adopted(told), dtype=np.int32)
        new: dict[str, Any] = {
            "patient": names[np.array(gathered.patient)] if gathered.patient else NO_INTS,
            "saying": sayings[np.array(gathered.saying)] if gathered.saying else NO_INTS,
            "day": np.array(gathered.day, dtype=np.int32),
            "owner": names[np.array(gathered.owner)] if gathered.owner else NO_INTS,
            "check": np.array(gathered.check, dtype=np.uint32),
        }
        for name, column in new.items():
            self._columns[name].append(column)
        self.centres |= gathered.centres
        self.visits.take_all(gathered.visits)
        for name, place in gathered.odd.items():
            self.odd.setdefault(name, Place(place.file, place.line + before))
        for (kind, number), places in gathered.where.first.items():
            for place in places:
                self.where.note(kind, int(sayings[number]) if kind == "saying" else number,
                                Place(place.file, place.line + before))  # fmt: skip
        del file

    def table(self, every: Sequence[Part]) -> pl.DataFrame:
        if self.names:
            self._settle(every)
        frames = [frame for frame in self.frames if len(frame)]
        if not frames:
            raise CohortError("bulk.nobody-left", where=every[0].file, files=len({part.file for part in every}))
        whole_table = tidy(pl.concat(frames, how="diagonal"))
        self.frames = []
        return self._without_doubles(whole_table)

    def _settle(self, every: Sequence[Part]) -> None:
        columns = {name: np.concatenate(own) if own else NO_INTS for name, own in self._columns.items()}
        self._columns = {}
        self._twice(columns.pop("owner"), columns.pop("check"))
        order = np.argsort(columns["patient"], kind="stable")
        patient, saying, day = (columns[name][order] for name in ("patient", "saying", "day"))
        names = list(self.names)
        self.reader.centres |= self.centres
        self.reader.visits.take_all(self.visits.latest)
        for start in range(0, len(names), PATIENTS):
            low, high = np.searchsorted(patient, (start, start + PATIENTS))
            own = names[start : start + PATIENTS]
            heard = Heard(len(own), patient[low:high].astype(np.int64) - start, saying[low:high].astype(np.int64),
                          day[low:high].astype(np.int64))  # fmt: skip
            ids = [None if name in self.odd else name for name in own]
            self._put(self.reader.settle(heard, ids, self.where, partial(self._for_later, own)))
        self._second(every)

    def _for_later(self, own: Sequence[str], number: int) -> None:
        """What contradicts itself is told by the one-patient reader, from the lines."""
        self.odd.setdefault(own[number], Place(""))

    def _twice(self, owner: Ints, check: Ints) -> None:
        """A resource that stands there twice: the one-patient reader compares the two."""
        key = (owner.astype(np.uint64) << np.uint64(32)) | check.astype(np.uint64)
        key.sort()
        names = list(self.names)
        for number in np.unique(key[1:][key[1:] == key[:-1]] >> np.uint64(32)).tolist():
            self.odd.setdefault(names[number], Place(""))

    def _second(self, every: Sequence[Part]) -> None:
        batches: list[Batch] = []
        for given in odd_bundles(every, self.odd, self.scratch):
            batch = self.reader.one(given)
            batches += [batch] if batch is not None else []
        if batches:
            self._put(Batch(pl.concat([batch.facts for batch in batches], how="diagonal"),
                            pl.concat([batch.events for batch in batches])))  # fmt: skip

    def _without_doubles(self, table: pl.DataFrame) -> pl.DataFrame:
        """Bundles of one patient that say the same become one; if they differ, all of them are left out."""
        if not table["patient"].is_duplicated().any():
            return table
        single = table.unique(maintain_order=True)
        self.same = len(table) - len(single)
        differ = single["patient"].is_duplicated()
        self.left_out = int(differ.sum())
        if self.same:
            self.account.problem("cohort.double-same", count=self.same, note=True)
        if self.left_out:
            self.account.problem("cohort.double-differs", count=self.left_out)
        return single.filter(~differ)


def _count(frame: pl.DataFrame, tally: Tally) -> None:
    """For each fact how often it is known."""
    for name in frame.columns:
        if name == "patient" or name.endswith((".low", ".high")):
            continue
        known = len(frame) - frame[name].null_count()
        bounded = 0
        if f"{name}.low" in frame.columns:
            ends = frame.select(pl.col(f"{name}.low").is_not_null() | pl.col(f"{name}.high").is_not_null())
            bounded = int((ends.to_series() & frame[name].is_null()).sum())
        tally.column(name, name, known=known, bounded=bounded, unknown=len(frame) - known - bounded)
