"""Subgroups of one analysis, and the test that they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from decidua.synthesis.arrays import Bools
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.refusals import Refusal


@dataclass(frozen=True)
class Subgroups:
    """`names` in order of appearance; `pooled`: one batch of one for each; `q`, `df`, `p` of the test between them.

    Groups that cannot be estimated take no part in the test.
    """

    names: tuple[str, ...]
    pooled: tuple[Pooled, ...]
    q: float
    df: int
    p: float


def subgroups(labels: Sequence[str | None], pool: Callable[[Bools], Pooled]) -> Subgroups:
    """Pools each group alone, with a tau² of its own, by `pool` of a mask (studies,). None: in no group.

    Test: Q = Σ w(θ − θ̄)² over the groups with w = 1/se², χ² with groups − 1 degrees (Borenstein et al. 2009,
    chapter 19; RevMan's test for subgroup differences).
    """
    names = tuple(dict.fromkeys(label for label in labels if label is not None))
    array = np.asarray(labels, dtype=object)
    pooled = tuple(pool(array == name) for name in names)
    if any(len(one.estimate) != 1 for one in pooled):
        raise Refusal("batch", what="A subgroup analysis", given=len(pooled[0].estimate))
    usable = [(one.estimate[0], one.se[0]) for one in pooled if one.estimable[0] and one.se[0] > 0]
    q, df = _between(usable)
    return Subgroups(names, pooled, q, df, float(chdtrc(df, q)) if df > 0 else float("nan"))


def _between(found: Sequence[tuple[float, float]]) -> tuple[float, int]:
    if not found:
        return float("nan"), 0
    estimates, weights = np.array([e for e, _ in found]), np.array([1 / se**2 for _, se in found])
    centre = (weights * estimates).sum() / weights.sum()
    return float((weights * (estimates - centre) ** 2).sum()), len(found) - 1
