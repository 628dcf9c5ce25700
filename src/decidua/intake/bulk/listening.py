"""From decoded resources to flat numbers: what each says, and on which day.

Resources are heard many at a time, kind by kind, each step once for all of them. What is met for the first time
`meanings.py` learns; a resource that it cannot vouch for is odd, and the one-patient reader reads that patient.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from decidua.intake.bulk.days import LATER, Days
from decidua.intake.bulk.meanings import BORN, MOST, Meanings
from decidua.intake.bulk.reducing import Ints
from decidua.intake.bulk.shapes import Shape, Shapes, shapes
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located
from decidua.intake.fhir.person import hear_patient

_join = b"\0".join  # a byte that no JSON has
NOTHING: Ints = np.zeros(0, dtype=np.int64)
_ABSENT, _PAST, _LATER, _BAD = b"0", b"1", b"2", b"3"


@dataclass
class Said:
    """Three columns: place of the resource in what was heard, number of the saying, day. `odd`: places."""

    place: Ints
    saying: Ints
    day: Ints
    odd: Ints


class Several:
    """Resources that say several things: a number below zero stands for a run of sayings."""

    def __init__(self) -> None:
        self._sayings, self._starts, self._counts = array("q"), array("q", [0]), array("q", [0])

    def add(self, sayings: Sequence[int]) -> int:
        self._starts.append(len(self._sayings))
        self._counts.append(len(sayings))
        self._sayings.extend(sayings)
        return 1 - len(self._starts)

    def spread(self, place: Ints, saying: Ints, day: Ints) -> tuple[Ints, Ints, Ints]:
        """Each saying on its own, with the place and day of its resource."""
        run = np.maximum(-saying, 0)
        count = np.where(run > 0, np.array(self._counts)[run], 1)
        first = np.repeat(np.cumsum(count) - count, count)
        within = np.repeat(np.array(self._starts)[run], count) + np.arange(len(first)) - first
        many, alone = np.repeat(run > 0, count), np.repeat(saying, count)
        spread = np.where(many, np.array(self._sayings)[np.where(many, within, 0)], alone)
        return np.repeat(place, count), spread, np.repeat(day, count)


class Listener:
    """Remembers what words mean. Not for several threads."""

    def __init__(self, meanings: Meanings) -> None:
        self.meanings = meanings
        self.dates = Days(meanings.as_of)
        self._known: dict[type, dict[bytes, int]] = {
            kind: {} for wide in (False, True) for kind in shapes(wide=wide).read
        }
        self._several = Several()
        self._births: dict[str, list[int]] = {}
        self._countries: dict[str | None, list[int]] = {}
        self._today = meanings.as_of.toordinal()

    def hear(self, resources: Sequence[Any], kinds: Ints, forms: Shapes) -> Said:
        """kinds: of each resource, its place in `forms.kinds`."""
        parts: list[tuple[Ints, Ints, Ints]] = [(NOTHING, NOTHING, NOTHING)]
        for number in np.flatnonzero(np.bincount(kinds, minlength=1)).tolist():
            kind = forms.kinds[number]
            if kind in forms.others:
                continue
            place = np.flatnonzero(kinds == number)
            members = [resources[one] for one in place.tolist()]
            if kind is forms.patient:
                parts.append(self._patients(place, members))
            else:
                parts.append((place, *self._heard(members, forms.read[kind], forms.wide)))
        place, saying, day = (np.concatenate(column) for column in zip(*parts, strict=True))
        return self._spread(place, saying, day)

    def _heard(self, members: list[Any], shape: Shape, wide: bool) -> tuple[Ints, Ints]:
        keys = list(map(_join, map(shape.words, members)))
        texts = [list(map(date, members)) for date in shape.dates]
        if shape.kind == "Observation":
            if wide:  # its words may hold a day of their own, which counts only if there is no other
                keys = [_wide_key(shape, one, text) for one, text in zip(members, texts[0], strict=True)]
            return self._learnt(members, keys, shape.kind), self.dates.all(texts[0])
        day = np.zeros(len(members), dtype=np.int64)
        for column in texts:
            if column.count(None) == len(column):
                keys = [key + _ABSENT for key in keys]
                continue
            days = self.dates.all(column)
            day = np.where(day == 0, days, day)
            keys = list(map(bytes.__add__, keys, _classes(column, days.tolist())))
        return self._learnt(members, keys, shape.kind), day

    def _learnt(self, members: list[Any], keys: list[bytes], kind: str) -> Ints:
        known = self._known[type(members[0])]
        found: list[Any] = list(map(known.get, keys))
        if None in found:
            if len(known) > MOST:
                known.clear()
            for number, (key, one) in enumerate(zip(keys, members, strict=True)):
                if found[number] is None:
                    found[number] = known[key] if key in known else known.setdefault(key, self._learn(kind, one, key))
        return np.array(found, dtype=np.int64)

    def _learn(self, kind: str, one: Any, key: bytes) -> int:
        if kind == "Observation" and one.valueQuantity:
            found = self.meanings.learn_number(one, key.replace(one.valueQuantity, b"", 1))
        else:
            found = self.meanings.learn(kind, one)
        return found[0] if len(found) == 1 else self._several.add(found)

    def _spread(self, place: Ints, saying: Ints, day: Ints) -> Said:
        """Several sayings of one resource, each on its own; days that words hold; and which resources are odd."""
        if (saying < 0).any():
            place, saying, day = self._several.spread(place, saying, day)
        own = self.meanings.own_days
        if own:
            where = np.flatnonzero((day == 0) & np.isin(saying, np.fromiter(own, dtype=np.int64)))
            day[where] = [own[one] for one in saying[where].tolist()]
        return Said(place, saying, day, np.unique(place[saying == self.meanings.odd]))

    def _patients(self, place: Ints, women: list[Any]) -> tuple[Ints, Ints, Ints]:
        """Age and country of each."""
        each = [self._person_says(one) for one in women]
        counts = [len(one) for one in each]
        saying = np.array([one for several in each for one in several], dtype=np.int64)
        return np.repeat(place, counts), saying, np.full(len(saying), self._today, dtype=np.int64)

    def _person_says(self, one: Any) -> list[int]:
        if one.contained or one.modifierExtension or one.implicitRules:
            return [self.meanings.odd]
        said: list[int] = []
        if one.birthDate is not None:
            if one.birthDate not in self._births:
                self._births[one.birthDate] = self._person(r.Patient(birthDate=one.birthDate))
            said += self._births[one.birthDate]
        return said + self._country(one.address) if one.address else said

    def _country(self, addresses: list[r.Address]) -> list[int]:
        plain = len(addresses) == 1 and not addresses[0].period and addresses[0].use in (None, "home")
        if not plain:
            return self._person(r.Patient(address=addresses))
        country = addresses[0].country
        if country not in self._countries:
            if len(self._countries) > MOST:
                self._countries.clear()
            self._countries[country] = self._person(r.Patient(address=addresses))
        return self._countries[country]

    def _person(self, patient: r.Patient) -> list[int]:
        hearing = self.meanings.hearing()
        hear_patient(hearing, Located("Patient", "", patient))
        rows = [self.meanings.add(BORN if row.fact == "age" else None, row) for row in hearing.rows]
        return rows + [self.meanings.noted(note) for note in hearing.notes.all]


def _classes(texts: list[str | None], days: list[int]) -> list[bytes]:
    """All that a date may change in a diagnosis, a medicine, a procedure, an allergy."""
    meant = [_PAST if day >= 0 else _LATER if day == LATER else _BAD for day in days]
    return [one if text else _ABSENT for one, text in zip(meant, texts, strict=True)]


def _wide_key(shape: Shape, one: Any, text: str | None) -> bytes:
    """Of a text only that it is one: it is never read."""
    words = shape.words(one)
    said = bytes(one.valueString)
    if said.startswith(b'"'):
        words = tuple(b'""' if word is one.valueString else word for word in words)
    return _join(words) + (_PAST if text else _ABSENT)
