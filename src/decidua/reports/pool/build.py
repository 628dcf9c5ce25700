"""From a table of studies and what was asked to the report of `decidua pool`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from decidua import __version__
from decidua.errors import StudyError
from decidua.language import Lang, say
from decidua.reports.pool import models as m
from decidua.reports.pool.extras import extras, subgroup_view
from decidua.reports.pool.moderators import regression_view
from decidua.reports.pool.notes import notes, why_not
from decidua.reports.pool.numbers import numbers, pair
from decidua.reports.pool.plan import Asked, plan
from decidua.reports.pool.studies import Studies
from decidua.studies.table import StudyTable
from decidua.synthesis.heterogeneity import q_profile
from decidua.synthesis.pooled import PREDICTIONS, Pooled
from decidua.synthesis.pooling import ALONE
from decidua.synthesis.reported import critical, is_ratio


def build_pool_report(table: StudyTable, asked: Asked, lang: Lang) -> m.PoolReport:
    """Raises UsageError for choices that do not go together, StudyError where nothing can be estimated."""
    studies = Studies(table, plan(asked, table))
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = studies.pool()
        if not pooled.estimable[0]:
            raise StudyError("error.pool-none", where=table.file, count=len(table.names), measure=studies.plan.measure)
        return _report(studies, pooled, asked, lang)


def _report(studies: Studies, pooled: Pooled, asked: Asked, lang: Lang) -> m.PoolReport:
    table, chosen = studies.table, studies.plan
    plain = numbers(pooled, chosen.prediction)
    found, refused = extras(studies, asked.extras)
    parts: dict[str, Any] = {**found}
    if asked.by:
        parts["subgroups"], told = subgroup_view(studies, asked.by.lower())
        refused += told
    if asked.moderators:
        parts["regression"], told = regression_view(studies, [name.lower() for name in asked.moderators])
        refused += told
    return m.PoolReport(
        **plain.model_dump(), software=f"decidua {__version__}", language=lang, intended_use=say(lang, "pool.use"),
        file=table.file, title=table.title, measure=chosen.measure, level=chosen.level,
        heterogeneity=_intervals(pooled), back_transformed=back(plain, chosen.measure),
        conventions=_conventions(studies, pooled, parts), notes=(*notes(studies, pooled, lang), *_told(refused, lang)),
        studies=_views(studies, pooled, lang), **parts,
    )  # fmt: skip


def _told(refused: list[tuple[str, dict[str, object]]], lang: Lang) -> list[str]:
    return [say(lang, key, **parts) for key, parts in refused]


def back(plain: m.Numbers, measure: str) -> m.Numbers:
    """Ratios as ratios. Their standard error exists on the logarithmic scale only."""
    if not is_ratio(measure):
        return plain
    changed = {"estimate": _exp(plain.estimate), "se": None, "ci": _exp_pair(plain.ci)}
    return plain.model_copy(update={**changed, "prediction": _exp_pair(plain.prediction)})


def _exp(value: float | None) -> float | None:
    return None if value is None else math.exp(value)


def _exp_pair(values: m.Interval | None) -> m.Interval | None:
    return None if values is None else (math.exp(values[0]), math.exp(values[1]))


def _intervals(pooled: Pooled) -> m.Heterogeneity:
    if pooled.tau2 is None or pooled.effects.k[0] < 2:
        return m.Heterogeneity(tau2_ci=None, i2_ci=None, h2_ci=None)
    found = q_profile(pooled.effects, pooled.typical_variance, pooled.level)
    return m.Heterogeneity(tau2_ci=pair(found.tau2), i2_ci=pair(found.i2), h2_ci=pair(found.h2))


def _conventions(studies: Studies, pooled: Pooled, parts: dict[str, Any]) -> dict[str, str]:
    """Everything that another program may do otherwise, named."""
    chosen = studies.plan
    named = dict(pooled.conventions)
    named["scale"] = "natural logarithm" if is_ratio(chosen.measure) else "as measured"
    named["level"] = f"{chosen.level:g}"
    if pooled.tau2 is None:
        named["i2"] = "from Q: (Q − df)/Q, not below 0 (Higgins and Thompson 2002)"
        named["tau2"] = "none: a fixed model estimates no variance between studies, and has no prediction interval"
    else:
        about = "the Mantel-Haenszel estimate" if pooled.i2_from_q else "the fixed-effect mean"
        from_tau2 = "from tau²: tau²/(tau² + s²), s² the typical variance (Higgins and Thompson 2002)"
        named["q"] = f"about {about}"
        named["i2"] = "from Q: (Q − df)/Q, not below 0 (RevMan 5)" if pooled.i2_from_q else from_tau2
        if pair(pooled.prediction(chosen.prediction)):
            named["prediction"] = PREDICTIONS[chosen.prediction]
        named["heterogeneity intervals"] = "Q-profile (Viechtbauer 2007)"
    if chosen.ci != "wald" and pooled.k[0] > 1 and any(one.k == 1 for one in _smaller(parts)):
        named["ci"] += f"; where one study stands alone, {ALONE}"
    return named


def _smaller(parts: dict[str, Any]) -> list[m.GroupView | m.StepView]:
    """The pooled effects of some of the studies."""
    groups = parts["subgroups"].groups if "subgroups" in parts else ()
    return [*groups, *parts.get("leave_one_out", ()), *parts.get("cumulative", ())]


def _views(studies: Studies, pooled: Pooled, lang: Lang) -> tuple[m.StudyView, ...]:
    table, z = studies.table, critical(studies.plan.level)
    own, weights = pooled.effects, pooled.weights[0].tolist()
    estimates, errors = own.estimates[0].tolist(), np.sqrt(own.variances[0]).tolist()
    counted, pooled_too = own.counted[0].tolist(), pooled.inside[0].tolist()
    reason: Callable[[int], str | None] = why_not(studies, pooled, lang)
    return tuple(
        m.StudyView.model_construct(  # a million rows: the values are ours, already checked
            study=name, row=line, estimate=y if here else None, se=error if here else None,
            ci=(y - z * error, y + z * error) if here else None, weight=weight if inside else None,
            why_not=None if here and inside else reason(at),
        )
        for at, (name, line, y, error, here, inside, weight) in enumerate(
            zip(table.names, table.lines, estimates, errors, counted, pooled_too, weights, strict=True)
        )
    )  # fmt: skip
