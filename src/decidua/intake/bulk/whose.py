"""Whose the resources of a bundle are: hers, or the bundle is odd and the one-patient reader decides.

A subject is one JSON value, as raw bytes. Several bundles are looked at together: if their subjects in a row are the
same letters as one of each bundle over and over, then each is the same letters, for where an object of JSON begins
and ends can be read in one way only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import attrgetter, mul, sub
from typing import Any

import msgspec
import numpy as np

from decidua.intake.bulk.reducing import Ints
from decidua.intake.bulk.words import READ, WOMAN
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import target

_REFERENCE = msgspec.json.Decoder(r.Reference)
_id, _subject = map(attrgetter, ("id", "subject"))
SCHEMES = ("urn:", "http://", "https://")
"""How an address begins that no type and id can spell."""


def apart(ids: Sequence[str]) -> bool:
    """Whether no two of these ids are one, and each is told apart as it stands."""
    if len(set(ids)) != len(ids):
        return False
    text = "".join(ids)
    return text.isascii() and text.isprintable() and " " not in text


def named_apart(resources: Sequence[Any]) -> bool:
    """The same for one bundle, by type and id; what has no id is no other's namesake."""
    return apart([f"{type(one).__name__}/{one.id}" for one in resources if one.id])


class Owners:
    """Of whom the bundles of a block are."""

    def __init__(self, decoded: Sequence[Sequence[Any]], resources: Sequence[Any], numbers: Ints) -> None:
        """decoded: the entries of each bundle; resources: those of all, with the numbers of their words."""
        self._decoded, self._resources = decoded, resources
        self._bounds = [0, *accumulate(map(len, decoded))]
        women, read = np.flatnonzero(numbers == WOMAN), np.flatnonzero(numbers & READ)
        firsts = np.searchsorted(women, self._bounds)
        alone = np.r_[women, 0][firsts[:-1]]
        self._women = np.where(firsts[1:] - firsts[:-1] == 1, alone, -1).tolist()
        self._subjects = list(map(_subject, resources))
        self._abouts = self._all_alike(read)
        self._hers: set[int] = set()
        """Bundles of which the one way of writing is known to name the patient."""

    def _all_alike(self, read: Ints) -> list[bytes] | None:
        """For each bundle the one way in which its subjects are written; None where one has several, or has none."""
        heard, cuts = read.tolist(), np.searchsorted(read, self._bounds).tolist()
        samples = [bytes(self._subjects[heard[start]]) if end > start else b"" for start, end in pairwise(cuts)]
        if not all(sample.startswith(b"{") for sample in samples):
            return None
        alike = b"".join(map(mul, samples, map(sub, cuts[1:], cuts)))
        return samples if alike == b"".join(self._subjects) else None

    def names(self) -> list[str | None]:
        """The id of the patient of each bundle; None where the bundle is not plainly of one."""
        all_apart = apart(list(filter(None, map(_id, self._resources))))
        return [self._name(at, all_apart) for at in range(len(self._women))]

    def _name(self, bundle: int, all_apart: bool) -> str | None:
        start, end = self._bounds[bundle], self._bounds[bundle + 1]
        if self._women[bundle] < 0 or not (all_apart or named_apart(self._resources[start:end])):
            return None
        if self._abouts is not None:
            hers = self.owns(bundle, self._abouts[bundle])
        else:
            hers = all(self.owns(bundle, raw) for raw in set(map(bytes, filter(None, self._subjects[start:end]))))
        if hers and self._abouts is not None:
            self._hers.add(bundle)
        return (self._resources[self._women[bundle]].name or None) if hers else None

    def bundle_of(self, place: int) -> int:
        """In which bundle a resource stands."""
        return bisect_right(self._bounds, place) - 1

    def owns(self, bundle: int, about: bytes) -> bool:
        """Whether a reference names the patient of a bundle, or nobody."""
        woman = self._women[bundle]
        if woman < 0:
            return False
        if not about or (self._abouts is not None and about == self._abouts[bundle] and bundle in self._hers):
            return True
        return names(about, self._resources[woman].name, self._decoded[bundle], woman - self._bounds[bundle])


def names(raw: bytes, id_: str | None, entries: Sequence[Any], woman: int | None) -> bool:
    """Whether a reference names her, or nobody. Of several entries with one name, the first has it.

    woman: the place of her Patient among the entries, if it is there.
    """
    own = f"Patient/{id_}"
    text = own if raw == _plainly(own) else _text(raw)
    if text is None or text == "":
        return text == ""
    address = None if woman is None else entries[woman].fullUrl
    known = text == own or (text == address and text.startswith(SCHEMES))
    return known and all(entry.fullUrl != text for entry in entries[:woman])


def _plainly(name: str) -> bytes | None:
    """The reference to a name as nearly all write it, if it is a name that means in JSON what it is."""
    return None if "\\" in name or '"' in name else b'{"reference":"%b"}' % name.encode()


def _text(raw: Any) -> str | None:
    """What a reference names, nothing where it names nobody; None where it is no reference."""
    try:
        return target(_REFERENCE.decode(raw)) or ""
    except msgspec.MsgspecError:
        return None
