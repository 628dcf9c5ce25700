"""Dates of resources as whole numbers: the day where one is known, else why it does not count as a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from decidua.errors import PatientError
from decidua.intake.fhir.times import span_of

Ints = np.ndarray[Any, np.dtype[np.int64]]
UNDATED, LATER, BAD = 0, -1, -2
"""A year or month alone or no date; after the as-of date; not a date. Above zero it is `date.toordinal`."""
MOST = 200_000
"""Remembered dates and times of day."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TIME = 41
"""Letters of a time of day, with the T before it."""
_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9)
_PARTS = (
    (slice(0, 4), np.array([1000, 100, 10, 1])),
    (slice(4, 6), np.array([10, 1])),
    (slice(6, 8), np.array([10, 1])),
)
FIRST_YEAR, YEARS = 1900, 300
NOT_YET = -9
_TIME = re.compile(r"T\S{1,40}", re.ASCII)


class Days:
    """Remembers what a date means as of one day: `head` by its first ten letters, `tails` that mean a time of day."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.heads: dict[str, int] = {}
        self.tails = {""}
        self._by_day = np.full(YEARS * 13 * 32, NOT_YET, dtype=np.int64)

    def all(self, texts: Sequence[str | None]) -> Ints:
        """`of` for many at once; UNDATED for none. Dates of one length that are plainly days are read as a table."""
        lengths = set() if None in texts else set(map(len, texts))  # type: ignore[arg-type]
        if len(lengths) == 1 and (length := lengths.pop()) >= len("2024-05-31"):
            found = self._table("".join(texts), length)  # type: ignore[arg-type]
            if found is not None:
                return found
        return np.array([self.of(text) if text else UNDATED for text in texts], dtype=np.int64)

    def _table(self, text: str, length: int) -> Ints | None:
        """None where one of them is no plain day, with or without a time of day."""
        if not text.isascii() or length > len("2024-05-31") + TIME or length == len("2024-05-31T"):
            return None
        letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8).reshape(-1, length)
        if not _plain(letters, length):
            return None
        digits = letters[:, _DIGITS] - np.uint8(ord("0"))  # below "0" it comes round to a large number
        year, month, day = (digits[:, part] @ places for part, places in _PARTS)
        if (digits > 9).any() or (year - FIRST_YEAR >= YEARS).any() or (year < FIRST_YEAR).any():
            return None
        at = ((year - FIRST_YEAR) * 13 + month) * 32 + day
        if (month > 12).any() or (day > 31).any():
            return None
        found = self._by_day[at]
        if (found == NOT_YET).any():
            for one in np.unique(at[found == NOT_YET]).tolist():
                text = f"{one // 416 + FIRST_YEAR:04}-{one // 32 % 13:02}-{one % 32:02}"
                self._by_day[one] = self._meaning(text)
            found = self._by_day[at]
        return np.asarray(found, dtype=np.int64)

    def of(self, text: str) -> int:
        head, tail = text[:10], text[10:]
        if tail in self.tails and head in self.heads:
            return self.heads[head]
        return self._learnt(text, head, tail)

    def _learnt(self, text: str, head: str, tail: str) -> int:
        found = self._meaning(text)
        whole = _DAY.fullmatch(head) and (not tail or _TIME.fullmatch(tail))
        if whole or len(text) < len("2024-05-31"):
            self._room()
            self.heads[head] = found
            self.tails.add(tail)
        return found

    def _room(self) -> None:
        if len(self.heads) > MOST:
            self.heads.clear()
        if len(self.tails) > MOST:
            self.tails.clear()
            self.tails.add("")

    def _meaning(self, text: str) -> int:
        try:
            span = span_of(text, "date")
        except PatientError:
            return BAD
        if span.first > self.as_of:
            return LATER
        return span.day.toordinal() if span.day else UNDATED


def _plain(letters: np.ndarray[Any, np.dtype[np.uint8]], length: int) -> bool:
    """`_DAY` and `_TIME` for a table of letters."""
    if not ((letters[:, 4] == ord("-")).all() and (letters[:, 7] == ord("-")).all()):
        return False
    timed = length > len("2024-05-31")
    return not timed or bool((letters[:, 10] == ord("T")).all() and (letters[:, 11:] > ord(" ")).all())
