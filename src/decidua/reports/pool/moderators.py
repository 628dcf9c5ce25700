"""Columns as moderators: numbers as they are, anything else as categories against the first one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from decidua.errors import StudyError
from decidua.reports.pool import models as m
from decidua.reports.pool.notes import listed
from decidua.reports.pool.numbers import number
from decidua.reports.pool.studies import Studies
from decidua.studies.numbers import LARGEST, MISSING
from decidua.studies.problems import quoted
from decidua.studies.table import StudyTable
from decidua.synthesis.arrays import Bools, Floats
from decidua.synthesis.refusals import Refusal
from decidua.synthesis.regression import FIXED, Regressed, regress

MOST = 50
"""Categories of one column; more are names, not categories."""
Refused = tuple[str, dict[str, object]]
"""Key of a note and its parts"""


def regression_view(studies: Studies, columns: Sequence[str]) -> tuple[m.RegressionView, list[Refused]]:
    """The regression, and the note on studies that it leaves out. Raises StudyError where a moderator is empty,
    constant or too large, or where the moderators are collinear or too many."""
    table, chosen, counted = studies.table, studies.plan, studies.effects.counted[0]
    cells = {column: [cell.strip() for cell in table.texts[column]] for column in columns}
    gone = {column: np.array([text.lower() in MISSING for text in texts]) for column, texts in cells.items()}
    for column, missing in gone.items():
        if missing[counted].all():
            raise StudyError("error.pool-moderator-empty", where=table.file, column=column)
    used: Bools = counted & ~np.any(list(gone.values()), axis=0)
    if used.sum() < 2:
        raise StudyError("error.pool-moderators-many", where=table.file, count=int(used.sum()))
    encoded = [pair for column in columns for pair in _encoded(column, cells[column], used, table)]
    values = np.where(used[:, None], np.column_stack([one for _, one in encoded]), np.nan)
    try:
        fit = regress(studies.effects, values, chosen.tau2 or FIXED, chosen.ci, chosen.level)
    except Refusal as refusal:
        raise StudyError("error.pool-moderators-many", where=table.file, count=refusal.parts["given"]) from None
    left = np.flatnonzero(counted & ~used)
    told: list[Refused] = []
    if len(left):
        told.append(("pool.note-no-moderator", {"count": len(left), "rows": listed(table.lines, left)}))
    return _view(fit, ["intercept", *(name for name, _ in encoded)]), told


def _encoded(column: str, texts: Sequence[str], used: Bools, table: StudyTable) -> list[tuple[str, Floats]]:
    """(name, values) of each column of the design; values count where `used`."""
    levels = list(dict.fromkeys(text for text, here in zip(texts, used, strict=True) if here))
    try:
        numbers = {level: float(level) for level in levels}
    except ValueError:
        numbers = {}
    if numbers:
        values = np.array([numbers.get(text, 0.0) for text in texts])
        large = np.flatnonzero(used & ~(np.abs(values) <= LARGEST))
        if len(large):
            where, given = table.where(large[0]), quoted(texts[large[0]])
            raise StudyError(
                "error.pool-moderator-large", where=where, column=column, given=given, limit=f"{LARGEST:g}"
            )
    if len(set(numbers.values()) or levels) < 2:
        raise StudyError("error.pool-moderator-constant", where=table.file, column=column, given=quoted(levels[0]))
    if numbers:
        return [(column, values)]
    if len(levels) > MOST:
        raise StudyError("error.pool-categories", where=table.file, column=column, count=len(levels), allowed=MOST)
    array = np.array(texts)
    return [(f"{column} = {level}", (array == level).astype(np.float64)) for level in levels[1:]]


def _view(fit: Regressed, names: Sequence[str]) -> m.RegressionView:
    low, high = fit.interval
    rows = zip(names, fit.coefficients[0], fit.se[0], low[0], high[0], fit.p[0], strict=True)
    return m.RegressionView(
        coefficients=tuple(
            m.CoefficientView(name=name, estimate=float(b), se=float(s), ci=(float(lo), float(hi)), p=float(p))
            for name, b, s, lo, hi, p in rows
        ),
        k=int(fit.model.counted.sum()), tau2=None if fit.tau2 is None else number(fit.tau2.value[0]),
        explained=number(fit.explained[0]), q=number(fit.moderators_q[0]), df=fit.moderators_df,
        p=number(fit.moderators_p[0]), residual_q=float(fit.residual_q[0]), residual_df=int(fit.residual_df[0]),
        residual_p=number(fit.residual_p[0]), residual_i2=number(fit.residual_i2[0]),
    )  # fmt: skip
