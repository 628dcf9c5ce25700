"""What somebody can work out who adds and subtracts everything that is shown: exact bounds of each count, by
mixed-integer programming over all the women that there could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


@dataclass
class Attack:
    """Unknown whole numbers ≥ 0, one for each kind of woman that there could be, and what is known of their sums."""

    kinds: int
    rows: list[np.ndarray] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def told(self, members: Sequence[int], low: float, high: float | None = None) -> None:
        """The sum over `members` lies in [low, high]; `high` None: exactly `low`."""
        row = np.zeros(self.kinds)
        row[list(members)] = 1
        self.rows.append(row)
        self.low.append(low)
        self.high.append(low if high is None else high)

    def bounds(self, members: Sequence[int]) -> tuple[int, int]:
        """The least and the most that the sum over `members` can be."""
        aim = np.zeros(self.kinds)
        aim[list(members)] = 1
        return round(self._best(aim)), round(-self._best(-aim))

    def _best(self, aim: np.ndarray) -> float:
        known = LinearConstraint(np.array(self.rows), self.low, self.high)
        found = milp(aim, constraints=known, integrality=np.ones(self.kinds), bounds=Bounds(0, np.inf))
        assert found.success, found.message
        return float(found.fun)
