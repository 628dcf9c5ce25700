"""Which studies carry a random-effects mean: diagnostics of Viechtbauer and Cheung (2010)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtr

from decidua.synthesis.arrays import Bools, Effects, Floats, Ints
from decidua.synthesis.pooling import pool_fixed, pool_random
from decidua.synthesis.refusals import Refusal
from decidua.synthesis.sensitivity import leave_one_out


@dataclass(frozen=True)
class Influence:
    """Arrays are (studies that count,); `studies`: their places. `deleted` means: from the model without the study.

    `residual`: (y − θ₍ᵢ₎)/√(v + tau²₍ᵢ₎ + se²₍ᵢ₎), the externally standardised residual.
    `dffits`: (θ − θ₍ᵢ₎)/√(h(v + tau²₍ᵢ₎)). `cook`: (θ − θ₍ᵢ₎)²/se². `covariance_ratio`: se²₍ᵢ₎/se².
    `dfbeta`: (θ − θ₍ᵢ₎)/√(1/Σ 1/(v + tau²₍ᵢ₎)), the sum over all studies. `hat`: share of the weights.
    """

    studies: Ints
    residual: Floats
    dffits: Floats
    cook: Floats
    covariance_ratio: Floats
    dfbeta: Floats
    hat: Floats
    deleted_tau2: Floats
    deleted_q: Floats
    deleted_estimate: Floats

    @property
    def influential(self) -> Bools:
        """|dffits| > 3√(1/(k − 1)), or χ²₁(cook) > 0.5, or hat > 3/k, or |dfbeta| > 1."""
        k = len(self.studies)
        flags: Bools = (
            (np.abs(self.dffits) > 3 * np.sqrt(1 / (k - 1))) | (chdtr(1, self.cook) > 0.5) | (self.hat > 3 / k)
            | (np.abs(self.dfbeta) > 1)
        )  # fmt: skip
        return flags


def influence(effects: Effects, tau2: str = "REML") -> Influence:
    """Of one analysis with three or more studies. Raises Refusal for fewer, and for a batch."""
    left, places = leave_one_out(effects)
    if len(places) < 3:
        raise Refusal("few", what="Influence of single studies", needed=3, given=len(places))
    whole, without = pool_random(effects, tau2), pool_random(left, tau2)
    y, v = effects.estimates[0, places], effects.variances[0, places]
    hat = whole.weights[0, places] / 100
    spread = without.tau2.value if without.tau2 else np.zeros(len(places))
    change = whole.estimate - without.estimate
    return Influence(
        studies=places,
        residual=(y - without.estimate) / np.sqrt(v + spread + without.se**2),
        dffits=change / np.sqrt(hat * (v + spread)),
        cook=change**2 / whole.se**2,
        covariance_ratio=without.se**2 / whole.se**2,
        dfbeta=change * np.sqrt((1 / (v[None] + spread[:, None])).sum(axis=1)),
        hat=hat,
        deleted_tau2=spread,
        deleted_q=pool_fixed(left).q,
        deleted_estimate=without.estimate,
    )
