"""Words of resources, and the number of each: equal letters, equal number.

What most kinds of resource say depends on their words and on what kind of date they have: one in the past, one to
come, one that is none, or no date at all. So what a number says is learnt for each of these when it is first met.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import numpy as np

from decidua.intake.bulk.days import ABSENT, LATER
from decidua.intake.bulk.meanings import MOST, Meanings
from decidua.intake.bulk.reducing import Ints
from decidua.intake.bulk.shapes import DATE, NONE, Shape, Shapes

_join = b"\0".join  # a byte that no JSON has
NEW = NOWHERE = -1
UNREAD = -(1 << 60)
PAST, TO_COME, NO_DATE = 1, 2, 3
"""What kind of date there is; 0 where there is none."""
CLASS_BITS = (0, 2, 4)
"""Where those of the three dates stand in one number."""
SEVERAL_DATES, READ, BITS = 1, 2, 2
"""The lowest bits of a number: whether a resource may have more dates than one, and whether it is of a kind that is
read. What is above these bits is a place in the lists."""
WOMAN, ENCOUNTER = 0 << BITS, 1 << BITS
"""The numbers of every Patient and of every Encounter, whatever they say."""


class _Known(dict[bytes, int]):
    def __missing__(self, key: bytes) -> int:
        return NEW


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


@dataclass(frozen=True, slots=True)
class Example:
    """A resource with these words. `quantity`: its number, if it is one, and `rest`: all other words."""

    shape: Shape
    data: bytes
    quantity: bytes
    rest: bytes


class Words:
    """The words of one set of shapes. `kind`: place in `forms.kinds` of each of them."""

    def __init__(self, meanings: Meanings, several: Several, forms: Shapes) -> None:
        self.meanings, self.forms, self._several = meanings, forms, several
        words = forms.read[forms.observation].words
        self._text = words.index("valueString") if "valueString" in words else NOWHERE
        self._dates = ("", meanings.as_of.isoformat(), date.max.isoformat(), "?")
        self.clear()

    def clear(self) -> None:
        """Numbers that were given out mean nothing any more."""
        self._known = _Known()
        self.kind, self._saying = array("q"), array("q")
        self._examples: dict[int, Example] = {}
        """Of words that need a date to mean something, by their number."""
        self._with_dates: dict[int, int] = {}
        for kind in (self.forms.patient, self.forms.kinds[self.forms.encounter]):
            self._known[_join(self.forms.words(kind))] = self._new(kind)

    @property
    def full(self) -> bool:
        return len(self._known) > MOST or len(self._with_dates) > MOST

    def numbers(self, resources: Sequence[Any]) -> Ints:
        words = map(self.forms.words, resources)
        if self._text != NOWHERE:
            words = map(self._without_text, words, resources)
        keys = list(map(_join, words))
        found = np.fromiter(map(self._known.__getitem__, keys), dtype=np.int64, count=len(keys))
        for at in np.flatnonzero(found == NEW).tolist():
            key = keys[at]
            found[at] = self._known[key] if key in self._known else self._learn(key, resources[at])
        return found

    def says(self, numbers: Ints, classes: Ints) -> Ints:
        """What each says: the number of a saying, or of several. classes: what kind of dates each has, see `dated`."""
        saying = np.array(self._saying)[numbers >> BITS]
        open_ = np.flatnonzero(saying == UNREAD)
        if len(open_):
            pairs, back = np.unique((numbers[open_] << 6) | classes[open_], return_inverse=True)
            saying[open_] = np.array([self._says(pair) for pair in pairs.tolist()], dtype=np.int64)[back]
        return np.asarray(saying, dtype=np.int64)

    def _says(self, pair: int) -> int:
        if pair not in self._with_dates:
            example, dates = self._examples[pair >> 6], [pair >> place & 3 for place in CLASS_BITS]
            if example.shape.kind == "Observation":  # its own date is told apart from its words, unless it has none
                dates = [min(dates[0], PAST)]
            self._with_dates[pair] = self._number_of(self._learnt(example, dates))
        return self._with_dates[pair]

    def _learnt(self, example: Example, dates: Sequence[int]) -> list[int]:
        given = {name: self._dates[kind] for name, kind in zip(example.shape.dates, dates, strict=False) if kind}
        data = example.data[:-1] + b"," + msgspec.json.encode(given)[1:] if given else example.data
        if example.quantity:
            return self.meanings.learn_number(example.quantity, example.rest + bytes(dates), data)
        return self.meanings.learn(example.shape.kind, data)

    def _learn(self, key: bytes, one: Any) -> int:
        shape = self.forms.read.get(type(one))
        bits = 0 if shape is None else READ | (SEVERAL_DATES if len(shape.dates) > 1 else 0)
        number = self._known[key] = self._new(type(one), bits)
        if shape is not None:
            is_observation = type(one) is self.forms.observation
            quantity = bytes(shape.word(one, "valueQuantity")) if is_observation else NONE
            rest = key.replace(quantity, b"", 1) if quantity else NONE
            example = Example(shape, msgspec.json.encode(_nobodys(one, shape)), quantity, rest)
            if shape.dates and (self.forms.wide or not is_observation):
                self._examples[number] = example
            else:
                self._saying[number >> BITS] = self._number_of(self._learnt(example, ()))
        return number

    def _new(self, kind: type, bits: int = 0) -> int:
        self.kind.append(self.forms.number[kind])
        self._saying.append(UNREAD)
        return (len(self.kind) - 1) << BITS | bits

    def _number_of(self, found: Sequence[int]) -> int:
        return found[0] if len(found) == 1 else self._several.add(found)

    def _without_text(self, words: tuple[Any, ...], one: Any) -> tuple[Any, ...]:
        """Of a text only that it is one: it is never read."""
        at = self._text
        if type(one) is not self.forms.observation or not bytes(words[at]).startswith(b'"'):
            return words
        return (*words[:at], b'""', *words[at + 1 :])


def _nobodys(one: Any, shape: Shape) -> Any:
    """Without what differs from patient to patient: no meaning may depend on it."""
    return msgspec.structs.replace(one, id=None, subject=NONE, **dict.fromkeys(DATE[: len(shape.dates)], ""))


def dated(codes: Ints) -> Ints:
    """All that a date may change in the meaning of words; codes as in `days.py`."""
    return np.where(codes >= 0, PAST, np.where(codes == ABSENT, 0, np.where(codes == LATER, TO_COME, NO_DATE)))
