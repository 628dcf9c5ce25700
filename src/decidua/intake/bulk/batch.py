"""A batch of bundles: bytes in, a table of facts out, and an account of what did not become a fact."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from decidua.errors import PatientError
from decidua.facts import Value, Vocabulary
from decidua.intake.bulk.account import Account
from decidua.intake.bulk.care import Visits, with_care
from decidua.intake.bulk.centres import centre_in
from decidua.intake.bulk.counting import Scattered, Whole, count_reasons
from decidua.intake.bulk.days import UNDATED
from decidua.intake.bulk.done import Acts, Happened, acts_of
from decidua.intake.bulk.facts import facts
from decidua.intake.bulk.frame import frame
from decidua.intake.bulk.gathering import Given as Given
from decidua.intake.bulk.gathering import plain
from decidua.intake.bulk.listening import Listener
from decidua.intake.bulk.meanings import Meanings
from decidua.intake.bulk.reasons import reason_of
from decidua.intake.bulk.reducing import Bits, Heard, Ints, settled
from decidua.intake.bulk.sayings import DONE, NOT_DONE
from decidua.intake.cohort.events import Done
from decidua.intake.fhir import read_fhir

EPOCH = date(1970, 1, 1).toordinal()


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

    def read(self, bundles: Sequence[Given]) -> Batch:
        """One row for each bundle whose patient can be read, in their order."""
        self.visits.latest.clear()
        found = plain(bundles, self.listener, self.visits, self.account)
        self.centres = found.centres
        heard = Heard(len(bundles), *found.columns())
        where = Whole([one.place for one in bundles])
        return self.settle(heard, found.patients, where, lambda number: bundles[number])

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
