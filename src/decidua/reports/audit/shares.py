"""A share with its interval. An audit needs no NumPy, so that the few lines stand here and not behind `synthesis`."""

from __future__ import annotations

import math

Z = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""


def wilson(count: int, total: int) -> tuple[float, float]:
    """95 % score interval without continuity correction (Wilson 1927; Newcombe 1998, method 3); within 0 and 1.

    (p + z²/2n ± z·√(pq/n + z²/4n²))/(1 + z²/n). Raises ValueError unless 0 ≤ count ≤ total and total > 0.
    """
    if not 0 <= count <= total or total == 0:
        raise ValueError(f"no share: {count} of {total}")
    p, zz = count / total, Z * Z / total
    wide = Z * math.sqrt(p * (1 - p) / total + zz / (4 * total))
    low, high = (p + zz / 2 - wide) / (1 + zz), (p + zz / 2 + wide) / (1 + zz)
    return (0.0 if count == 0 else low), (1.0 if count == total else high)
