"""Which statements care can be called concordant or discordant with: the strong ones, for or against, while in force.

All other care is variation. Whether a statement is undisputed for one patient is a matter of her answer, not told here.
"""

from __future__ import annotations

from datetime import date

from decidua.guidelines.model import Guideline, Statement

STRONG = ("strong", "strongly recommended")
"""The printed strengths that mean strong, whatever their capitals."""
MEASURED = ("recommended", "conditional", "against")


def measurable(statement: Statement) -> bool:
    """A recommendation for or against whose printed strength is strong, and which still stands."""
    return (
        statement.kind == "recommendation"
        and statement.answer in MEASURED
        and (statement.strength.printed or "").lower() in STRONG
        and not statement.superseded_by
        and statement.withdrawn_because is None
    )


def in_force(statement: Statement, guideline: Guideline, day: date | None) -> bool | None:
    """Whether care on this day could follow it; None where that cannot be told (no day, or within its own year)."""
    if day is None:
        return None
    if statement.valid_from:
        return day >= date.fromisoformat(statement.valid_from)
    return None if day.year == guideline.year else day.year > guideline.year
