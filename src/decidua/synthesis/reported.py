"""Effects from a printed estimate with its confidence interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from decidua.synthesis.arrays import Effects, Floats, effects, table
from decidua.synthesis.refusals import Refusal, refuse_other

RATIOS = ("OR", "RR", "PETO", "HR")
DIFFERENCES = ("RD", "MD", "SMD")
OFF_CENTRE = 0.15
"""Share of the interval's half width by which an estimate may miss the middle before that is said; rounding of
two printed digits rarely reaches it."""


def is_ratio(measure: str) -> bool:
    """Whether the measure is analysed on the log scale."""
    return measure in RATIOS


def reported_effects(
    measure: str, estimate: ArrayLike, lower: ArrayLike, upper: ArrayLike, given: ArrayLike | None = None,
    level: float = 0.95,
) -> Effects:  # fmt: skip
    """Standard error = width / (2 z), on the log scale for ratios (Cochrane Handbook 6.3). Raises Refusal."""
    refuse_other("The measure", measure, RATIOS + DIFFERENCES)
    middle, low, high = np.broadcast_arrays(*(table(values) for values in (estimate, lower, upper)))
    keep = np.ones(middle.shape, bool) if given is None else np.broadcast_to(np.asarray(given, bool), middle.shape)
    floor = 0.0 if is_ratio(measure) else -np.inf
    right = (low > floor) & (low <= middle) & (middle <= high) & (low < high) & np.isfinite(low) & np.isfinite(high)
    _refuse(keep & ~right, low, middle, high)
    y, low, high = (np.where(keep, values, filler) for values, filler in ((middle, 1.0), (low, 1.0), (high, 2.0)))
    if is_ratio(measure):
        y, low, high = np.log(y), np.log(low), np.log(high)
    error = (high - low) / (2 * critical(level))
    return effects(
        measure, y, error**2, keep, {"standard error": f"from the width of the printed {level:.0%} interval"}
    )


def _refuse(wrong: np.ndarray, low: Floats, middle: Floats, high: Floats) -> None:
    if wrong.any():
        row, study = (int(at) for at in np.argwhere(wrong)[0])
        said = f"{middle[row, study]:g} ({low[row, study]:g} to {high[row, study]:g})"
        raise Refusal("interval", analysis=row + 1, study=study + 1, given=said)


def off_centre(measure: str, estimate: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Floats:
    """How far each estimate misses the middle of its interval, as a share of the half width (0: not at all)."""
    values = [np.log(table(v)) if is_ratio(measure) else table(v) for v in (estimate, lower, upper)]
    middle, low, high = values
    missed: Floats = np.abs(middle - (low + high) / 2) / ((high - low) / 2)
    return missed


def critical(level: float) -> float:
    """z of a two-sided interval."""
    if not 0 < level < 1:
        raise Refusal("level", given=level)
    return float(ndtri(0.5 + level / 2))
