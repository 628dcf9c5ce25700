"""What a reader must know beside the numbers: rows that are not in them, and numbers that there are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from decidua.language import Lang, say
from decidua.reports.pool.studies import Studies
from decidua.studies.table import REPORTED
from decidua.synthesis.arrays import Ints
from decidua.synthesis.heterogeneity import q_profile
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.reported import OFF_CENTRE, off_centre

LISTED = 10
"""Rows that a note names."""


def notes(studies: Studies, pooled: Pooled, lang: Lang) -> list[str]:
    return [*_rows(studies, pooled, lang), *_missing_numbers(studies, pooled, lang)]


def why_not(studies: Studies, pooled: Pooled, lang: Lang) -> Callable[[int], str | None]:
    """The reason of one study by its place."""
    double_zero = _double_zero(studies)

    def reason(at: int) -> str | None:
        if not studies.table.given[at]:
            return say(lang, "pool.empty-cell")
        if double_zero[at]:
            return say(lang, "pool.no-own-effect" if pooled.inside[0, at] else "pool.no-events")
        return say(lang, "pool.no-weight" if pooled.effects.counted[0, at] else "pool.no-variance")

    return reason


def _double_zero(studies: Studies) -> np.ndarray:
    if studies.counts is None:
        return np.zeros(len(studies.table.names), bool)
    empty: np.ndarray = studies.counts.double_zero[0]
    return empty


def _rows(studies: Studies, pooled: Pooled, lang: Lang) -> Iterator[str]:
    table, zero = studies.table, _double_zero(studies)
    left = ~pooled.inside[0]
    for key, places in (
        ("pool.note-empty", np.flatnonzero(~table.given)),
        ("pool.note-no-events", np.flatnonzero(zero & left)),
        ("pool.note-kept", np.flatnonzero(zero & ~left & pooled.effects.counted[0])),
        ("pool.note-no-variance", np.flatnonzero(table.given & ~zero & left)),
        ("pool.note-off-centre", _off_centre(studies)),
    ):
        if len(places):
            yield say(lang, key, count=len(places), rows=listed(table.lines, places))
    if zero.any() and zero[table.given].all():
        yield say(lang, "pool.note-all-zero")


def _off_centre(studies: Studies) -> Ints:
    if studies.table.kind != "reported":
        return np.zeros(0, np.int64)
    # Empty cells become an interval that is centred well enough on either scale.
    table, filler = studies.table, {"estimate": 1.5, "lower": 1.4, "upper": 1.6}
    values = [np.where(table.given, table.numbers[name], filler[name]) for name in REPORTED]
    return np.flatnonzero(off_centre(studies.plan.measure, *values)[0] > OFF_CENTRE)


def listed(lines: Sequence[int], places: Ints) -> str:
    """The lines of some studies, the first few of them."""
    told = ", ".join(str(lines[at]) for at in places[:LISTED])
    return f"{told} …" if len(places) > LISTED else told


def _missing_numbers(studies: Studies, pooled: Pooled, lang: Lang) -> Iterator[str]:
    k = int(pooled.effects.k[0])
    if k < 2:
        yield say(lang, "pool.note-one-study")
    elif k < 3 and pooled.tau2 is not None and studies.plan.prediction == "higgins":
        yield say(lang, "pool.note-two-studies")
    if not pooled.converged.all():
        yield say(lang, "pool.note-not-converged")
    if studies.plan.tau2_ignored:
        yield say(lang, "pool.note-tau2-ignored")
    if pooled.tau2 is not None and k > 1 and q_profile(pooled.effects, pooled.typical_variance, pooled.level).empty[0]:
        yield say(lang, "pool.note-empty-interval")
    if k > 1 and studies.plan.ci == "hksj" and pooled.se[0] ** 2 * pooled.raw_weights[0].sum() < 1:
        yield say(lang, "pool.note-hksj-narrow")
