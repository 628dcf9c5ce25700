"""When a patient was cared for: on the day of her latest Encounter, else on the latest day on which something was done.

An Encounter counts once the patient has come (arrived to finished). Its day is that on which its period starts, else
ends. A year or a month alone gives the year, and no day. The as-of date is never a day of care.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
import polars as pl
from msgspec import Struct

from decidua.errors import PatientError
from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.whose import hers
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.times import span_of

CAME = frozenset((b'"arrived"', b'"triaged"', b'"in-progress"', b'"onleave"', b'"finished"'))
CARE, YEAR, SETTING = "date.care", "group.year", "group.setting"
MOST = 200_000
"""Remembered meanings."""
Key = tuple[bytes, ...]


class _Period(Struct, gc=False):
    start: str | None = None
    end: str | None = None


class _Entry(Struct):
    resource: msgspec.Raw = msgspec.Raw()
    fullUrl: str | None = None


class _Bundle(Struct):
    entry: list[_Entry] | None = None


class _Encounter(Struct):
    resourceType: str | None = None
    id: str | None = None
    subject: msgspec.Raw = msgspec.Raw()
    status: msgspec.Raw = msgspec.Raw()
    period: msgspec.Raw = msgspec.Raw()
    serviceType: msgspec.Raw = msgspec.Raw()
    modifierExtension: msgspec.Raw = msgspec.Raw()
    implicitRules: msgspec.Raw = msgspec.Raw()


_PERIOD = msgspec.json.Decoder(_Period)
_CONCEPT = msgspec.json.Decoder(r.Concept)
_BUNDLE = msgspec.json.Decoder(_Bundle)
_ENCOUNTER = msgspec.json.Decoder(_Encounter)


@dataclass(frozen=True, order=True, slots=True)
class Visit:
    """first: the day, or the first that a year or month may mean, as an ordinal. service: code of the serviceType."""

    first: int
    known: bool
    service: str = ""


@dataclass
class Visits:
    """The latest visit of each patient."""

    as_of: date
    latest: dict[str, Visit] = field(default_factory=dict)
    _known: dict[Key, Visit | str] = field(default_factory=dict)

    def take(self, patient: str, encounter: Any, account: Account, place: Place) -> None:
        """An Encounter of hers, with raw elements; what does not count is told."""
        names = ("status", "period", "serviceType", "modifierExtension", "implicitRules")
        key = tuple(bytes(getattr(encounter, name)) for name in names)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST:
                self._known.clear()
            found = self._known[key] = _meaning(key, self.as_of)
        if isinstance(found, Visit):
            self.latest[patient] = max(found, self.latest.get(patient, found))
        elif found == "bulk.date":
            account.problem(found, CARE, places=[place])
        else:
            account.problem(found, CARE, count=1, note=True)

    def take_all(self, others: Mapping[str, Visit]) -> None:
        for name, visit in others.items():
            self.latest[name] = max(visit, self.latest.get(name, visit))

    def take_bundle(self, bundle: bytes, patient: str, account: Account, place: Place) -> None:
        """Those of a bundle which the fast way does not cover."""
        try:
            entries = [one for one in _BUNDLE.decode(bundle).entry or [] if one.resource]
            read = [_ENCOUNTER.decode(one.resource) for one in entries]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        urls = [entry.fullUrl for one, entry in zip(read, entries, strict=True)
                if one.resourceType == "Patient" and one.id == patient]  # fmt: skip
        for one in read:
            if one.resourceType == "Encounter":
                self.put(hers([one.subject], patient, next(iter(urls), None), entries), patient, one, account, place)

    def put(self, mine: bool, patient: str, encounter: Any, account: Account, place: Place) -> None:
        if mine:
            self.take(patient, encounter, account, place)
        else:
            account.problem("bulk.of-another", CARE, count=1, note=True)


def _meaning(key: Key, as_of: date) -> Visit | str:
    """A visit, or the sentence that says why it does not count."""
    status, period, service, *changes = key
    if any(changes):
        return "bulk.modifier"
    if status not in CAME:
        return "bulk.status"
    try:
        ends = _PERIOD.decode(period) if period else _Period()
        text = ends.start or ends.end
        span = span_of(text, "period") if text else None
    except (PatientError, msgspec.MsgspecError, UnicodeDecodeError):
        return "bulk.date"
    if span is None:
        return "bulk.encounter-undated"
    return "bulk.later" if span.first > as_of else Visit(span.first.toordinal(), span.day is not None, _code(service))


def _code(service: bytes) -> str:
    try:
        codings = _CONCEPT.decode(service).codings if service else ()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    return next((one.code for one in codings if one.code), "")


def with_care(table: pl.DataFrame, visits: Mapping[str, Visit], acts: pl.DataFrame, account: Account) -> pl.DataFrame:
    """The table with `date.care`, `group.year` and `group.setting`, as far as they are known of anybody.

    acts: what was done (patient, done, day), for those without a visit.
    """
    own = [visits.get(patient) for patient in table["patient"]] if visits else [None] * len(table)
    last = dict(_last(acts))
    if last:
        acted = [last.get(who) if one is None else None for who, one in zip(table["patient"], own, strict=True)]
        by_acts = len(acted) - acted.count(None)
        if by_acts:
            account.problem("bulk.care-by-acts", CARE, count=by_acts, note=True)
        own = [one or (Visit(day.toordinal(), True) if day else None) for one, day in zip(own, acted, strict=True)]
    days = [date.fromordinal(one.first) if one and one.known else None for one in own]
    years = [str(date.fromordinal(one.first).year) if one else None for one in own]
    settings = [one.service or None if one else None for one in own]
    return table.with_columns(_columns(days, years, settings))


def _columns(
    days: Sequence[date | None], years: Sequence[str | None], settings: Sequence[str | None]
) -> Iterable[pl.Series]:
    if any(years):
        yield pl.Series(CARE, days, dtype=pl.Date)
        yield pl.Series(YEAR, years, dtype=pl.String)
    if any(settings):
        yield pl.Series(SETTING, settings, dtype=pl.String)


def _last(acts: pl.DataFrame) -> Iterable[tuple[str, date]]:
    done = acts.filter(pl.col("done") & pl.col("day").is_not_null())
    return done.group_by("patient").agg(pl.col("day").max()).iter_rows()
