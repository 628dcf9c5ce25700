"""From arrays to the contract's numbers; what is not a number becomes None, never NaN."""

from __future__ import annotations

import math

from decidua.reports.pool import models as m
from decidua.synthesis.arrays import Floats
from decidua.synthesis.pooled import Pooled


def number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def pair(bounds: tuple[Floats, Floats], at: int = 0) -> m.Interval | None:
    low, high = float(bounds[0][at]), float(bounds[1][at])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def numbers(pooled: Pooled, prediction: str) -> m.Numbers:
    """Of a batch of one."""
    single = pooled.effects.k[0] < 2
    weights = zip(pooled.weights[0].tolist(), pooled.inside[0].tolist(), strict=True)
    return m.Numbers(
        estimate=number(pooled.estimate[0]), se=number(pooled.se[0]), ci=pair((pooled.lower, pooled.upper)),
        p=number(pooled.p[0]), tau2=tau2_of(pooled, 0), q=None if single else number(pooled.q[0]),
        q_df=max(int(pooled.q_df[0]), 0), q_p=number(pooled.q_p[0]), i2=None if single else number(pooled.i2[0]),
        h2=None if single else number(pooled.h2[0]), prediction=pair(pooled.prediction(prediction)),
        weights=tuple(w if here else None for w, here in weights), k=int(pooled.k[0]),
    )  # fmt: skip


def tau2_of(pooled: Pooled, at: int) -> float | None:
    if pooled.tau2 is None or not pooled.tau2.estimable[at]:
        return None
    return number(pooled.tau2.value[at])
