"""Peto's method: observed less expected events."""

from __future__ import annotations

from dataclasses import replace

from decidua.synthesis.binary import peto_effects
from decidua.synthesis.counts import Counts
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.pooling import pool_fixed


def pool_peto(given: Counts, level: float = 0.95) -> Pooled:
    """ln OR = Σ(O − E)/ΣV, variance 1/ΣV (Yusuf et al. 1985): the inverse-variance mean of the one-step effects.

    Studies with V = 0 say nothing and are left out. The interval is Wald's.
    """
    pooled = pool_fixed(peto_effects(given), "wald", level)
    return replace(pooled, conventions={**pooled.conventions, "model": "fixed, Peto"})
