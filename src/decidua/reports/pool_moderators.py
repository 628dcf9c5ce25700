"""Columns as moderators: numbers as they are, anything else as categories against the first one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from decidua.errors import StudyError
from decidua.reports import pool_models as m
from decidua.reports.pool_numbers import number
from decidua.reports.pool_studies import Studies
from decidua.studies.numbers import MISSING
from decidua.synthesis.arrays import Floats
from decidua.synthesis.refusals import Refusal
from decidua.synthesis.regression import FIXED, Regressed, regress

MOST = 50
"""Categories of one column; more are names, not categories."""


def regression_view(studies: Studies, columns: Sequence[str]) -> m.RegressionView:
    """Raises StudyError where the moderators are collinear or too many."""
    names, values = ["intercept"], []
    for column in columns:
        for name, one in _encoded(column, studies.table.texts[column], studies.table.file):
            names.append(name)
            values.append(one)
    chosen = studies.plan
    try:
        fit = regress(studies.effects, np.column_stack(values), chosen.tau2 or FIXED, chosen.ci, chosen.level)
    except Refusal as refusal:
        raise StudyError("error.pool-moderators-many", where=studies.table.file, count=refusal.parts["given"]) from None
    return _view(fit, names)


def _encoded(column: str, cells: Sequence[str], file: str) -> list[tuple[str, Floats]]:
    """(name, values) of each column of the design; NaN where the cell is empty."""
    texts = [cell.strip() for cell in cells]
    missing = np.array([text.lower() in MISSING for text in texts])
    try:
        return [(column, np.array([np.nan if gone else float(t) for t, gone in zip(texts, missing, strict=True)]))]
    except ValueError:
        pass
    levels = list(dict.fromkeys(text for text, gone in zip(texts, missing, strict=True) if not gone))
    if len(levels) > MOST:
        raise StudyError("error.pool-categories", where=file, column=column, count=len(levels), allowed=MOST)
    array = np.array(texts)
    return [(f"{column} = {level}", np.where(missing, np.nan, array == level)) for level in levels[1:]]


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
