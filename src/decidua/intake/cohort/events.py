"""A long table of what was done (patient, code system, code, date) → for each patient the options, with first dates.

An event that is not there says nothing: only a source whose record is said to be complete has a no. What is coded as
one drug is never a combination, and what was given as a combination answers for none of its parts:

    heparin   aspirin   within the days that are said to be together   heparin   aspirin   heparin with aspirin
    event     -         -                                              yes       unknown   unknown
    event     event     nothing is said                                unknown   unknown   unknown
    event     event     yes                                            unknown   unknown   yes
    event     event     no                                             yes       yes       unknown
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from decidua.errors import CohortError
from decidua.intake.cohort.csv_blocks import Block
from decidua.intake.cohort.dates import not_after, read_dates
from decidua.intake.cohort.mapping import EventsRule
from decidua.intake.cohort.open_source import SourceFile, open_sources
from decidua.intake.cohort.option_codes import OptionCodes, option_codes
from decidua.intake.cohort.settings import Settings
from decidua.intake.cohort.tally import Tally

PART = "/"
"""Between an option and the part of it that one code means."""


@dataclass
class Done:
    """One row a patient and key (an option, or option/part): the first day, the last, and whether one has no day."""

    settings: Settings
    tally: Tally
    table: OptionCodes = field(default_factory=option_codes)
    _found: list[pl.DataFrame] = field(default_factory=list)
    _rows: int = 0

    @property
    def rule(self) -> EventsRule:
        return self.settings.mapping.events or EventsRule()

    def add(self, events: pl.DataFrame) -> None:
        """events: patient, key, day (null: not known)."""
        if self.rule.within is not None:
            self._found.append(events.select("patient", "key", "day").unique())
            return
        grouped = events.group_by("patient", "key").agg(first=pl.col("day").min(), last=pl.col("day").max())
        self._found.append(grouped)
        self._rows += len(grouped)
        if len(self._found) > 1 and self._rows > 2_000_000:
            self._found, self._rows = [self.found()], 0

    def every(self) -> pl.DataFrame:
        """patient, key, day: all that are different, if their days matter (`within`)."""
        schema = {"patient": pl.String, "key": pl.String, "day": pl.Date}
        return pl.concat(self._found).unique() if self._found else pl.DataFrame(schema=schema)

    def patients(self) -> pl.DataFrame:
        """Everybody with an event that counts at some time."""
        none = pl.DataFrame(schema={"patient": pl.String})
        return pl.concat([none, *(part.select("patient") for part in self._found)]).unique()

    def found(self) -> pl.DataFrame:
        """patient, key, first, last."""
        schema = {"patient": pl.String, "key": pl.String, "first": pl.Date, "last": pl.Date}
        every = pl.concat(self._found) if self._found else pl.DataFrame(schema=schema)
        return every.group_by("patient", "key").agg(pl.col("first").min(), pl.col("last").max())


def read_events(
    paths: str | Path | Sequence[str | Path], settings: Settings, tally: Tally, *, strict: bool = False
) -> Done:  # fmt: skip
    """Events from CSV, Parquet or Arrow. Raises CohortError where a column is missing."""
    mapping = settings.mapping
    done = Done(settings, tally)
    own = Tally()
    for file in open_sources(paths, tally, encoding=mapping.encoding, strict=strict):
        at = _places(file, done.rule)
        for block in file.blocks(own):
            own.rows += len(block.frame)
            done.add(_events(block, at, done, str(file.path)))
    tally.take_problems(own)
    if not done.rule.for_loss:
        tally.problem("cohort.purpose", note=True)
    return done


def _places(file: SourceFile, rule: EventsRule) -> Mapping[str, int]:
    """Which column holds what. Raises CohortError."""
    wanted = {"patient": rule.patient, "code": rule.code, "date": rule.date.column if rule.date else "date"}
    if rule.of is None:
        wanted["system"] = rule.system
    missing = [name for what, name in wanted.items() if name not in file.names and (what != "date" or rule.date)]
    if missing:
        columns = ", ".join(file.names[:12])
        raise CohortError("cohort.events-columns", where=file.path, missing=", ".join(missing), columns=columns)
    return {what: file.names.index(name) for what, name in wanted.items() if name in file.names}


def _events(block: Block, at: Mapping[str, int], done: Done, file: str) -> pl.DataFrame:
    frame, tally = block.frame, done.tally
    patient = frame.to_series(at["patient"]).cast(pl.String).str.strip_chars().alias("patient")
    key = _keys(frame, at, done).alias("key")
    day, wrong, later = _days(frame, at, done)
    for name, mask, note in (
        ("cohort.event-unmapped", key.is_null(), True),
        ("cohort.event-date", wrong & key.is_not_null(), False),
        ("cohort.event-later", later & key.is_not_null(), True),
        ("cohort.no-patient", patient.is_null() | (patient == ""), False),
    ):
        rows, count = tally.where(mask.fill_null(False), block.numbers)
        if count:
            tally.problem(name, file=file, rows=rows, count=count, note=note, as_of=str(done.settings.as_of))
    good = key.is_not_null() & patient.is_not_null() & (patient != "") & ~later & ~wrong
    return pl.DataFrame([patient, key, day.alias("day")]).filter(good)


def _days(frame: pl.DataFrame, at: Mapping[str, int], done: Done) -> tuple[pl.Series, pl.Series, pl.Series]:
    none = pl.Series([False]).new_from_index(0, len(frame))
    if "date" not in at:
        return pl.Series([None], dtype=pl.Date).new_from_index(0, len(frame)), none, none
    read, wrong = read_dates(frame.to_series(at["date"]), done.rule.date.format if done.rule.date else None)
    read, later = not_after(read, done.settings.as_of)
    return read, wrong, later


def _keys(frame: pl.DataFrame, at: Mapping[str, int], done: Done) -> pl.Series:
    """The option of each row, or null. A source's own code of the mapping goes before the public ones."""
    codes = frame.to_series(at["code"]).cast(pl.String).str.strip_chars()
    if "system" in at:
        systems = frame.to_series(at["system"]).cast(pl.String).str.strip_chars().str.to_lowercase()
    else:
        systems = pl.Series([str(done.rule.of).lower()]).new_from_index(0, len(frame))
    both = pl.DataFrame({"system": systems, "code": codes})
    different = both.unique().drop_nulls()
    meant = [key_of(system, code, done) for system, code in different.iter_rows()]
    table = different.with_columns(key=pl.Series(meant, dtype=pl.String))
    return both.join(table, on=["system", "code"], how="left", maintain_order="left")["key"]


