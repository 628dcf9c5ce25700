"""Two-by-two tables, and what is done about their zeros.

a events of n1 in the first group, c events of n2 in the second; b = n1 − a, d = n2 − c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from decidua.synthesis.arrays import Bools, Floats, table
from decidua.synthesis.refusals import Refusal, refuse_other

ZERO_CONVENTIONS = ("metafor", "revman")
ADDED = 0.5


@dataclass(frozen=True)
class Counts:
    """Tables of (analyses, studies) as `counts` has checked them; padding has ones and `given` False."""

    a: Floats
    b: Floats
    c: Floats
    d: Floats
    given: Bools

    @property
    def n1(self) -> Floats:
        return self.a + self.b

    @property
    def n2(self) -> Floats:
        return self.c + self.d

    @property
    def double_zero(self) -> Bools:
        """No event in either group, or nobody without one: no relative effect is defined."""
        empty: Bools = (self.a + self.c) * (self.b + self.d) == 0
        return empty & self.given

    def plus(self, added: Floats) -> Counts:
        return Counts(self.a + added, self.b + added, self.c + added, self.d + added, self.given)

    def only(self, given: Bools) -> Counts:
        return Counts(self.a, self.b, self.c, self.d, self.given & given)


def counts(
    ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike, given: ArrayLike | None = None
) -> Counts:  # fmt: skip
    """Events and totals of both groups (metafor's names), checked. Raises Refusal with analysis and study, from 1."""
    a, n1, c, n2 = np.broadcast_arrays(*(table(values) for values in (ai, n1i, ci, n2i)))
    keep = np.ones(a.shape, bool) if given is None else np.broadcast_to(np.asarray(given, bool), a.shape)
    if not keep.all():
        a, n1, c, n2 = (np.where(keep, values, filler) for values, filler in ((a, 1), (n1, 2), (c, 1), (n2, 2)))
    b, d = n1 - a, n2 - c
    if not (min(a.min(), b.min(), c.min(), d.min()) >= 0 and min(n1.min(), n2.min()) > 0):
        _refuse(a, n1, c, n2)
    return Counts(a, b, c, d, keep)


def _refuse(a: Floats, n1: Floats, c: Floats, n2: Floats) -> None:
    """The first wrong study, in words; a value that is not a number is wrong too."""
    for events, size in ((a, n1), (c, n2)):
        for wrong, key in ((~(events >= 0), "negative"), (~(size > 0), "empty-group"), (~(events <= size), "events")):
            if wrong.any():
                row, study = (int(at) for at in np.argwhere(wrong)[0])
                said = {"negative": events, "empty-group": size, "events": events}[key][row, study]
                raise Refusal(
                    key, analysis=row + 1, study=study + 1, what="the number of events", given=f"{said:g}",
                    events=f"{events[row, study]:g}", total=f"{size[row, study]:g}",
                )  # fmt: skip


def corrected(given: Counts, measure: str, zero: str) -> Counts:
    """The tables with 0.5 added where the convention adds it, and `given` False where it leaves a study out.

    metafor: 0.5 to all cells of a study with any empty cell, studies without any event stay
    (escalc: add=1/2, to="only0", drop00=FALSE).
    revman: a study without any event (or with events only) has no OR or RR and is left out; else 0.5 to all cells
    where a zero stops the effect or its standard error (RevMan 5, Deeks and Higgins 2010): any zero for OR, no
    event in one group for RR, a standard error of 0 for RD.
    """
    refuse_other("The zero-cell convention", zero, ZERO_CONVENTIONS)
    empty = _stopped(given, measure) if zero == "revman" else _any_zero(given)
    kept = given.only(~given.double_zero) if zero == "revman" and measure in ("OR", "RR") else given
    return kept.plus(np.where(empty, ADDED, 0.0)) if empty.any() else kept


def _any_zero(given: Counts) -> Bools:
    # One comparison of the least cell instead of four: this runs over whole batches.
    least = np.minimum(np.minimum(given.a, given.b), np.minimum(given.c, given.d))
    zero: Bools = least == 0
    return zero


def _stopped(given: Counts, measure: str) -> Bools:
    if measure == "OR":
        return _any_zero(given)
    if measure == "RR":
        either: Bools = (given.a == 0) | (given.c == 0)
        return either
    flat: Bools = (given.a * given.b == 0) & (given.c * given.d == 0)
    return flat
