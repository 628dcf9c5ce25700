"""How the pooled effect changes when studies are left out or added one by one."""

from __future__ import annotations

import numpy as np

from decidua.synthesis.arrays import Effects, Ints
from decidua.synthesis.counts import Counts
from decidua.synthesis.refusals import Refusal

LIMIT = 3000
"""Studies; one by one means a batch of k analyses of k studies, so that time and memory grow with the square."""


def leave_one_out(effects: Effects) -> tuple[Effects, Ints]:
    """A batch with one analysis for each study that counts, without it; and which study each leaves out.

    Pool it by the same call as the whole: `pool_random(leave_one_out(effects)[0], …)`.
    """
    places = _places(effects, "Leaving out one study at a time")
    kept = np.ones((len(places), effects.estimates.shape[1]), bool)
    kept[np.arange(len(places)), places] = False
    return _repeated(effects, len(places)).only(kept), places


def cumulative(effects: Effects) -> tuple[Effects, Ints]:
    """A batch whose n-th analysis holds the first n studies that count, in the given order."""
    places = _places(effects, "Adding one study at a time")
    kept = np.arange(effects.estimates.shape[1])[None] <= places[:, None]
    return _repeated(effects, len(places)).only(kept), places


def counts_left_out(given: Counts) -> Counts:
    """The same for 2×2 tables: analysis i lacks study i."""
    k = given.a.shape[1]
    if len(given.a) != 1:
        raise Refusal("batch", what="Leaving out one study at a time", given=len(given.a))
    if k > LIMIT:
        raise Refusal("many", what="Leaving out one study at a time", given=k, allowed=LIMIT)
    a, b, c, d = (np.repeat(cells, k, axis=0) for cells in (given.a, given.b, given.c, given.d))
    return Counts(a, b, c, d, given.given & ~np.eye(k, dtype=bool))


def counts_up_to(given: Counts) -> tuple[Counts, Ints]:
    """The same for 2×2 tables: analysis n holds the first n studies that are given; and which study each adds."""
    if len(given.a) != 1:
        raise Refusal("batch", what="Adding one study at a time", given=len(given.a))
    places = np.flatnonzero(given.given[0])
    if len(places) > LIMIT:
        raise Refusal("many", what="Adding one study at a time", given=len(places), allowed=LIMIT)
    a, b, c, d = (np.repeat(cells, len(places), axis=0) for cells in (given.a, given.b, given.c, given.d))
    up_to = np.arange(given.a.shape[1])[None] <= places[:, None]
    return Counts(a, b, c, d, given.given & up_to), places


def _places(effects: Effects, what: str) -> Ints:
    if len(effects.estimates) != 1:
        raise Refusal("batch", what=what, given=len(effects.estimates))
    places = np.flatnonzero(effects.counted[0])
    if len(places) > LIMIT:
        raise Refusal("many", what=what, given=len(places), allowed=LIMIT)
    return places


def _repeated(effects: Effects, times: int) -> Effects:
    return effects.rows(np.zeros(times, np.int64))
