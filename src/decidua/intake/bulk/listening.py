"""From decoded resources to flat numbers: what each says, and on which day.

Resources are gathered a few at a time, so that what was decoded of them is still in the processor's cache, and made
out many at a time. What is met for the first time `words.py` and `meanings.py` learn; a resource that they cannot vouch
for is odd, and the one-patient reader reads that patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np

from decidua.intake.bulk.days import ABSENT, Days
from decidua.intake.bulk.meanings import MOST, Meanings
from decidua.intake.bulk.reducing import Ints
from decidua.intake.bulk.sayings import BORN
from decidua.intake.bulk.shapes import DATE, Shapes, shapes
from decidua.intake.bulk.words import BITS, CLASS_BITS, READ, SEVERAL_DATES, WOMAN, Several, Words, dated
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located
from decidua.intake.fhir.person import hear_patient

_date, _later_dates = attrgetter(DATE[0]), attrgetter(*DATE[1:])
_own = attrgetter("birthDate", "address", "contained", "modifierExtension", "implicitRules")
NOTHING: Ints = np.zeros(0, dtype=np.int64)


@dataclass
class Said:
    """Three columns: place of the resource in what was heard, number of the saying, day. `odd`: places.

    `kinds`: of every resource its place in `forms.kinds`.
    """

    place: Ints
    saying: Ints
    day: Ints
    odd: Ints
    kinds: Ints


@dataclass
class Sheaf:
    """What was gathered of resources of one set of shapes: numbers of their words, dates, and the patients."""

    forms: Shapes
    numbers: list[Ints] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    later_dates: list[tuple[str | None, ...]] = field(default_factory=list)
    """Second and third dates of those that may have several."""
    women: list[list[int]] = field(default_factory=list)
    """What each patient says."""


class Listener:
    """Remembers what words mean. Not for several threads."""

    def __init__(self, meanings: Meanings) -> None:
        self.meanings = meanings
        self.dates = Days(meanings.as_of)
        self._several = Several()
        self._words = {wide: Words(meanings, self._several, shapes(wide=wide)) for wide in (False, True)}
        self._persons: dict[tuple[str | None, str | None], list[int]] = {}
        self._today = meanings.as_of.toordinal()

    def sheaf(self, forms: Shapes) -> Sheaf:
        """A new one; the one before it of these shapes must have been made out."""
        if self._words[forms.wide].full:
            self._words[forms.wide].clear()
        return Sheaf(forms)

    def gather(self, resources: Sequence[Any], sheaf: Sheaf) -> Ints:
        """Adds resources. Gives the numbers of their words."""
        numbers = self._words[sheaf.forms.wide].numbers(resources)
        sheaf.numbers.append(numbers)
        sheaf.dates.append(self.dates.line(list(map(_date, resources))))
        sheaf.later_dates += [_later_dates(resources[at]) for at in np.flatnonzero(numbers & SEVERAL_DATES).tolist()]
        sheaf.women += [self._person_says(*_own(resources[at])) for at in np.flatnonzero(numbers == WOMAN).tolist()]
        return numbers

    def make_out(self, sheaf: Sheaf) -> Said:
        numbers, words = np.concatenate(sheaf.numbers or [NOTHING]), self._words[sheaf.forms.wide]
        kinds = np.array(words.kind)[numbers >> BITS]
        place = np.flatnonzero(numbers & READ)
        codes = self.dates.lines("".join(sheaf.dates), len(numbers))
        day, classes = np.where(codes == ABSENT, 0, codes), dated(codes)
        for column, bits in zip(zip(*sheaf.later_dates, strict=True), CLASS_BITS[1:], strict=False):
            several = np.flatnonzero(numbers & SEVERAL_DATES)
            codes = np.array([self.dates.code(text) for text in column], dtype=np.int64)
            classes[several] |= dated(codes) << bits
            day[several] = np.where((day[several] == 0) & (codes != ABSENT), codes, day[several])
        said = place, words.says(numbers[place], classes[place]), day[place]
        women = self._patients(np.flatnonzero(numbers == WOMAN), sheaf.women)
        place, saying, day = (np.concatenate(column) for column in zip(said, women, strict=True))
        return self._spread(place, saying, day, kinds)

    def _spread(self, place: Ints, saying: Ints, day: Ints, kinds: Ints) -> Said:
        """Several sayings of one resource, each on its own; days that words hold; and which resources are odd."""
        if (saying < 0).any():
            place, saying, day = self._several.spread(place, saying, day)
        own = self.meanings.own_days
        if own:
            where = np.flatnonzero((day == 0) & np.isin(saying, np.fromiter(own, dtype=np.int64)))
            day[where] = [own[one] for one in saying[where].tolist()]
        return Said(place, saying, day, np.unique(place[saying == self.meanings.odd]), kinds)

    def _patients(self, place: Ints, each: list[list[int]]) -> tuple[Ints, Ints, Ints]:
        """Age and country of each."""
        saying = np.fromiter(chain.from_iterable(each), dtype=np.int64)
        return np.repeat(place, list(map(len, each))), saying, np.full(len(saying), self._today, dtype=np.int64)

    def _person_says(self, born: str | None, addresses: list[r.Address] | None, *unread: object) -> list[int]:
        if any(unread):
            return [self.meanings.odd]
        if not addresses:
            return self._person(born, None)
        if len(addresses) == 1 and not addresses[0].period and addresses[0].use in (None, "home"):
            return self._person(born, addresses[0].country or "")
        return self._person(born, None) + self._learn(r.Patient(address=addresses))

    def _person(self, born: str | None, country: str | None) -> list[int]:
        """country: None where there is no address."""
        if (born, country) not in self._persons:
            if len(self._persons) > MOST:
                self._persons.clear()
            said = [] if born is None else self._learn(r.Patient(birthDate=born))
            where = [] if country is None else self._learn(r.Patient(address=[r.Address(country=country or None)]))
            self._persons[born, country] = said + where
        return self._persons[born, country]

    def _learn(self, patient: r.Patient) -> list[int]:
        hearing = self.meanings.hearing()
        hear_patient(hearing, Located("Patient", "", patient))
        rows = [self.meanings.add(BORN if row.fact == "age" else None, row) for row in hearing.rows]
        return rows + [self.meanings.noted(note) for note in hearing.notes.all]
