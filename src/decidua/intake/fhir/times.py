"""FHIR dates, which may be a year, a month, a day or an instant, against the as-of date."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from decidua.errors import PatientError
from decidua.facts import Range, Value

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T\S{1,40})?)?)?", re.ASCII)


@dataclass(frozen=True)
class Span:
    """The days that a date may mean; a whole year for `2019`."""

    first: date
    last: date

    @property
    def day(self) -> date | None:
        return self.first if self.first == self.last else None


def span_of(text: str, field: str) -> Span:
    """The day as written, in the zone in which it was written. Raises PatientError."""
    match = _DATE.fullmatch(text.strip())
    try:
        if match:
            year, month, day = (int(part) if part else None for part in match.groups())
            if day:
                return Span(date(year or 0, month or 0, day), date(year or 0, month or 0, day))
            last = month or 12
            return Span(date(year or 0, month or 1, 1), date(year or 0, last, monthrange(year or 0, last)[1]))
    except ValueError:
        pass
    raise PatientError("fhir.date", field=field)


def maybe_span(text: str | None, field: str) -> Span | None:
    return None if text is None else span_of(text, field)


def whole_years(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def age(born: Span, as_of: date) -> Value:
    """Completed years on the as-of date; a range where the day of birth is not known."""
    low, high = Decimal(whole_years(born.last, as_of)), Decimal(whole_years(born.first, as_of))
    return low if low == high else Range(low, high)
