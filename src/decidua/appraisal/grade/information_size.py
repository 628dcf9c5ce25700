"""The optimal information size: the participants that one adequately powered trial would need.

n per group = (z₁₋α/₂ √(2 p̄ q̄) + z_power √(p₁q₁ + p₂q₂))² / (p₁ − p₂)², with p̄ the mean of both risks: Fleiss, Levin
and Paik, Statistical Methods for Rates and Proportions, without continuity correction; the formula of R's
`power.prop.test`. Taken up by GRADE guidelines 6 (Guyatt et al. 2011) as the size to compare a meta-analysis with.
"""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist


def per_group(baseline: float, other: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Participants of each of two equal groups, not rounded. Risks are in (0, 1) and differ."""
    normal, mean = NormalDist(), (baseline + other) / 2
    pooled = normal.inv_cdf(1 - alpha / 2) * sqrt(2 * mean * (1 - mean))
    apart = normal.inv_cdf(power) * sqrt(baseline * (1 - baseline) + other * (1 - other))
    return float(((pooled + apart) / (baseline - other)) ** 2)


def information_size(baseline: float, relative_change: float, alpha: float = 0.05, power: float = 0.8) -> int:
    """Participants of both groups; each group rounded up. `relative_change`: −0.25 is a reduction of risk by 25 %.

    Raises ValueError where the change leads to a risk that is none.
    """
    other = baseline * (1 + relative_change)
    if not (0 < baseline < 1 and 0 < other < 1) or other == baseline:
        raise ValueError(f"a risk of {baseline} changed by {relative_change} is {other}")
    return 2 * ceil(per_group(baseline, other, alpha, power))
