"""The shapes that everything here works on: analyses × studies, with a mask.

One analysis is a batch of one. A study that does not count (padding, or not estimable) has estimate 0 and variance
infinity, so that its weight is exactly 0 in every sum and no mask is needed inside a loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decidua.synthesis.refusals import Refusal

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Effects:
    """Study effects on the analysis scale (log for ratios).

    `estimates`, `variances`: (analyses, studies), 0 and infinity where `counted` is False.
    `conventions`: what was decided on the way, by name (zero cells, small-sample correction …).
    """

    measure: str
    estimates: Floats
    variances: Floats
    counted: Bools
    conventions: dict[str, str] = field(default_factory=dict)

    @property
    def k(self) -> Ints:
        """(analyses,) studies that count."""
        count: Ints = self.counted.sum(axis=1)
        return count

    def only(self, counted: Bools) -> Effects:
        """The same effects with fewer studies: `counted` broadcasts against (analyses, studies)."""
        keep = self.counted & counted
        estimates = np.where(keep, self.estimates, 0.0)
        return Effects(self.measure, estimates, np.where(keep, self.variances, np.inf), keep, self.conventions)

    def rows(self, rows: Any) -> Effects:
        """Some analyses of the batch."""
        return Effects(
            self.measure, self.estimates[rows], self.variances[rows], self.counted[rows], self.conventions
        )  # fmt: skip


def effects(
    measure: str, estimates: ArrayLike, variances: ArrayLike, counted: ArrayLike | None = None,
    conventions: dict[str, str] | None = None,
) -> Effects:  # fmt: skip
    """Effects given as such. A study with an infinite or unknown estimate, or no positive variance, does not count."""
    y, v = table(estimates), table(variances)
    if y.shape != v.shape:
        raise Refusal("shapes", given=f"{y.shape} and {v.shape}")
    sound = np.isfinite(y) & np.isfinite(v) & (v > 0)
    keep = sound if counted is None else sound & np.broadcast_to(np.atleast_2d(np.asarray(counted, bool)), y.shape)
    if keep.all():
        return Effects(measure, y, v, keep, dict(conventions or {}))
    return Effects(measure, np.where(keep, y, 0.0), np.where(keep, v, np.inf), keep, dict(conventions or {}))


def table(values: ArrayLike) -> Floats:
    """(analyses, studies); a single row of studies becomes a batch of one."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim > 2 or array.size == 0:
        raise Refusal("shape", given=array.shape)
    return np.atleast_2d(array)


def refuse_reviews(reviews: ArrayLike) -> None:
    """`reviews`: (analyses, studies), True for a row that is itself a review. Raises Refusal for the first one."""
    marked = np.atleast_2d(np.asarray(reviews, bool))
    if marked.any():
        row, study = (int(at) for at in np.argwhere(marked)[0])
        raise Refusal("review", analysis=row + 1, study=study + 1)


def total(left: Floats, right: Floats) -> Floats:
    """Row sums of products, without the intermediate table."""
    summed: Floats = np.einsum("ij,ij->i", left, right)
    return summed


def row_sum(values: Floats) -> Floats:
    """Row sums; for many short rows several times faster than `values.sum(axis=1)`."""
    summed: Floats = np.einsum("ij->i", values)
    return summed
