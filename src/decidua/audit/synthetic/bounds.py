"""Numbers that are known within bounds: as a registry writes them, and as the constraints on sums narrow them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decidua.audit.synthetic.conditions import Array, Mask, Values
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


def drawn_ends(variable: Variable, values: Array, unknown: Mask, stream: Stream) -> Ends:
    """For some of the rows that have no exact value: a least or a most at one of the cuts, or a band around it."""
    bounds, ends = variable.bounds, Ends.open(len(unknown))
    assert bounds is not None
    some, which = unknown & below(stream.take(), of(bounds.chance)), stream.take()
    rows = np.flatnonzero(some)  # few: so much is worked out for them only
    exact = values[rows].astype(np.float64)
    if bounds.bands:
        edges = np.array(bounds.bands)
        band = np.clip(np.searchsorted(edges, exact, side="right") - 1, 0, len(edges) - 2)
        ends.low[rows], ends.high[rows] = edges[band], np.round(edges[band + 1] - variable.step, 6)
        return ends
    cut = np.array(bounds.at)[which[rows].astype(np.int64) * len(bounds.at) >> 16]
    above = exact >= cut
    ends.low[rows[above]] = cut[above]
    ends.high[rows[~above]] = np.round(cut - variable.step, 6)[~above]
    return ends


def close_sums(
    constraints: Sequence[Constraint], values: Values, known: dict[str, Mask], ends: dict[str, Ends]
) -> None:
    """A total is at least the sum of its parts; a part at most what the others leave. Exact where both ends meet.

    All least ends are narrowed before any most: no most bears on a least, so once through is enough. The ends of an
    exact value are the value itself meanwhile; what stands beside an exact value is not written.
    """
    for fact in {fact for one in constraints for fact in (*one.sum, str(one.at_most))}:
        exact, own = values[fact].astype(np.float64), ends.get(fact) or Ends.open(len(values[fact]))
        ends[fact] = Ends(np.where(known[fact], exact, own.low), np.where(known[fact], exact, own.high))
    for one in constraints:
        total, together = str(one.at_most), np.sum([_least(ends[part]) for part in one.sum], axis=0)
        ends[total].low = np.maximum(ends[total].low, np.where(together > 0, together, -np.inf))
        known[total] |= ends[total].low == ends[total].high
    for one in constraints:
        least = {part: _least(ends[part]) for part in one.sum}
        left = ends[str(one.at_most)].high - np.sum(list(least.values()), axis=0)
        for part in one.sum:
            own, room = ends[part], left + least[part]
            own.low = np.where(room < own.high, least[part], own.low)
            own.high = np.minimum(own.high, room)
            known[part] |= own.low == own.high


def _least(ends: Ends) -> Floats:
    """Of a count: never below nothing."""
    return np.maximum(ends.low, 0)
