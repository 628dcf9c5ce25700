"""A batch of bundles: bytes in, a table of facts out, and an account of what did not become a fact."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import polars as pl

from decidua.errors import PatientError
from decidua.facts import Value, Vocabulary
from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.care import Visits, with_care
from decidua.intake.bulk.centres import centre, centre_in
from decidua.intake.bulk.counting import Scattered, Whole, count_reasons, count_types
from decidua.intake.bulk.days import UNDATED
from decidua.intake.bulk.done import Acts, Happened, acts_of
from decidua.intake.bulk.facts import facts
from decidua.intake.bulk.frame import frame
from decidua.intake.bulk.listening import Listener
from decidua.intake.bulk.meanings import DONE, NOT_DONE, Meanings
from decidua.intake.bulk.reasons import reason_of
from decidua.intake.bulk.reducing import Bits, Heard, Ints, settled
from decidua.intake.bulk.shapes import Shapes, shapes
from decidua.intake.bulk.whose import apart, hers, named_apart
from decidua.intake.cohort.events import Done
from decidua.intake.fhir import read_fhir
from decidua.intake.fhir.bundle import LIMIT, MOST, REFUSED

_resource, _id, _subject = map(attrgetter, ("resource", "id", "subject"))
Decoded = tuple[Shapes, Sequence[Any]]
"""The entries of a bundle and the shapes that they have."""
Flat = tuple[Ints, Ints, Ints]
"""Number of the patient, number of the saying, day."""
BLOCK = 128
EPOCH = date(1970, 1, 1).toordinal()
NO_ROWS: Flat = (np.zeros(0, dtype=np.int64),) * 3


@dataclass(frozen=True, slots=True)
class Given:
    """One bundle and where it stands."""

    data: bytes
    place: Place
    patient: str | None = None
    """Of which patient it is, where it may name several."""


@dataclass
class Batch:
    """What was read of some patients. `events`: what was done (patient, key, day), for `cohort.events`."""

    facts: pl.DataFrame
    events: pl.DataFrame


@dataclass(frozen=True)
class Slow:
    """A patient as the one-patient reader read her."""

    patient: str
    values: Mapping[str, Value]
    acts: list[Happened]


class Reader:
    """Reads batches of bundles as of a day; what it learns of words in one batch it knows in the next."""

    def __init__(self, vocabulary: Vocabulary, stated: Collection[str], as_of: date, done: Done | None = None) -> None:
        self.vocabulary, self.stated, self.as_of = vocabulary, stated, as_of
        self.acts = Acts(done) if done is not None else None
        self.meanings = Meanings(vocabulary, stated, as_of, self.acts)
        self.listener = Listener(self.meanings)
        self.account = Account()
        self.centres: dict[str, str] = {}
        """Where the patients of the present batch are treated."""
        self.visits = Visits(as_of)
        """When they were cared for."""
        self._places: list[Place] = []

    def read(self, bundles: Sequence[Given]) -> Batch:
        """One row for each bundle whose patient can be read, in their order."""
        patients: list[str | None] = [None] * len(bundles)
        self.centres.clear()
        self.visits.latest.clear()
        self._places = [one.place for one in bundles]
        parts = [part for start in range(0, len(bundles), BLOCK) for part in self._block(bundles, start, patients)]
        patient, saying, day = (np.concatenate(column) for column in zip(*(parts or [NO_ROWS]), strict=True))
        order = np.argsort(patient, kind="stable")
        heard = Heard(len(bundles), patient[order], saying[order], day[order])
        return self.settle(heard, patients, Whole([one.place for one in bundles]), lambda number: bundles[number])

    def settle(
        self, heard: Heard, patients: list[str | None], where: Whole | Scattered,
        again: Callable[[int], Given | None],
    ) -> Batch:  # fmt: skip
        """The facts of patients from all that is said of them.

        patients: ids; None is for the one-patient reader. again: the bundle of one of them, if it is at hand.
        """
        found, wrong = facts(self.meanings, settled(self.meanings, heard))
        odd = wrong | np.array([name is None for name in patients], dtype=np.bool_)
        self.account.patients += len(patients)
        count_reasons(self.account, self.meanings, heard.only(~odd[heard.patient]) if odd.any() else heard, where)
        acts = self._acts(heard, patients, odd)
        kept = ~odd
        for number in np.flatnonzero(odd).tolist():
            given = again(number)
            slow = None if given is None else self.slowly(given)
            if slow is not None:
                kept[number], patients[number] = True, slow.patient
                found.put(number, slow.values)
                acts = acts.vstack(happened(slow.acts)) if slow.acts else acts
        return self._batch(frame(found, patients, _not_done(acts), kept, self._group(patients)), acts)

    def _batch(self, table: pl.DataFrame, acts: pl.DataFrame) -> Batch:
        return Batch(with_care(table, self.visits.latest, acts, self.account), _events(acts))

    def one(self, given: Given) -> Batch | None:
        """One patient by the one-patient reader; None where she is refused."""
        slow = self.slowly(given)
        if slow is None:
            return None
        nothing = np.zeros(0, dtype=np.int64)
        found, _ = facts(self.meanings, settled(self.meanings, Heard(1, nothing, nothing, nothing)))
        found.put(0, slow.values)
        acts, one = happened(slow.acts), np.ones(1, dtype=np.bool_)
        return self._batch(frame(found, [slow.patient], _not_done(acts), one, self._group([slow.patient])), acts)

    def _acts(self, heard: Heard, patients: Sequence[str | None], odd: Bits) -> pl.DataFrame:
        """What was done or not done, by those who are read the fast way."""
        if self.acts is None:
            return happened([])
        kind = np.array(self.meanings.sayings.kind)
        mine = heard.only(((kind == DONE) | (kind == NOT_DONE))[heard.saying] & ~odd[heard.patient])
        mine = mine.only(mine.day >= UNDATED)
        used, back = np.unique(mine.saying, return_inverse=True)
        keys = pl.Series([self.meanings.key(one) for one in used.tolist()], dtype=pl.String)
        ids = pl.Series(patients, dtype=pl.String)
        return pl.DataFrame(
            {
                "patient": ids.gather(pl.Series(mine.patient)),
                "key": keys.gather(pl.Series(back)),
                "done": pl.Series(kind[mine.saying] == DONE),
                "day": _dates(mine.day),
            }
        )

    def _block(self, batch: Sequence[Given], start: int, patients: list[str | None]) -> Iterator[Flat]:
        """So few bundles that what is decoded of them stays in the processor's cache."""
        decoded = [self._decoded(one.data) for one in batch[start : start + BLOCK]]
        for forms in (shapes(wide=False), shapes(wide=True)):
            numbers = [number for number, one in enumerate(decoded, start) if one is not None and one[0] is forms]
            if numbers:
                yield self._fast([decoded[number - start][1] for number in numbers], forms, numbers, patients)  # type: ignore[index]

    def _decoded(self, data: bytes) -> Decoded | None:
        """The entries of a bundle by the first shapes that they fit; None where it is for the one-patient reader."""
        if len(data) > LIMIT or b"\0" in data:
            return None
        try:
            if not data.isascii():
                data.decode()
            try:
                forms = shapes(wide=False)
                bundle = forms.bundle.decode(data)
            except msgspec.ValidationError:
                forms = shapes(wide=True)
                bundle = forms.bundle.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        entries = bundle.entry
        return (forms, entries) if entries and len(entries) <= MOST and bundle.type not in REFUSED else None

    def _fast(
        self, decoded: Sequence[Sequence[Any]], forms: Shapes, numbers: list[int], patients: list[str | None]
    ) -> Flat:
        """What bundles of one set of shapes say, and the ids of their patients. An odd one says nothing."""
        entries = [entry for own in decoded for entry in own]
        resources = list(map(_resource, entries))
        if None in resources:
            return self._fast([[one for one in own if one.resource] for own in decoded], forms, numbers, patients)
        kinds = np.array(list(map(forms.number.__getitem__, map(type, resources))), dtype=np.int64)
        number = np.repeat(np.array(numbers, dtype=np.int64), list(map(len, decoded)))
        said = self.listener.hear(resources, kinds, forms)
        odd = set(number[said.odd].tolist())
        odd |= _name(decoded, resources, kinds, forms, numbers, patients)
        for at in np.flatnonzero(kinds == forms.number[forms.patient]).tolist():
            self.located(resources[at].id, centre(resources[at].managingOrganization))
        for one in odd:
            patients[one] = None
        self._visited(decoded, resources, np.flatnonzero(kinds == forms.encounter), number, forms, numbers, patients)
        good = ~np.isin(number, list(odd))
        count_types(self.account, kinds[good], forms)  # the one-patient reader tells of the others
        if not odd:
            return number[said.place], said.saying, said.day
        kept = good[said.place]
        return number[said.place[kept]], said.saying[kept], said.day[kept]

    def _visited(
        self, decoded: Sequence[Sequence[Any]], resources: Sequence[Any], where: Ints, number: Ints, forms: Shapes,
        numbers: list[int], patients: list[str | None],
    ) -> None:  # fmt: skip
        """The Encounters of bundles that are not odd."""
        for at in where.tolist():
            bundle = int(number[at])
            own, name = decoded[numbers.index(bundle)], patients[bundle]
            if name is not None:
                url = next(entry.fullUrl for entry in own if type(entry.resource) is forms.patient)
                mine = hers([resources[at].subject], name, url, own)
                self.visits.put(mine, name, resources[at], self.account, self._places[bundle])

    def located(self, patient: str | None, place: str | None) -> None:
        if patient is not None and place is not None:
            self.centres[patient] = place

    def _group(self, patients: Sequence[str | None]) -> list[str | None]:
        return [self.centres.get(patient or "") for patient in patients] if self.centres else []

    def slowly(self, one: Given) -> Slow | None:
        """By the one-patient reader; None where she is refused."""
        try:
            mapped = read_fhir(
                [one.data.rstrip()], name=str(one.place), vocabulary=self.vocabulary, stated=self.stated,
                as_of=self.as_of, patient=one.patient,
            )  # fmt: skip
        except PatientError as error:
            self.account.refuse(one.place, error)
            return None
        name = one.patient or mapped.patient
        if name is None:
            self.account.refused += 1
            self.account.problem("bulk.nobody", places=[one.place])
            return None
        self.account.slow += 1
        self.located(name, centre_in(one.data, name))
        self.visits.take_bundle(one.data, name, self.account, one.place)
        for note in mapped.notes:
            if note.outcome not in ("used", "older"):
                self.account.reason(reason_of(note), 1, [one.place])
        acts = [] if self.acts is None else acts_of(self.acts, one, name, self.as_of)
        return Slow(name, mapped.intake.patient.values, acts)