def key_of(system: str, code: str, done: Done) -> str | None:
    """An option that there is, or option/part."""
    own = done.rule.codes.get(code.lower())
    if own is not None:
        return own
    name = done.table.system_names.get(system)
    for known in done.table.codes:
        exact = known.code == code
        within = known.system == "ATC" and code.upper().startswith(known.code)
        if known.system == name and (exact or within) and known.option in done.settings.options:
            return f"{known.option}{PART}{known.part}" if known.part else known.option
    return None


def wide(done: Done, found: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """One row for each row of `on`: `done.<option>` true or null, `date.<option>`, and `open.<option>` where it cannot
    be said.

    found: the columns of `on`, key, first, last; with `sure` false where an event may or may not count for the row.
    """
    table = found.select(on).unique()
    for key in sorted(found["key"].unique().to_list()):
        own = found.filter(pl.col("key") == key)
        sure = pl.col("sure") if "sure" in found.columns else pl.lit(True)
        said = [pl.when(sure).then(True).alias(f"key.{key}")]
        said += [(~sure).alias(f"maybe.{key}")] if "sure" in found.columns else []
        ends = (pl.col(end).alias(f"{end}.{key}") for end in ("first", "last"))
        table = table.join(own.select(*on, *said, *ends), on=on, how="left", nulls_equal=True)
    return table.select(*on, *_options(done, set(table.columns)))


def _options(done: Done, have: set[str]) -> Iterator[pl.Expr]:
    places, parts = done.settings.options, done.table.parts
    for option in sorted(places):
        yes, day = _plain(option, done, have, parts.get(option, frozenset()))
        if yes is None or day is None:
            continue
        unsure = _unsure(option, done, have)
        together = _together(option, done, have)
        maybe = _maybe(option, done, have, parts.get(option, frozenset()))
        if maybe is not None:
            unsure = (pl.lit(False) if unsure is None else unsure) | (maybe & yes.is_null())
        yes = yes if unsure is None else pl.when(unsure).then(None).otherwise(yes)
        yes = yes if together is None else pl.when(together).then(True).otherwise(yes)
        yield yes.alias(f"done.{option}")
        yield pl.when(yes).then(day).alias(f"date.{option}")
        yield (pl.lit(False) if unsure is None else unsure.fill_null(False)).alias(f"open.{option}")


def _maybe(option: str, done: Done, have: set[str], parts: frozenset[str]) -> pl.Expr | None:
    """Where an event that bears on the option may or may not count for the row."""
    places = done.settings.options
    members = [place.id for place in places.values() if place.parent == option]
    keys = [option, *members, *places[option].combines, *(f"{option}{PART}{part}" for part in parts)]
    found = [pl.col(f"maybe.{key}") for key in keys if f"maybe.{key}" in have]
    return pl.any_horizontal(found).fill_null(False) if found else None


def _plain(option: str, done: Done, have: set[str], parts: frozenset[str]) -> tuple[pl.Expr | None, pl.Expr | None]:
    """From the option's own events, all of its parts, or those of a member of its class."""
    members = [place.id for place in done.settings.options.values() if place.parent == option]
    combined = done.settings.options[option].combines
    whole = [key for key in (option, *members) if f"key.{key}" in have]
    every = [f"{option}{PART}{part}" for part in sorted(parts)]
    found: list[tuple[pl.Expr, pl.Expr]] = [(pl.col(f"key.{key}"), pl.col(f"first.{key}")) for key in whole]
    if every and all(f"key.{key}" in have for key in every):
        yes = pl.all_horizontal(f"key.{key}" for key in every)
        found.append((yes, pl.max_horizontal(f"first.{key}" for key in every)))
    if not found and combined and all(f"key.{part}" in have for part in combined):
        found.append((pl.lit(None, dtype=pl.Boolean), pl.max_horizontal(f"first.{part}" for part in combined)))
    if not found:
        return None, None
    days = [pl.when(yes.fill_null(True)).then(day) for yes, day in found]
    return pl.any_horizontal(yes for yes, _ in found), pl.min_horizontal(days)


def _both(place_parts: Sequence[str], done: Done) -> tuple[pl.Expr, pl.Expr]:
    """Whether all parts of a combination have events, and whether they lie within the days that are together."""
    may = [(f"key.{part}", f"maybe.{part}") if done.rule.within else (f"key.{part}",) for part in place_parts]
    every = pl.all_horizontal(pl.any_horizontal(names).fill_null(False) for names in may)
    if done.rule.together_days is None:
        return every, pl.lit(None, dtype=pl.Boolean)
    latest = pl.max_horizontal(f"first.{part}" for part in place_parts)
    soonest = pl.min_horizontal(f"last.{part}" for part in place_parts)
    known = pl.all_horizontal(pl.col(f"first.{part}").is_not_null() for part in place_parts)
    gap = (latest - soonest).dt.total_days()
    return every, pl.when(known).then(gap <= done.rule.together_days)


def _unsure(option: str, done: Done, have: set[str]) -> pl.Expr | None:
    """Where the parts of a combination were given, and nothing says whether together; then neither answers."""
    for place in done.settings.options.values():
        if option in place.combines and all(f"key.{part}" in have for part in place.combines):
            every, near = _both(place.combines, done)
            return every & near.fill_null(True)
    place = done.settings.options[option]
    if place.combines and all(f"key.{part}" in have for part in place.combines):
        every, near = _both(place.combines, done)
        own = pl.col(f"key.{option}").is_null() if f"key.{option}" in have else pl.lit(True)
        return every & near.is_null() & own
    return None


def _together(option: str, done: Done, have: set[str]) -> pl.Expr | None:
    place = done.settings.options[option]
    if not place.combines or not all(f"key.{part}" in have for part in place.combines):
        return None
    every, near = _both(place.combines, done)
    return every & near.fill_null(False)
