"""Answers over columns: for every row the mask of the answers that are still possible, per way of reading.

Bit i of a mask stands for `ANSWERS[i]`. A row is a patient whose facts have been closed under the constraints
(`facts.close`); null is unknown. Needs the extra `columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_

import polars as pl

from decidua.answers.functions import AnswerFunction
from decidua.answers.masks import Masks, masks
from decidua.answers.meaning import ANSWERS
from decidua.criteria.columns import column

Ways = tuple[tuple[str, str], ...]


def mask_columns(function: AnswerFunction, have: Collection[str]) -> dict[Ways, pl.Expr]:
    """One UInt16 expression for every way through the readings; `have`: the columns of the frame."""
    return {found.readings: _mask(found, have) for found in masks(function)}


def _mask(found: Masks, have: Collection[str]) -> pl.Expr:
    """An answer is possible where its criterion is not false."""
    bits = (
        pl.when(column(criterion, {}, {}, have).fill_null(True))
        .then(pl.lit(1 << ANSWERS.index(answer), dtype=pl.UInt16))
        .otherwise(pl.lit(0, dtype=pl.UInt16))
        for answer, criterion in found.criteria.items()
    )
    return reduce(or_, bits)


def mask_of(answers: Iterable[str]) -> int:
    """The mask of a set of answers."""
    return sum(1 << ANSWERS.index(answer) for answer in answers)
