"""A batch of bundles: bytes in, a table of facts out, and an account of what did not become a fact."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import polars as pl

from decidua.errors import PatientError
from decidua.facts import Value, Vocabulary
from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.centres import centre, centre_in
from decidua.intake.bulk.counting import Scattered, Whole, count_reasons, count_types
from decidua.intake.bulk.days import UNDATED
from decidua.intake.bulk.done import Acts, Happened, acts_of
from decidua.intake.bulk.facts import facts
from decidua.intake.bulk.frame import frame
from decidua.intake.bulk.listening import Listener, Sheaf
from decidua.intake.bulk.meanings import DONE, NOT_DONE, Meanings
from decidua.intake.bulk.reasons import reason_of
from decidua.intake.bulk.reducing import Bits, Heard, Ints, settled
from decidua.intake.bulk.shapes import Shapes, shapes
from decidua.intake.bulk.whose import patients_of
from decidua.intake.bulk.words import WOMAN
from decidua.intake.cohort.events import Done
from decidua.intake.fhir import read_fhir
from decidua.intake.fhir.bundle import LIMIT, MOST, REFUSED

_resource = attrgetter("resource")
Decoded = tuple[Shapes, Sequence[Any]]
"""The entries of a bundle and the shapes that they have."""
Flat = tuple[Ints, Ints, Ints]
"""Number of the patient, number of the saying, day."""
BLOCK, SHEAF = 32, 512
"""Bundles that are decoded and gathered together, and that are made out together: so few that what is worked on stays
in the processor's cache."""
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
class Gathered:
    """What was gathered of bundles of one set of shapes: their places in the batch, and how many entries each has."""

    sheaf: Sheaf
    bundles: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


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

    def read(self, bundles: Sequence[Given]) -> Batch:
        """One row for each bundle whose patient can be read, in their order."""
        patients: list[str | None] = [None] * len(bundles)
        self.centres.clear()
        flats = [flat for start in range(0, len(bundles), SHEAF) for flat in self._sheaf(bundles, start, patients)]
        patient, saying, day = (np.concatenate(column) for column in zip(*(flats or [NO_ROWS]), strict=True))
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
        return Batch(frame(found, patients, _not_done(acts), kept, self._group(patients)), _events(acts))

    def one(self, given: Given) -> Batch | None:
        """One patient by the one-patient reader; None where she is refused."""
        slow = self.slowly(given)
        if slow is None:
            return None
        nothing = np.zeros(0, dtype=np.int64)
        found, _ = facts(self.meanings, settled(self.meanings, Heard(1, nothing, nothing, nothing)))
        found.put(0, slow.values)
        acts, one = happened(slow.acts), np.ones(1, dtype=np.bool_)
        return Batch(frame(found, [slow.patient], _not_done(acts), one, self._group([slow.patient])), _events(acts))

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

    def _sheaf(self, batch: Sequence[Given], start: int, patients: list[str | None]) -> list[Flat]:
        """What some bundles say, by the shapes that they fit."""
        gathered = [Gathered(self.listener.sheaf(shapes(wide=wide))) for wide in (False, True)]
        end = min(start + SHEAF, len(batch))
        for first in range(start, end, BLOCK):
            self._block(batch[first : min(first + BLOCK, end)], first, gathered, patients)
        return [self._made_out(one, patients) for one in gathered if one.bundles]

    def _block(
        self, batch: Sequence[Given], start: int, gathered: Sequence[Gathered], patients: list[str | None]
    ) -> None:
        decoded = [self._decoded(one.data) for one in batch]
        for one in gathered:
            own = [(number, each[1]) for number, each in enumerate(decoded, start)
                   if each is not None and each[0] is one.sheaf.forms]  # fmt: skip
            if own:
                numbers, entries = zip(*own, strict=True)
                self._gather(one, numbers, entries, patients)

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

    def _gather(
        self, gathered: Gathered, numbers: Sequence[int], decoded: Sequence[Sequence[Any]], patients: list[str | None]
    ) -> None:
        """Puts down what these bundles say, and whose they are."""
        if gathered.sheaf.forms.wide:
            decoded = [[entry for entry in own if entry.resource is not None] for own in decoded]
        resources = list(map(_resource, chain.from_iterable(decoded)))
        words = self.listener.gather(resources, gathered.sheaf)
        for number, name in zip(numbers, patients_of(decoded, resources, words), strict=True):
            patients[number] = name
        for place in np.flatnonzero(words == WOMAN).tolist():
            woman = resources[place]
            if woman.managingOrganization is not None:
                self.located(woman.name, centre(woman.managingOrganization))
        gathered.bundles += numbers
        gathered.sizes += map(len, decoded)

    def _made_out(self, gathered: Gathered, patients: list[str | None]) -> Flat:
        """What bundles of one set of shapes say. Odd ones say nothing, and their patients lose their names."""
        said = self.listener.make_out(gathered.sheaf)
        number = np.repeat(np.array(gathered.bundles, dtype=np.int64), gathered.sizes)
        for odd in set(number[said.odd].tolist()):
            patients[odd] = None
        good = np.array([name is not None for name in patients], dtype=np.bool_)[number]
        count_types(self.account, said.kinds[good], gathered.sheaf.forms)  # the one-patient reader tells of the others
        if good.all():
            return number[said.place], said.saying, said.day
        kept = good[said.place]
        return number[said.place[kept]], said.saying[kept], said.day[kept]

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
        for note in mapped.notes:
            if note.outcome not in ("used", "older"):
                self.account.reason(reason_of(note), 1, [one.place])
        acts = [] if self.acts is None else acts_of(self.acts, one, name, self.as_of)
        return Slow(name, mapped.intake.patient.values, acts)


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
