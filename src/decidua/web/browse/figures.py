"""Numbers as pages print them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from decidua.language import say

if TYPE_CHECKING:
    from decidua.reports.pool.models import Interval, PoolReport

NONE = "–"


def number(value: float | None) -> str:
    """Six digits at most; a dash where there is no number."""
    return NONE if value is None else f"{value:g}"


def short(value: float | None) -> str:
    return NONE if value is None else f"{value:.4g}"


def p_value(value: float | None) -> str:
    if value is None:
        return NONE
    return "< 0.0001" if value < 1e-4 else f"{value:.4f}"


def bounds(values: Interval | None) -> str:
    return NONE if values is None else f"[{values[0]:.4g}, {values[1]:.4g}]"


def effect_of(report: PoolReport, estimate: float | None, ci: Interval | None) -> str:
    """As papers print it: ratios as ratios."""
    from decidua.synthesis.reported import is_ratio

    if estimate is None or ci is None:
        return NONE
    values = [math.exp(one) if is_ratio(report.measure) else one for one in (estimate, *ci)]
    return "{} [{}, {}]".format(*(f"{value:.4g}" for value in values))


def sentence(report: PoolReport) -> str:
    """The pooled effect in one line."""
    return say(report.language, "pool.pooled", measure=report.measure, level=f"{report.level:.0%}", k=report.k,
               effect=effect_of(report, report.estimate, report.ci), p=p_value(report.p))  # fmt: skip


SHOWN = {"number": number, "short": short, "p_value": p_value, "bounds": bounds, "effect_of": effect_of,
         "sentence": sentence}  # fmt: skip
"""By the names that templates use."""