def _name(
    decoded: Sequence[Sequence[Any]], resources: Sequence[Any], kinds: Ints, forms: Shapes, numbers: list[int],
    patients: list[str | None],
) -> set[int]:  # fmt: skip
    """Puts down the id of each patient, and gives the bundles that are not plainly of one."""
    read, women = np.flatnonzero(kinds < len(forms.read)), np.flatnonzero(kinds == forms.number[forms.patient])
    heard = [resources[one] for one in read.tolist()]
    ends = np.cumsum([0, *map(len, decoded)])
    cuts, firsts = np.searchsorted(read, ends).tolist(), np.searchsorted(women, ends).tolist()
    starts, patient = ends.tolist(), women.tolist()
    subjects = list(map(_subject, heard))
    all_apart = apart(list(map(_id, heard)))
    odd: set[int] = set()
    for at, (number, own) in enumerate(zip(numbers, decoded, strict=True)):
        mine = slice(cuts[at], cuts[at + 1])
        if firsts[at + 1] - firsts[at] == 1 and (all_apart or named_apart(heard[mine])):
            woman = own[patient[firsts[at]] - starts[at]]
            patients[number] = woman.resource.id
            if hers(subjects[mine], woman.resource.id, woman.fullUrl, own):
                continue
        odd.add(number)
    return odd


