"""A bulk export: a resource a line, those of one patient scattered over files.

Of a resource five numbers of four bytes are kept: whose it is, what it says, on which day, and once more whose it is
with a check number of its type and id. So memory grows with the number of resources, not with their text, and there
is no file in between. Patients whom the fast way does not cover are named, and their lines are read once more
(`second.py`).
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.care import Visit, Visits
from decidua.intake.bulk.centres import centre
from decidua.intake.bulk.counting import Scattered, count_types
from decidua.intake.bulk.days import BAD
from decidua.intake.bulk.listening import Listener, Said
from decidua.intake.bulk.reasons import Reason
from decidua.intake.bulk.reducing import Ints
from decidua.intake.bulk.shapes import Shapes, shapes
from decidua.intake.cohort.description import FIRST
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import target

BLOCK = 2_048
"""Lines that are heard together."""


class Head(msgspec.Struct):
    """As much of a resource as says what it is and whose."""

    resourceType: str | None = None
    id: str | None = None
    subject: r.Reference | None = None
    patient: r.Reference | None = None


_HEAD = msgspec.json.Decoder(Head)
_REFERENCE = msgspec.json.Decoder(r.Reference)


@dataclass
class Gathered:
    """Columns of what was heard; `patient` is a place in `names`. `odd`: names for the second reading."""

    names: list[str] = field(default_factory=list)
    patient: array[int] = field(default_factory=lambda: array("i"))
    saying: array[int] = field(default_factory=lambda: array("i"))
    day: array[int] = field(default_factory=lambda: array("i"))
    owner: array[int] = field(default_factory=lambda: array("i"))
    """Of every resource whose it is, and"""
    check: array[int] = field(default_factory=lambda: array("I"))
    """its check number."""
    odd: dict[str, Place] = field(default_factory=dict)
    """Names for the second reading, and where that was first seen."""
    where: Scattered = field(default_factory=Scattered)
    centres: dict[str, str] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)


class Gatherer:
    """Takes lines of resources, one after another."""

    def __init__(self, listener: Listener, account: Account) -> None:
        self.listener, self.account = listener, account
        self.found = Gathered()
        self.visits = Visits(listener.meanings.as_of, self.found.visits)
        self._numbers: dict[str, int] = {}
        self._subjects: dict[bytes, str | None] = {}
        self._waiting: dict[bool, list[tuple[Any, Place]]] = {False: [], True: []}

    def take(self, one: Any, forms: Shapes, place: Place) -> None:
        """A resource as decoded by `forms`."""
        waiting = self._waiting[forms.wide]
        waiting.append((one, place))
        if len(waiting) >= BLOCK:
            self._hear(forms)

    def odd_line(self, data: bytes, place: Place) -> bool:
        """A line that fits no shape: its patient is odd, if it says whose it is. False where it says nothing at all."""
        try:
            head = _HEAD.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        if head.resourceType in (None, "Bundle"):
            return False
        if head.resourceType not in r.TYPES:
            self.account.reason(Reason("fhir.type-not-read", "?", "", head.resourceType[:64]), 1)
            return True
        name = head.id if head.resourceType == "Patient" else named(head.subject or head.patient)
        if name is None:
            return head.resourceType == "Medication"
        self._odd(name, place)
        self._number(name)
        return True

    def end(self) -> Gathered:
        for wide in (False, True):
            if self._waiting[wide]:
                self._hear(shapes(wide=wide))
        return self.found

    def _odd(self, name: str, place: Place) -> None:
        self.found.odd.setdefault(name, place)

    def _number(self, name: str) -> int:
        found = self._numbers.setdefault(name, len(self._numbers))
        if found == len(self.found.names):
            self.found.names.append(name)
        return found

    def _hear(self, forms: Shapes) -> None:
        waiting, self._waiting[forms.wide] = self._waiting[forms.wide], []
        resources = [one for one, _ in waiting]
        sheaf = self.listener.sheaf(forms)
        self.listener.gather(resources, sheaf)
        said = self.listener.make_out(sheaf)
        count_types(self.account, said.kinds, forms)
        owner = self._owners(waiting, said.kinds, forms)
        for place in said.odd.tolist():
            if owner[place] >= 0:
                self._odd(self.found.names[owner[place]], waiting[place][1])
        self._note(said, [place for _, place in waiting])
        kept = owner[said.place] >= 0
        self.found.patient.extend(owner[said.place[kept]].tolist())
        self.found.saying.extend(said.saying[kept].tolist())
        self.found.day.extend(said.day[kept].tolist())

    def _note(self, said: Said, places: Sequence[Place]) -> None:
        """The first places of what cannot be read."""
        sayings = self.listener.meanings.sayings
        for number in np.unique(said.saying).tolist():
            reason = sayings.reasons[number]
            if reason is not None and reason.refused:
                for at in said.place[said.saying == number][:FIRST].tolist():
                    self.found.where.note("saying", number, places[at])
        for at in np.flatnonzero(said.day == BAD).tolist():
            self.found.where.note("date", sayings.fact[said.saying[at]], places[said.place[at]])

    def _owners(self, waiting: Sequence[tuple[Any, Place]], kinds: Ints, forms: Shapes) -> Ints:
        """The number of each resource's patient, or -1."""
        owner = np.full(len(waiting), -1, dtype=np.int64)
        own, check = self.found.owner, self.found.check
        self._subjects.clear()
        for at, number in enumerate(kinds.tolist()):
            one, place = waiting[at]
            kind = forms.kinds[number]
            if number == forms.encounter:
                self._visited(one, place)
            if kind in forms.others or kind.__name__ == "Medication":
                continue
            id_ = one.name if kind is forms.patient else one.id
            name = id_ if kind is forms.patient else self._subject(one.subject)
            if not name:
                key = "bulk.no-id" if kind is forms.patient else "bulk.nobody"
                self.account.problem(key, places=[place])
                continue
            owner[at] = self._number(name)
            if kind is forms.patient and (place_of := centre(one.managingOrganization)):
                self.found.centres[name] = place_of
            if id_:
                own.append(owner[at])
                check.append(zlib.crc32(f"{kind.__name__}/{id_}".encode()))
        return owner

    def _visited(self, one: Any, place: Place) -> None:
        name = self._subject(one.about)
        if name:
            self.visits.tell({self.visits.put(True, name, self.visits.seen(one), self.account, place): 1}, self.account)
        else:
            self.account.problem("bulk.nobody", places=[place])

    def _subject(self, raw: Any) -> str | None:
        """The id of whom a resource is about."""
        letters = bytes(raw)
        if letters not in self._subjects:
            try:
                self._subjects[letters] = named(_REFERENCE.decode(letters)) if letters else None
            except msgspec.MsgspecError:
                self._subjects[letters] = None
        return self._subjects[letters]


def named(reference: r.Reference | None) -> str | None:
    """The id in `Patient/id` or in an address that ends so; None for anything else."""
    text = target(reference)
    if text is None:
        return None
    *before, kind, id_ = ("", *text.split("/")) if text.count("/") else ("", "", "")
    absolute = "://" in text
    return id_ if kind == "Patient" and id_ and (absolute or before == [""]) else None
