"""One cell of a column of facts: what it says, with the meaning of `facts.read_value`, or why it is refused.

Beside that meaning stand only: the unit that the heading or the mapping declares for bare numbers, the mapping's own
words for values, and the marks by which programs write a missing value, which are unknown and counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from decidua.errors import PatientError
from decidua.facts import Fact, Range, Unit, read_value
from decidua.facts.values import apart
from decidua.intake.problems import quoted

Raw = str | bool | int | float | Decimal
MARKS = frozenset({
    "na", "n/a", "#n/a", "nan", "null", "none", "nil", ".", "-", "inf", "+inf", "-inf", "infinity", "-infinity",
    "#div/0!", "#value!", "#num!", "#null!", "<na>",
})  # fmt: skip
"""How programs write what is missing, or no number; none of them is a value of a fact."""
_BARE = re.compile(r"(?:[<>]=?|≥|≤)? ?[+-]?\d+(?:[.,]\d+)?")
KEPT_PARTS = ("fact", "allowed", "span", "span_ko")
"""Parts of a refusal that hold no value of a patient."""
REMEMBERED = 200_000
"""Different cells of one column that are kept in mind; more are read again."""


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` or bounds; neither is unknown. `key` says why it is refused, or, with `note`, what was odd."""

    value: bool | str | float | None = None
    low: float | None = None
    high: float | None = None
    key: str = ""
    parts: Mapping[str, object] = field(default_factory=dict)
    note: bool = False


UNKNOWN = Cell()


class CellReader:
    """Reads the cells of one column, each different one once."""

    def __init__(
        self, fact: Fact, unit: Unit | None = None, said: Mapping[str, str] | None = None,
        unknown: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.fact, self.unit, self.unknown = fact, unit, unknown
        self.said = {key.lower(): value for key, value in (said or {}).items()}
        self._seen: dict[object, Cell] = {}

    @property
    def bare(self) -> bool:
        """Whether a number without a unit is one in the canonical unit."""
        canonical = self.fact.unit
        return self.fact.numeric and (len(self.fact.units) < 2 or (self.unit is not None and self.unit is canonical))

    def read(self, raw: Raw | None) -> Cell:
        """Whole and unchanged for equal cells; never raises."""
        if raw is None:
            return UNKNOWN
        key: object = (bool, raw) if isinstance(raw, bool) else raw
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            found = self._seen[key] = self._read(raw)
        return found

    def _read(self, raw: Raw) -> Cell:
        given: str | bool = raw if isinstance(raw, bool) else written(raw)
        if isinstance(given, str):
            word = given.strip().lower()
            if word in self.unknown:
                return UNKNOWN
            given = self.said.get(word, given)
        try:
            cell = cell_of(read_value(self.fact, self._with_unit(given)))
            return replace(cell, key="cohort.own-unit", note=True) if self._other_unit(given) else cell
        except PatientError as error:
            if isinstance(given, str) and given.strip().lower() in MARKS:
                return Cell(key="cohort.missing-mark", note=True)
            return Cell(key=error.key, parts={k: v for k, v in error.parts.items() if k in KEPT_PARTS})

    def _other_unit(self, given: str | bool) -> bool:
        """Whether a cell carries a unit that is not the one of its column."""
        if isinstance(given, bool) or len(self.fact.units) < 2:
            return False
        found = apart(self.fact, " ".join(given.split()))
        return found is not None and found[1] is not (self.unit or self.fact.unit)

    def _with_unit(self, given: str | bool) -> str | bool:
        if self.unit is None or isinstance(given, bool):
            return given
        text = " ".join(given.split())
        return f"{text} {self.unit.code}" if _BARE.fullmatch(text) else given


def cell_of(value: bool | str | Decimal | Range | None) -> Cell:
    if isinstance(value, Range):
        return Cell(low=_float(value.low), high=_float(value.high))
    return Cell(float(value) if isinstance(value, Decimal) else value)


def _float(end: Decimal | None) -> float | None:
    return None if end is None else float(end)


def written(raw: Raw) -> str:
    """A number as a person would write it, so that 1.0 of one program is the 1 of another."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, float):
        if raw != raw or raw in (float("inf"), float("-inf")):
            return str(raw)
        raw = Decimal(repr(raw))
    if isinstance(raw, Decimal):
        raw = raw.normalize() if raw % 1 else raw.to_integral_value()
        return format(raw, "f")
    return str(raw)


def shown(raw: object, most: int) -> str | None:
    """A refused cell for the user's own terminal; a long one is not shown."""
    text = quoted(raw)
    return text if len(text) <= most else None
