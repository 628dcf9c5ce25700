"""When a patient was cared for: on the day of her latest Encounter, else on the latest day on which something was done.

An Encounter counts once the patient has come (arrived to finished). Its day is that on which its period starts, else
ends. A year or a month alone gives the year, and no day. The as-of date is never a day of care.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec
import polars as pl
from msgspec import Struct

from decidua.errors import PatientError
from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.shapes import ENCOUNTER
from decidua.intake.bulk.whose import names
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.times import span_of

CAME = frozenset((b'"arrived"', b'"triaged"', b'"in-progress"', b'"onleave"', b'"finished"'))
CARE, YEAR, SETTING = "date.care", "group.year", "group.setting"
EPOCH = date(1970, 1, 1).toordinal()
MOST = 200_000
"""Remembered meanings."""
_join, _words = b"\0".join, attrgetter(*ENCOUNTER)


class _Period(Struct, gc=False):
    start: str | None = None
    end: str | None = None


class _Entry(Struct):
    resource: msgspec.Raw = msgspec.Raw()
    fullUrl: str | None = None


class _Bundle(Struct):
    entry: list[_Entry] | None = None


class _Encounter(Struct, rename={"about": "subject"}):
    resourceType: str | None = None
    id: str | None = None
    about: msgspec.Raw = msgspec.Raw()
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


Seen = Visit | str
"""What an Encounter says: a visit, or the sentence that says why it does not count."""


@dataclass
class Visits:
    """The latest visit of each patient."""

    as_of: date
    latest: dict[str, Visit] = field(default_factory=dict)
    _known: dict[bytes, Seen] = field(default_factory=dict)

    def seen(self, encounter: Any) -> Seen:
        """What an Encounter with raw elements says."""
        key = _join(_words(encounter))
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST:
                self._known.clear()
            found = self._known[key] = _meaning(key.split(b"\0"), self.as_of)
        return found

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
        women = [at for at, one in enumerate(read) if one.resourceType == "Patient" and one.id == patient]
        woman = next(iter(women), None)
        for one in read:
            if one.resourceType == "Encounter":
                mine = not one.about or names(bytes(one.about), patient, entries, woman)
                self.tell({self.put(mine, patient, self.seen(one), account, place): 1}, account)

    def put(self, mine: bool, patient: str, seen: Seen, account: Account, place: Place) -> str:
        """An Encounter, if it is hers. Gives why it does not count, for `tell`; nothing where it does."""
        if not mine:
            return "bulk.of-another"
        if isinstance(seen, Visit):
            before = self.latest.get(patient)
            self.latest[patient] = seen if before is None else max(seen, before)
            return ""
        if seen == "bulk.date":
            account.problem(seen, CARE, places=[place])
            return ""
        return seen

    def tell(self, unused: Mapping[str, int], account: Account) -> None:
        for why, count in unused.items():
            if why:
                account.problem(why, CARE, count=count, note=True)


def _meaning(key: Sequence[bytes], as_of: date) -> Seen:
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
    seen = visits if not acts.height else {**_acted(table, visits, acts, account), **visits}
    if not seen:
        return table
    own = [seen.get(patient) for patient in table["patient"]]
    first = pl.Series([one.first - EPOCH if one else None for one in own], dtype=pl.Int32).cast(pl.Date)
    known = pl.Series([one.known if one else None for one in own], dtype=pl.Boolean)
    services = [one.service or None if one else None for one in own]
    return table.with_columns(_columns(first, known, services))


def _acted(
    table: pl.DataFrame, visits: Mapping[str, Visit], acts: pl.DataFrame, account: Account
) -> dict[str, Visit]:  # fmt: skip
    """The latest act of those of the table who have no visit."""
    last = dict(_last(acts))
    found = {who: Visit(last[who].toordinal(), True) for who in table["patient"] if who in last and who not in visits}
    if found:
        account.problem("bulk.care-by-acts", CARE, count=len(found), note=True)
    return found


def _columns(first: pl.Series, known: pl.Series, services: Sequence[str | None]) -> Iterable[pl.Series]:
    if first.null_count() < len(first):
        yield first.set(~known.fill_null(True), None).alias(CARE)
        yield first.dt.year().cast(pl.String).alias(YEAR)
    if any(services):
        yield pl.Series(SETTING, services, dtype=pl.String)


def _last(acts: pl.DataFrame) -> Iterable[tuple[str, date]]:
    done = acts.filter(pl.col("done") & pl.col("day").is_not_null())
    return done.group_by("patient").agg(pl.col("day").max()).iter_rows()
