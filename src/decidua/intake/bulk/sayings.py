"""The table of sayings: all that words were found to mean, and every value met, by number.

A *saying* is one thing that a resource says: a row with a result, a flag, or nothing, with the reason. Sayings are
numbered; what is kept of a patient is a few numbers. No saying names a patient or a place.
"""

from __future__ import annotations

from array import array
from math import nan

from decidua.facts import Range, Value
from decidua.intake.bulk.reasons import Reason
from decidua.intake.fhir.heard import Row

NOTHING, ROW, FLAG, ODD, DENIED, BORN, DONE, NOT_DONE = range(8)
"""ODD: only the one-patient reader can read the patient. DENIED: a row without a value that says `not pregnant`.
BORN: the age by the birth date, which goes before every other. DONE, NOT_DONE: what was
done; its key is the reason's `fact`."""
FIXED, GROWS, NOW, AGE = range(4)
"""How a row changes with the days since: not; once it is old (counts); each day and then not at all; each day."""

Told = tuple[int, Row | None, Reason | None, int]
"""Kind, row, reason, how it ages."""


class Sayings:
    """The table of sayings, column by column; `value` and `text` are numbers in `Values`, `fact` one in `facts`."""

    def __init__(self) -> None:
        self.kind, self.fact, self.value, self.text, self.ages = (array("i") for _ in range(5))
        self.part = array("i")
        """Whether the code says only a part of what the fact says."""
        self.rows: list[Row | None] = []
        self.reasons: list[Reason | None] = []

    def __len__(self) -> int:
        return len(self.kind)


class Values:
    """Every value met, numbered; 0 is not known. Equal numbers are one value however they are written."""

    def __init__(self) -> None:
        self.all: list[Value | None] = [None]
        self.low, self.high = array("d", [nan]), array("d", [nan])
        """As numbers: of a boolean 0 or 1, of a choice its place in `choices`; no number is an open end."""
        self.choices: list[str] = []
        self._ids: dict[tuple[type, object], int] = {}
        self._texts: dict[str, int] = {}

    def id(self, value: Value | None) -> int:
        if value is None:
            return 0
        found = self._ids.setdefault((type(value), value), len(self.all))
        if found == len(self.all):
            self.all.append(value)
            low, high = self._numbers(value)
            self.low.append(low)
            self.high.append(high)
        return found

    def _numbers(self, value: Value) -> tuple[float, float]:
        if isinstance(value, Range):
            return tuple(nan if end is None else float(end) for end in (value.low, value.high))  # type: ignore[return-value]
        if isinstance(value, str):
            self.choices.append(value)
            return (float(len(self.choices) - 1),) * 2
        return (float(value),) * 2

    def text(self, value: Value | None) -> int:
        """One number for a spelling: 5.0 and 5.00 are one value and two spellings, and only undated ones conflict."""
        return self._texts.setdefault(str(value), len(self._texts))
