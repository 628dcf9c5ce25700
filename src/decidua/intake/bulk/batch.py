"""A batch of bundles: bytes in, a table of facts out, and an account of what did not become a fact."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import polars as pl

from decidua.errors import PatientError
from decidua.facts import Vocabulary
from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.facts import facts
from decidua.intake.bulk.frame import frame
from decidua.intake.bulk.listening import Listener
from decidua.intake.bulk.meanings import Meanings
from decidua.intake.bulk.reducing import Heard, Ints, settled
from decidua.intake.bulk.shapes import Shapes, shapes
from decidua.intake.bulk.whose import apart, hers, named_apart
from decidua.intake.fhir import Mapped, read_fhir
from decidua.intake.fhir.bundle import LIMIT, MOST, REFUSED


_resource, _id, _subject = map(attrgetter, ("resource", "id", "subject"))
Decoded = tuple[Shapes, Sequence[Any]]
"""The entries of a bundle and the shapes that they have."""
Flat = tuple[Ints, Ints, Ints]
"""Number of the patient, number of the saying, day."""
BLOCK = 128
NO_ROWS: Flat = (np.zeros(0, dtype=np.int64),) * 3  # type: ignore[assignment]


@dataclass(frozen=True)
class Given:
    """One bundle and where it stands."""

    data: bytes
    place: Place


class Reader:
    """Reads batches of bundles as of a day; what it learns of words in one batch it knows in the next."""

    def __init__(
        self, vocabulary: Vocabulary, stated: Collection[str], as_of: date, done: Mapping[str, object] | None = None
    ) -> None:
        self.vocabulary, self.stated, self.as_of = vocabulary, stated, as_of
        self.meanings = Meanings(vocabulary, stated, as_of)
        self.listener = Listener(self.meanings)
        self.account = Account()
        del done

    def read(self, batch: Sequence[Given]) -> pl.DataFrame:
        """One row for each bundle whose patient can be read, in their order."""
        patients: list[str | None] = [None] * len(batch)
        parts = [part for start in range(0, len(batch), BLOCK) for part in self._block(batch, start, patients)]
        patient, saying, day = (np.concatenate(column) for column in zip(*(parts or [NO_ROWS]), strict=True))
        order = np.argsort(patient, kind="stable")
        heard = Heard(len(batch), patient[order], saying[order], day[order])
        found, wrong = facts(self.meanings, settled(self.meanings, heard))
        kept = np.ones(len(batch), dtype=np.bool_)
        for number in np.flatnonzero(wrong | np.array([name is None for name in patients], dtype=np.bool_)).tolist():
            mapped = self._slowly(batch[number])
            if mapped is None:
                kept[number] = False
            else:
                patients[number] = mapped.patient
                found.put(number, mapped.intake.patient.values)
        return frame(found, patients, {}, kept)

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
        for one in odd:
            patients[one] = None
        if not odd:
            return number[said.place], said.saying, said.day
        kept = ~np.isin(number, list(odd))[said.place]
        return number[said.place[kept]], said.saying[kept], said.day[kept]

    def _slowly(self, one: Given) -> Mapped | None:
        try:
            mapped = read_fhir(
                [one.data], name=str(one.place), vocabulary=self.vocabulary, stated=self.stated, as_of=self.as_of
            )
        except PatientError as error:
            self.account.refuse(one.place, error)
            return None
        self.account.slow += 1
        return mapped


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
