"""From judgements to a certainty. What is not judged is never 0: the certainty is then a range of levels.

A range of one level is a certainty, whatever the open judgements will be. This is the same reasoning as for answers:
an open question matters only where it can still change the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decidua.appraisal.grade.scale import DOWN, LEVELS, UP, Level


@dataclass(frozen=True)
class Certainty:
    """The levels that are still possible, and what leaves them open: `start`, or domains."""

    lowest: Level
    highest: Level
    open: tuple[str, ...] = ()

    @property
    def stated(self) -> Level | None:
        return self.lowest if self.lowest == self.highest else None

    def may_be(self, level: Level) -> bool:
        return LEVELS.index(self.lowest) <= LEVELS.index(level) <= LEVELS.index(self.highest)


@dataclass(frozen=True)
class Overall:
    """The lowest certainty among the critical outcomes (GRADE guidelines 18, table 1).

    `certainty` None: no outcome is critical, so there is nothing to take the lowest of. `unset`: outcomes whose
    importance nobody has set, which may be critical too. `open`: critical outcomes that have no stated certainty.
    `decisive`: critical outcomes that have the lowest level, where it is stated.
    """

    certainty: Certainty | None
    unset: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    decisive: tuple[str, ...] = ()

    @property
    def stated(self) -> Level | None:
        return None if self.unset or self.certainty is None else self.certainty.stated


def rate(start: Level | None, judged: Mapping[str, int], randomised: bool | None) -> Certainty:
    """`judged`: domain → levels, without the domains that are not judged.

    Of randomised evidence, domains that rate up need no judgement: GRADE keeps them for other designs (GRADE
    guidelines 18, table 1, footnote).
    """
    domains = {**DOWN, **({} if randomised else UP), **{name: UP[name] for name in UP if name in judged}}
    steps = {name: (judged[name],) if name in judged else allowed for name, allowed in domains.items()}
    starts = (LEVELS.index("low"), LEVELS.index("high")) if start is None else (LEVELS.index(start),)
    least = min(starts) + sum(min(step) for step in steps.values())
    most = max(starts) + sum(max(step) for step in steps.values())
    lowest, highest = _level(least), _level(most)
    unjudged = tuple(name for name in domains if name not in judged)
    still = () if lowest == highest else (*(() if start else ("start",)), *unjudged)
    return Certainty(lowest, highest, still)


def _level(score: int) -> Level:
    return LEVELS[max(0, min(score, len(LEVELS) - 1))]


def overall(critical: Mapping[str, Certainty | None], unset: Sequence[str]) -> Overall:
    """`critical`: outcome → its certainty, None for an outcome without a body of evidence."""
    if not critical:
        return Overall(None, tuple(unset))
    ranges = {name: found or Certainty("very-low", "high") for name, found in critical.items()}
    lowest = min((found.lowest for found in ranges.values()), key=LEVELS.index)
    highest = min((found.highest for found in ranges.values()), key=LEVELS.index)
    still = () if lowest == highest else tuple(name for name, found in ranges.items() if found.stated is None)
    decisive = tuple(name for name, found in ranges.items() if found.stated == lowest == highest)
    return Overall(Certainty(lowest, highest), tuple(unset), still, decisive)
