"""Random numbers that do not depend on how the work is divided, and distributions as tables.

A cohort is made in blocks of BLOCK rows. Each block has a stream of its own, seeded by the seed and its number alone;
each drawn thing takes BLOCK numbers of 16 bits from it, however many rows are asked for. So the first rows of a large
cohort are those of a small one, and it does not matter which process makes which block.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decidua.audit.synthetic.conditions import Array, Mask
from decidua.audit.synthetic.model import Draw

BLOCK = 131_072
LEVELS = 4_096
"""Steps of a distribution of numbers; a choice is drawn in 65,536 steps."""
ALL = 65_536
Numbers = NDArray[np.uint16]
DType = np.dtype[Any]


class Stream:
    """Of one block, for `rows` of its rows."""

    def __init__(self, seed: int, block: int, rows: int) -> None:
        self._bits = np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(block,)))
        self.rows = rows

    def take(self) -> Numbers:
        """uint16[rows], every value equally probable."""
        words = self._bits.random_raw(BLOCK // 4)
        return words.astype("<u8", copy=False).view(np.uint16)[: self.rows]


def of(chance: float) -> int:
    """A chance as a number of 65,536ths."""
    return round(chance * ALL)


def below(numbers: Numbers, cut: int) -> Mask:
    """Which are below a cut that may be 65,536."""
    return np.ones(len(numbers), np.bool_) if cut >= ALL else numbers < np.uint16(cut)


def steps(shares: Sequence[float], numbers: Numbers) -> NDArray[np.uint8]:
    """The place of each number's share: uint8."""
    found = np.zeros(len(numbers), np.uint8)
    for edge in np.cumsum(shares)[:-1]:
        found += ~below(numbers, of(float(edge)))
    return found


def quantiles(draw: Draw, step: float) -> NDArray[np.float64]:
    """float64[LEVELS]: the value at the middle of each level, a whole multiple of `step`, within the bounds."""
    levels = (np.arange(LEVELS) + 0.5) / LEVELS
    centre, spread = draw.normal or draw.lognormal or (0.0, 1.0)
    normal = NormalDist(float(np.log(centre)) if draw.lognormal else centre, spread)
    low, high = draw.within or (-np.inf, np.inf)
    ends = [normal.cdf(float(np.log(end)) if draw.lognormal and end > 0 else end) for end in (low, high)]
    first, last = (0.0 if draw.within is None else ends[0]), (1.0 if draw.within is None else ends[1])
    found = np.array([normal.inv_cdf(first + level * (last - first)) for level in levels])
    values = np.exp(found) if draw.lognormal else found
    return np.round(np.round(values / step) * step, 6)


def parts(draw: Draw, most: int) -> NDArray[np.uint8]:
    """uint8[(most + 1) * LEVELS]: how many of a count are taken, each by the chance of `draw`."""
    chance, table = float(draw.chance or 0), np.zeros((most + 1, LEVELS), np.uint8)
    levels = (np.arange(LEVELS) + 0.5) / LEVELS
    for count in range(most + 1):
        free = max(count - draw.leave, 0)
        table[count] = np.searchsorted(np.cumsum(_binomial(free, chance)), levels)
    return table.reshape(-1)


def _binomial(count: int, chance: float) -> list[float]:
    from math import comb

    return [comb(count, k) * chance**k * (1 - chance) ** (count - k) for k in range(count + 1)]


def mixed(cases: Sequence[tuple[Mask, Array]], rows: int, dtype: DType) -> Array:
    """One array from several, each where its mask holds; the masks exclude each other."""
    if len(cases) == 1:
        return cases[0][1].astype(dtype, copy=False)
    found = np.zeros(rows, dtype)
    for mask, values in cases:
        found += values.astype(dtype, copy=False) * mask.view(np.uint8).astype(dtype, copy=False)
    return found
