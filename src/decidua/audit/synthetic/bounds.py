"""Numbers that are known within bounds: as a registry writes them, and as the constraints on sums narrow them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decidua.audit.synthetic.conditions import Mask, Values
from decidua.audit.synthetic.draws import Stream, below, of
from decidua.audit.synthetic.model import Variable
from decidua.facts import Constraint

Floats = NDArray[np.float64]


@dataclass
class Ends:
    """Inclusive ends, float64[rows]; -inf and inf are open. An exact value has none."""

    low: Floats
    high: Floats

    @classmethod
    def open(cls, rows: int) -> Ends:
        return cls(np.full(rows, -np.inf), np.full(rows, np.inf))

    @property
    def some(self) -> Mask:
        """Where there is an end."""
        return np.isfinite(self.low) | np.isfinite(self.high)


def drawn_ends(variable: Variable, values: NDArray[np.generic], unknown: Mask, stream: Stream) -> Ends:
    """For some of the rows that have no exact value: a least or a most at one of the cuts, or a band around it."""
    bounds, ends = variable.bounds, Ends.open(len(unknown))
    assert bounds is not None
    some, which = unknown & below(stream.take(), of(bounds.chance)), stream.take()
    exact = values.astype(np.float64)
    if bounds.bands:
        edges = np.array(bounds.bands)
        band = np.clip(np.searchsorted(edges, exact, side="right") - 1, 0, len(edges) - 2)
        ends.low[some] = edges[band][some]
        ends.high[some] = np.round(edges[band + 1] - variable.step, 6)[some]
        return ends
    cut = np.array(bounds.at)[which.astype(np.int64) * len(bounds.at) >> 16]
    above = exact >= cut
    ends.low[some & above] = cut[some & above]
    ends.high[some & ~above] = np.round(cut - variable.step, 6)[some & ~above]
    return ends


def close_ends(
    constraint: Constraint, values: Values, known: dict[str, Mask], ends: dict[str, Ends], *, lows: bool
) -> None:
    """A total is at least the sum of its parts; a part at most what the others leave. Exact where both ends meet.

    All least ends are narrowed before any most: no most bears on a least, so once through is enough.
    """
    total, rows = str(constraint.at_most), len(next(iter(known.values())))
    for fact in (*constraint.sum, total):
        ends.setdefault(fact, Ends.open(rows))
    least = {part: np.maximum(_low(part, values, known, ends), 0) for part in constraint.sum}
    together = np.sum(list(least.values()), axis=0)
    if lows:
        low = np.maximum(_low(total, values, known, ends), 0)
        ends[total].low = np.where(~known[total] & (together > low), together, ends[total].low)
        _meet(total, known, ends)
        return
    most = _high(total, values, known, ends)
    for part in constraint.sum:
        room = most - (together - least[part])
        narrower = ~known[part] & (room < ends[part].high)
        ends[part].low = np.where(narrower, least[part], ends[part].low)
        ends[part].high = np.where(narrower, room, ends[part].high)
        _meet(part, known, ends)


def _low(fact: str, values: Values, known: dict[str, Mask], ends: dict[str, Ends]) -> Floats:
    return np.where(known[fact], values[fact].astype(np.float64), ends[fact].low)


def _high(fact: str, values: Values, known: dict[str, Mask], ends: dict[str, Ends]) -> Floats:
    return np.where(known[fact], values[fact].astype(np.float64), ends[fact].high)


def _meet(fact: str, known: dict[str, Mask], ends: dict[str, Ends]) -> None:
    """Where both ends are the same the value is known: it is the true one, because every end is true."""
    known[fact] |= ends[fact].low == ends[fact].high
