"""From many dated results to one value, as of a date: a closed set of reducers, each with its truth table.

In the tables + is a positive result, - a negative one, ? one that is not known (pending); @n is the day.
What is not in the list is not known to be absent: `any_positive` and `count` say no, or a number, only if the
list is said to be complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from decidua.facts import Range, Value

PERSISTENT_DAYS = 84


@dataclass(frozen=True)
class Dated:
    """One result; `value` None is a result that is not known."""

    on: date
    value: Value | None


@dataclass(frozen=True)
class Sign:
    """One result as positive, negative, or None for unknown."""

    on: date
    positive: bool | None


def latest(results: Sequence[Dated]) -> Value | None:
    """The value of the last day.

    results      latest
    none         unknown
    -@1 +@2      +
    +@2 -@1      +          the order of the list does not matter
    +@1 ?@2      unknown    the last one is not known
    +@1 +@1      +
    +@1 -@1      unknown    two values on the last day
    """
    values = last_values(results)
    return values[0] if values and all(value == values[0] for value in values) else None


def last_values(results: Sequence[Dated]) -> list[Value | None]:
    last = max((result.on for result in results), default=None)
    return [result.value for result in results if result.on == last]


def any_positive(signs: Sequence[Sign], *, complete: bool) -> bool | None:
    """Whether one was ever positive.

    results   complete   not complete
    none      false      unknown
    -         false      unknown
    - ?       unknown    unknown
    - +       true       true
    ? +       true       true
    """
    found = {sign.positive for sign in signs}
    if True in found:
        return True
    return False if complete and None not in found else None


def count(signs: Sequence[Sign], *, complete: bool) -> Decimal | Range:
    """How many were positive.

    results   complete   not complete
    none      0          0 or more
    + - +     2          2 or more
    + ? -     1..2       1 or more
    """
    low = sum(sign.positive is True for sign in signs)
    maybe = sum(sign.positive is None for sign in signs)
    if not complete:
        return Range(Decimal(low), None)
    return Range(Decimal(low), Decimal(low + maybe)) if maybe else Decimal(low)


def persistent(signs: Sequence[Sign], *, days: int = PERSISTENT_DAYS) -> bool | None:
    """Whether one analyte was positive twice, `days` or more apart. With 84 days:

        results              persistent
        none                 unknown    never measured
        -@0                  false
        +@0                  unknown    not yet repeated
        +@0 +@83             unknown    too close
        +@0 +@84             true
        +@0 -@50 +@90        true       the two need not follow each other
        +@0 -@84             false      repeated in time, and gone
        +@0 -@83             unknown    repeated too early to say
        +@0 +@60 -@90        unknown    the second positive is not repeated in time
        -@0 +@90             unknown    the latest is positive
        -@0 ?@90             unknown
        ?@0 -@84             false      whatever the first was, it is gone
        ?@0 ?@90 -@200       unknown    both may have been positive
        +@0 -@0 -@84         false
        +@0 -@84 +@90        true

    False is certain only if the latest result is negative, comes `days` or more after each result that is or
    may be positive, and no two of those are so far apart.
    """
    positive = [sign.on for sign in signs if sign.positive is True]
    if _apart(positive, days):
        return True
    maybe = [sign.on for sign in signs if sign.positive is not False]
    last = max((sign.on for sign in signs if sign.positive is False), default=None)
    if last is None or _apart(maybe, days):
        return None
    return False if all((last - on).days >= days for on in maybe) else None


def _apart(dates: Sequence[date], days: int) -> bool:
    return bool(dates) and (max(dates) - min(dates)).days >= days


def one_of(parts: Iterable[bool | None]) -> bool | None:
    """Kleene's or: true if one is true, false if all are false."""
    found = set(parts)
    return True if True in found else None if None in found else False