def happened(acts: Sequence[Happened]) -> pl.DataFrame:
    """patient, key, done, day (null where it is not known), without what is still to come."""
    past = [(who, key, done, date.fromordinal(day) if day > 0 else None) for who, key, done, day in acts if day >= 0]
    schema = {"patient": pl.String, "key": pl.String, "done": pl.Boolean, "day": pl.Date}
    return pl.DataFrame(past, schema=schema, orient="row")


def _dates(days: Ints) -> pl.Series:
    """Ordinals of days, 0 where none is known, as dates."""
    since = np.where(days > 0, days - EPOCH, 0).astype(np.int32)
    return pl.DataFrame({"day": since, "known": days > 0}).select(
        pl.when("known").then(pl.col("day").cast(pl.Date))
    )["day"]  # fmt: skip


def _events(acts: pl.DataFrame) -> pl.DataFrame:
    return acts.filter("done").select("patient", "key", "day")


def _not_done(acts: pl.DataFrame) -> dict[str, set[str | None]]:
    """Option → the patients of whom it is recorded that it was not done."""
    found: dict[str, set[str | None]] = {}
    for who, key in (
        acts.filter(~pl.col("done") & ~pl.col("key").str.contains("/")).select("patient", "key").iter_rows()
    ):
        found.setdefault(key, set()).add(who)
    return found
