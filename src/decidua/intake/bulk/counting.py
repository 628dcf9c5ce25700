"""How often each saying was heard, for the account."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.days import BAD, LATER
from decidua.intake.bulk.meanings import Meanings
from decidua.intake.bulk.reasons import Reason
from decidua.intake.bulk.reducing import Bits, Heard, Ints
from decidua.intake.bulk.sayings import DENIED, NOTHING, ROW
from decidua.intake.bulk.shapes import Shapes
from decidua.intake.cohort.description import FIRST


def count_types(account: Account, kinds: Ints, forms: Shapes) -> None:
    """Resources of types that are not read."""
    counts = np.bincount(kinds, minlength=len(forms.kinds))
    for number in np.flatnonzero(counts).tolist():
        kind = forms.kinds[number]
        if kind in forms.others:
            account.types[forms.others[kind]] += int(counts[number])


class Whole:
    """The places of bundles: that of a saying is that of its patient."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places

    def of(self, heard: Heard, mask: Bits, fact: int, saying: int) -> list[Place]:
        del fact, saying
        return [self.places[number] for number in heard.patient[mask].tolist()]


class Scattered:
    """The first places of what cannot be read in a bulk export: by saying, and of bad dates by fact."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, int], list[Place]] = {}

    def note(self, kind: str, number: int, place: Place) -> None:
        found = self.first.setdefault((kind, number), [])
        if len(found) < FIRST:
            found.append(place)

    def of(self, heard: Heard, mask: Bits, fact: int, saying: int) -> list[Place]:
        del heard, mask
        return self.first.pop(("date", fact) if saying < 0 else ("saying", saying), [])


def count_reasons(account: Account, meanings: Meanings, heard: Heard, where: Whole | Scattered) -> None:
    """What did not count in some patients; of what was refused with the places."""
    sayings = meanings.sayings
    counts = np.bincount(heard.saying, minlength=len(sayings))
    kind = np.array(sayings.kind)
    for number in np.flatnonzero((counts > 0) & (kind[: len(counts)] == NOTHING)).tolist():
        reason = sayings.reasons[number]
        assert reason is not None
        places = where.of(heard, heard.saying == number, -1, number) if reason.refused else []
        account.reason(reason, int(counts[number]), places)
    is_row = (kind[heard.saying] == ROW) | (kind[heard.saying] == DENIED)
    for day, key in ((LATER, "fhir.later"), (BAD, "fhir.date")):
        mask = is_row & (heard.day == day)
        if mask.any():
            _dates(account, meanings, heard.only(mask), Reason(key, "Observation"), where)


def _dates(
    account: Account, meanings: Meanings, heard: Heard, reason: Reason, where: Whole | Scattered
) -> None:  # fmt: skip
    facts = np.array(meanings.sayings.fact)[heard.saying]
    for fact in np.unique(facts).tolist():
        mask = facts == fact
        places = where.of(heard, mask, fact, -1) if reason.refused else []
        account.reason(Reason(reason.key, reason.kind, meanings.facts[fact]), int(mask.sum()), places)
