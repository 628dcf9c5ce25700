"""From bundles to flat numbers: what those say that are plainly of one patient, and who she is.

All others are odd: they say nothing here, and the one-patient reader reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np

from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.care import Seen, Visits
from decidua.intake.bulk.centres import centre
from decidua.intake.bulk.counting import count_types
from decidua.intake.bulk.listening import Listener, Sheaf
from decidua.intake.bulk.reducing import Ints
from decidua.intake.bulk.shapes import Shapes, shapes
from decidua.intake.bulk.whose import Owners
from decidua.intake.bulk.words import ENCOUNTER, WOMAN
from decidua.intake.fhir.bundle import LIMIT, MOST, REFUSED

_resource = attrgetter("resource")
Entries = Sequence[Any]
"""Those of one bundle, decoded."""
BLOCK, SHEAF = 32, 512
"""Bundles that are decoded and gathered together, and that are made out together: so few that what is worked on stays
in the processor's cache."""
NOTHING: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Given:
    """One bundle and where it stands."""

    data: bytes
    place: Place
    patient: str | None = None
    """Of which patient it is, where it may name several."""


@dataclass
class Plain:
    """`patients`: ids of all bundles, None where a bundle is odd. Three columns of what the others say: number of the
    bundle, number of the saying, day. `centres`: patient → where she is treated."""

    patients: list[str | None]
    centres: dict[str, str] = field(default_factory=dict)
    parts: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)

    def columns(self) -> tuple[Ints, Ints, Ints]:
        """By rising number of the bundle."""
        number, saying, day = (np.concatenate(column) for column in zip((NOTHING,) * 3, *self.parts, strict=True))
        order = np.argsort(number, kind="stable")
        return number[order], saying[order], day[order]


@dataclass
class Gathered:
    """What was gathered of bundles of one set of shapes: their numbers, and how many entries each has.

    `visits`: number of the bundle, whether it is a visit of its patient, and what it means.
    """

    sheaf: Sheaf
    bundles: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    visits: list[tuple[int, bool, Seen]] = field(default_factory=list)


def plain(bundles: Sequence[Given], listener: Listener, visits: Visits, account: Account) -> Plain:
    """What these bundles say. Types that are not read, and visits, are told to the account."""
    found, unused = Plain([None] * len(bundles)), Counter[str]()
    for start in range(0, len(bundles), SHEAF):
        gathered = [Gathered(listener.sheaf(shapes(wide=wide))) for wide in (False, True)]
        end = min(start + SHEAF, len(bundles))
        for first in range(start, end, BLOCK):
            decoded = [_decoded(one.data) for one in bundles[first : min(first + BLOCK, end)]]
            for one in gathered:
                own = [(number, each[1]) for number, each in enumerate(decoded, first)
                       if each is not None and each[0] is one.sheaf.forms]  # fmt: skip
                if own:
                    _gather(one, own, found, listener, visits)
        for one in gathered:
            if one.bundles:
                found.parts.append(_made_out(one, found.patients, listener, account))
                for number, mine, seen in one.visits:
                    name = found.patients[number]
                    if name is not None:
                        unused[visits.put(mine, name, seen, account, bundles[number].place)] += 1
    visits.tell(unused, account)
    return found


def _decoded(data: bytes) -> tuple[Shapes, Entries] | None:
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
    gathered: Gathered, own: Sequence[tuple[int, Entries]], found: Plain, listener: Listener, visits: Visits
) -> None:
    """Puts down what these bundles say, and whose they are. own: their numbers and entries."""
    decoded = [entries for _, entries in own]
    if gathered.sheaf.forms.wide:
        decoded = [[entry for entry in entries if entry.resource is not None] for entries in decoded]
    resources = list(map(_resource, chain.from_iterable(decoded)))
    words = listener.gather(resources, gathered.sheaf)
    owners = Owners(decoded, resources, words)
    names = owners.names()
    for (number, _), name in zip(own, names, strict=True):
        found.patients[number] = name
    for place in np.flatnonzero(words == WOMAN).tolist():
        woman = resources[place]
        if woman.managingOrganization is not None and woman.name is not None:
            where = centre(woman.managingOrganization)
            found.centres |= {woman.name: where} if where is not None else {}
    for place in np.flatnonzero(words == ENCOUNTER).tolist():
        at, one = owners.bundle_of(place), resources[place]
        if names[at] is not None:
            gathered.visits.append((own[at][0], owners.owns(at, bytes(one.about)), visits.seen(one)))
    gathered.bundles += [number for number, _ in own]
    gathered.sizes += map(len, decoded)


def _made_out(
    gathered: Gathered, patients: list[str | None], listener: Listener, account: Account
) -> tuple[Ints, Ints, Ints]:
    """The columns of `Plain`. Odd bundles say nothing, and their patients lose their names."""
    said = listener.make_out(gathered.sheaf)
    number = np.repeat(np.array(gathered.bundles, dtype=np.int64), gathered.sizes)
    for odd in set(number[said.odd].tolist()):
        patients[odd] = None
    good = np.repeat([patients[bundle] is not None for bundle in gathered.bundles], gathered.sizes)
    count_types(account, said.kinds[good], gathered.sheaf.forms)  # the one-patient reader tells of the others
    kept = good[said.place]
    if kept.all():
        return number[said.place], said.saying, said.day
    return number[said.place[kept]], said.saying[kept], said.day[kept]
