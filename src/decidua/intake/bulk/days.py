"""Dates of resources as whole numbers: the day where one is known, else why it does not count as a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from decidua.errors import PatientError
from decidua.intake.fhir.times import span_of

Ints = np.ndarray[Any, np.dtype[np.int64]]
Bits = np.ndarray[Any, np.dtype[np.bool_]]
Letters = np.ndarray[Any, np.dtype[np.uint8]]
UNDATED, LATER, BAD, ABSENT = 0, -1, -2, -3
"""A year or month alone; after the as-of date; not a date; none. Above zero it is `date.toordinal`."""
MOST = 200_000
"""Remembered dates and times of day."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"T\S{1,40}", re.ASCII)
WHOLE, TIME = len("2024-05-31"), 41
"""Letters of a day, and at most of a time of day with the T before it."""
END = ord("\n")
LEAST = np.frombuffer(b"0000-00-00", dtype=np.uint8)
MOST_LETTERS = np.frombuffer(b"9999-19-39", dtype=np.uint8)
PLACES = np.array([800_000, 80_000, 8_000, 800, 0, 400, 40, 0, 10, 1], dtype=np.int64)
"""What each letter of a day counts in a calendar of 20 months of 40 days, where no two days have one number."""
YEAR = 800
FIRST_YEAR, YEARS = 1900, 300
ZERO = int(PLACES.sum()) * ord("0") + FIRST_YEAR * YEAR
"""What the letters of the first day of the calendar count."""
NOT_YET = -9


class Days:
    """Remembers what a date means as of one day: `head` by its first ten letters, `tails` that mean a time of day."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.heads: dict[str, int] = {}
        self.tails = {""}
        self._by_day = np.full(YEARS * YEAR, NOT_YET, dtype=np.int64)
        self._by_day[-1] = ABSENT

    def lines(self, text: str, count: int) -> Ints:
        """`of` for many dates, each ended by a line feed as `line` makes it; ABSENT for an empty one."""
        letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
        ends = np.flatnonzero(letters == END)
        assert len(ends) == count
        found = np.full(count, ABSENT, dtype=np.int64)
        starts = np.r_[0, ends[:-1] + 1][:count]
        given = np.flatnonzero(ends > starts)
        starts, ends = starts[given], ends[given]
        plain = _plain(letters, starts, ends)
        if plain.all():
            found[given] = self._calendar(letters, starts)
        else:
            found[given[plain]] = self._calendar(letters, starts[plain])
        for at in np.flatnonzero(found[given] == ABSENT).tolist():
            found[given[at]] = self.of(text[starts[at] : ends[at]])
        return found

    def line(self, texts: Sequence[str | None]) -> str:
        """Dates for `lines`, one after another."""
        try:
            found = "\n".join(texts)  # type: ignore[arg-type]
        except TypeError:
            return self.line([text or "" for text in texts])
        if found.count("\n") >= len(texts) or not found.isascii():
            return self.line([self._stands_for(text) if text else "" for text in texts])
        return found + "\n"

    def _stands_for(self, text: str) -> str:
        """A date of plain letters with the same meaning."""
        found = self.of(text)
        if found == LATER:
            return date.max.isoformat()
        return "?" if found == BAD else date.fromordinal(found).isoformat() if found else f"{self.as_of.year:04}"

    def _calendar(self, letters: Letters, starts: Ints) -> Ints:
        """Of days as plain as `_plain` says; ABSENT for those outside the calendar."""
        if not len(starts):
            return starts
        at = _heads(letters, starts) @ PLACES - ZERO
        if at.min() < 0 or at.max() >= len(self._by_day):
            at = np.where((at >= 0) & (at < len(self._by_day)), at, -1)  # where the last one stands: it is never one
        found = self._by_day[at]
        if found.min() == NOT_YET:
            for one in np.unique(at[found == NOT_YET]).tolist():
                year, month, day = one // YEAR + FIRST_YEAR, one % YEAR // 40, one % 40
                self._by_day[one] = self._meaning(f"{year:04}-{month:02}-{day:02}")
            found = self._by_day[at]
        return np.asarray(found, dtype=np.int64)

    def code(self, text: str | None) -> int:
        return self.of(text) if text else ABSENT

    def of(self, text: str) -> int:
        head, tail = text[:WHOLE], text[WHOLE:]
        if tail in self.tails and head in self.heads:
            return self.heads[head]
        return self._learnt(text, head, tail)

    def _learnt(self, text: str, head: str, tail: str) -> int:
        found = self._meaning(text)
        whole = _DAY.fullmatch(head) and (not tail or _TIME.fullmatch(tail))
        if whole or len(text) < WHOLE:
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


def _heads(letters: Letters, starts: Ints) -> Letters:
    """The first ten letters of each line."""
    return np.asarray(sliding_window_view(letters, WHOLE)[starts])


def _plain(letters: Letters, starts: Ints, ends: Ints) -> Bits:
    """`_DAY` and `_TIME`: which lines are a day, with or without a time of day."""
    length = ends - starts
    fits = np.asarray((length >= WHOLE) & (length != WHOLE + 1) & (length <= WHOLE + TIME))
    rows = np.flatnonzero(fits)
    if not len(rows):
        return fits
    inside = (_heads(letters, starts[rows]) - LEAST) <= MOST_LETTERS - LEAST  # below the least it comes round
    if not inside.all():
        fits[rows] = inside.all(axis=1)
    after = letters[starts[rows] + WHOLE]
    fits[rows] &= (after == ord("T")) | (after == END)
    if np.count_nonzero(letters <= ord(" ")) != np.count_nonzero(letters == END):
        spaces = np.flatnonzero((letters <= ord(" ")) & (letters != END))
        fits[np.searchsorted(ends, spaces)] = False
    return fits
