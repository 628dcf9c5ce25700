"""A computed check: what was computed, what it was compared with, what that suggests, and whether it was so judged.

A check is a number beside a judgement, never a judgement. Only people rate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Said = tuple[str, Mapping[str, object]]
"""Key of a sentence and its parts."""

Suggests = Literal["down", "down-more", "no-down", "up-one", "up-two", "no-up", "undecided", "not-checked"]
"""`down-more`: by two levels or three."""
LOWERING = ("down", "down-more")


@dataclass(frozen=True)
class Check:
    """`against`: the threshold, with its source; of a check that was not made, why. `agrees` None: undecided."""

    domain: str
    id: str
    suggests: Suggests
    against: Said
    found: Said | None = None
    agrees: bool | None = None


def compared(checks: Sequence[Check], judged: Mapping[str, int]) -> tuple[Check, ...]:
    """The same checks beside the judgements of their domains."""
    lowering = {check.domain for check in checks if check.suggests in LOWERING}
    return tuple(replace(check, agrees=_agrees(check, judged.get(check.domain), lowering)) for check in checks)


def _agrees(check: Check, judged: int | None, lowering: Collection[str]) -> bool | None:
    """A check that finds no ground of its own does not speak against one that another check of its domain finds."""
    if judged is None or check.suggests in ("undecided", "not-checked"):
        return None
    if check.suggests == "no-down" and judged < 0 and check.domain in lowering:
        return None
    fits = {
        "down": judged < 0, "down-more": judged < -1, "no-down": judged == 0, "no-up": judged == 0,
        "up-one": judged <= 1, "up-two": judged <= 2,
    }  # fmt: skip
    return fits[check.suggests]


def not_checked(domain: str, id_: str, key: str, /, **parts: object) -> Check:
    return Check(domain, id_, "not-checked", (key, parts))
