"""Whose the resources of a bundle are: hers, or the bundle is odd and the one-patient reader decides.

A subject is one JSON value, as raw bytes. Several bundles are looked at together: if their subjects in a row are the
same letters as one of each bundle over and over, then each is the same letters, for where an object of JSON begins
and ends can be read in one way only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from operator import attrgetter, mul, sub
from typing import Any

import msgspec
import numpy as np

from decidua.intake.bulk.reducing import Ints
from decidua.intake.bulk.words import READ, WOMAN
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import target

_REFERENCE = msgspec.json.Decoder(r.Reference)
_id, _subject, _url = map(attrgetter, ("id", "subject", "fullUrl"))


def apart(ids: Sequence[str]) -> bool:
    """Whether no two of these ids are one, and each is told apart as it stands."""
    if len(set(ids)) != len(ids):
        return False
    text = "".join(ids)
    return text.isascii() and text.isprintable() and " " not in text


def named_apart(resources: Sequence[Any]) -> bool:
    """The same for one bundle, by type and id; what has no id is no other's namesake."""
    return apart([f"{type(one).__name__}/{one.id}" for one in resources if one.id])


def patients_of(decoded: Sequence[Sequence[Any]], resources: Sequence[Any], numbers: Ints) -> list[str | None]:
    """The id of the patient of each bundle; None where the bundle is not plainly of one.

    decoded: the entries of each bundle; resources: those of all, with the numbers of their words.
    """
    bounds = [0, *accumulate(map(len, decoded))]
    women, read = np.flatnonzero(numbers == WOMAN), np.flatnonzero(numbers & READ)
    firsts, cuts = np.searchsorted(women, bounds).tolist(), np.searchsorted(read, bounds).tolist()
    subjects, urls, places, heard = list(map(_subject, resources)), Urls(decoded), women.tolist(), read.tolist()
    all_apart = apart(list(filter(None, map(_id, resources))))
    samples = [bytes(subjects[heard[start]]) if end > start else b"" for start, end in pairwise(cuts)]
    alike = all(sample.startswith(b"{") for sample in samples) and (
        b"".join(subjects) == b"".join(map(mul, samples, map(sub, cuts[1:], cuts)))
    )
    found: list[str | None] = []
    for at, (start, end) in enumerate(pairwise(bounds)):
        name = None
        if firsts[at + 1] - firsts[at] == 1 and (all_apart or named_apart(resources[start:end])):
            woman = places[firsts[at]]
            id_ = resources[woman].name
            about = {samples[at]} if alike else set(map(bytes, filter(None, subjects[start:end])))
            if id_ and all(_names(raw, id_, urls, at, woman - start) for raw in about):
                name = id_
        found.append(name)
    return found


class Urls:
    """The addresses of the entries of several bundles; they are looked at where it matters."""

    def __init__(self, decoded: Sequence[Sequence[Any]]) -> None:
        self._decoded = decoded
        every = map(_url, chain.from_iterable(decoded))
        try:
            self._no_patient = "\nPatient/" not in "\n" + "\n".join(every)
        except TypeError:
            self._no_patient = False

    def only_hers(self, text: str, bundle: int, woman: int) -> bool:
        """Whether no entry but that of the patient has this address."""
        if self._no_patient and text.startswith("Patient/"):
            return True
        own = list(map(_url, self._decoded[bundle]))
        return own.count(text) == int(own[woman] == text)

    def hers(self, text: str, bundle: int, woman: int) -> bool:
        return bool(self._decoded[bundle][woman].fullUrl == text) and self.only_hers(text, bundle, woman)


def _names(raw: bytes, id_: str, urls: Urls, bundle: int, woman: int) -> bool:
    """Whether a reference names her, or nobody, by a name that nothing else in the bundle has."""
    if not raw:
        return True
    own = f"Patient/{id_}"
    text = own if raw == _plainly(own) else _text(raw)
    if text is None or text == "":
        return text == ""
    if text == own:
        return urls.only_hers(text, bundle, woman)
    return ":" in text and urls.hers(text, bundle, woman)


def _plainly(name: str) -> bytes | None:
    """The reference to a name as nearly all write it, if it is a name that means in JSON what it is."""
    return None if "\\" in name or '"' in name else b'{"reference":"%b"}' % name.encode()


def _text(raw: Any) -> str | None:
    """What a reference names, nothing where it names nobody; None where it is no reference."""
    try:
        return target(_REFERENCE.decode(raw)) or ""
    except msgspec.MsgspecError:
        return None
