"""A signature: what is known of a patient in one cell, as one number that resolves by itself.

It packs the codes of the facts that the cell rests on. Together with the content (its hash stands in the audit) it
gives back what was known, as far as it bears on the cell, and so consulting's own words for the answer.
"""

from __future__ import annotations

from math import prod

import polars as pl

from decidua.audit.cells import CellColumn
from decidua.audit.plan import Plan
from decidua.audit.questions import packed
from decidua.consult import Cell, meet
from decidua.consult.met import Criteria
from decidua.errors import CohortError
from decidua.facts import Value


def signature(column: CellColumn) -> pl.Expr:
    """UInt64 for every row of a frame of codes. Raises CohortError where the codes do not fit."""
    codes = column.codes()
    if prod(codes.values()) >= 1 << 64:
        guideline, option = column.cells[0]
        raise CohortError("audit.signature-large", guideline=guideline, option=option)
    parts = [(pl.col(id_), size) for id_, size in codes.items()]
    return packed(parts).cast(pl.UInt64) if parts else pl.lit(0, dtype=pl.UInt64)


def known(plan: Plan, guideline: str, option: str, number: int) -> dict[str, Value]:
    """Fact or stated name → what was known of it, to the cut-offs that matter; what is not there was unknown."""
    found: dict[str, Value] = {}
    for id_, size in reversed(plan.columns[guideline, option].codes().items()):
        number, code = divmod(number, size)
        value = plan.coder.codings[id_].meanings[code]
        if value is not None:
            found[id_] = value
    return found


def explained(plan: Plan, guideline: str, option: str, number: int) -> Cell:
    """The cell of a patient with this signature, as consulting her gives it."""
    values = known(plan, guideline, option, number)
    return meet(plan.answers, guideline, option, plan.knowledge.kept(Criteria).meet(values))
