"""What may be asked for besides: subgroups, single studies, small-study effects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from decidua.reports.pool import models as m
from decidua.reports.pool.notes import listed
from decidua.reports.pool.numbers import number, numbers, pair, tau2_of
from decidua.reports.pool.studies import Studies
from decidua.studies.numbers import MISSING
from decidua.synthesis.arrays import Ints
from decidua.synthesis.asymmetry import Asymmetry, begg, egger, harbord, peters
from decidua.synthesis.influence import influence
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.refusals import Refusal
from decidua.synthesis.sensitivity import counts_left_out, counts_up_to, cumulative, leave_one_out
from decidua.synthesis.subgroups import subgroups
from decidua.synthesis.trim_fill import COUNTERS, Filled, trim_and_fill

Refused = tuple[str, dict[str, object]]
"""Key of a note and its parts"""


def subgroup_view(studies: Studies, column: str) -> tuple[m.SubgroupsView, list[Refused]]:
    """The groups, and the note on studies that stand in none, as their cell is empty."""
    texts = [label.strip() for label in studies.table.texts[column]]
    labels = [None if label.lower() in MISSING else label for label in texts]
    left = np.flatnonzero([label is None for label in labels])
    told: list[Refused] = []
    if len(left):
        rows = listed(studies.table.lines, left)
        told.append(("pool.note-no-group", {"column": column, "count": len(left), "rows": rows}))
    found = subgroups(labels, studies.pool)
    groups = tuple(
        m.GroupView(name=name, **numbers(pooled, studies.plan.prediction).model_dump())
        for name, pooled in zip(found.names, found.pooled, strict=True)
    )
    return m.SubgroupsView(column=column, groups=groups, q=number(found.q), df=found.df, p=number(found.p)), told


def extras(studies: Studies, asked: Sequence[str]) -> tuple[dict[str, Any], list[Refused]]:
    """The parts of the report that were asked for; those that were refused, with the reason."""
    found: dict[str, Any] = {}
    refused: list[Refused] = []
    for name in asked:
        make = _MAKE[name]
        try:
            found[name.replace("-", "_").replace("trim_fill", "trim_and_fill")] = make(studies, refused)
        except Refusal as refusal:
            refused.append(_refused(name, refusal))
    return found, refused


def _refused(name: str, refusal: Refusal) -> Refused:
    if refusal.key in ("few", "many"):
        needed = refusal.parts.get("needed", refusal.parts.get("allowed"))
        return f"pool.refused-{refusal.key}", {"what": name, "needed": needed, "given": refusal.parts["given"]}
    return "pool.refused", {"what": name}


def _leave_one_out(studies: Studies, refused: list[Refused]) -> tuple[m.StepView, ...]:  # noqa: ARG001
    if studies.counts is not None and not studies.plan.iv:
        every = studies.pool_counts(counts_left_out(studies.counts))
        return _steps(studies, every, range(len(studies.table.names)))
    batch, places = leave_one_out(studies.effects)
    return _steps(studies, studies.pool_effects(batch), places)


def _cumulative(studies: Studies, refused: list[Refused]) -> tuple[m.StepView, ...]:  # noqa: ARG001
    if studies.counts is not None and not studies.plan.iv:
        tables, places = counts_up_to(studies.counts)
        return _steps(studies, studies.pool_counts(tables), places)
    batch, places = cumulative(studies.effects)
    return _steps(studies, studies.pool_effects(batch), places)


def _steps(studies: Studies, pooled: Pooled, places: Ints | range) -> tuple[m.StepView, ...]:
    table = studies.table
    return tuple(
        m.StepView(
            study=table.names[place], row=table.lines[place], estimate=number(pooled.estimate[at]),
            se=number(pooled.se[at]), ci=pair((pooled.lower, pooled.upper), at), p=number(pooled.p[at]),
            tau2=tau2_of(pooled, at), i2=number(pooled.i2[at]), k=int(pooled.k[at]),
        )
        for at, place in enumerate(places)
    )  # fmt: skip


def _influence(studies: Studies, refused: list[Refused]) -> tuple[m.InfluenceView, ...]:  # noqa: ARG001
    found = influence(studies.effects, studies.plan.tau2 or "REML")
    fields = ("residual", "dffits", "cook", "covariance_ratio", "dfbeta", "hat", "deleted_tau2", "deleted_q")
    return tuple(
        m.InfluenceView(
            study=studies.table.names[place], row=studies.table.lines[place], influential=bool(found.influential[at]),
            **{name: float(getattr(found, name)[at]) for name in fields},
        )
        for at, place in enumerate(found.studies)
    )  # fmt: skip


def _asymmetry(studies: Studies, refused: list[Refused]) -> tuple[m.AsymmetryView, ...]:
    tests: list[tuple[str, Callable[[], Asymmetry]]] = [
        ("egger", lambda: egger(studies.effects)), ("begg", lambda: begg(studies.effects)),
    ]  # fmt: skip
    if (table := studies.counts) is not None:
        tests += [("peters", lambda: peters(table, studies.effects)), ("harbord", lambda: harbord(table))]
    found = []
    for name, test in tests:
        try:
            found.append(test())
        except Refusal as refusal:
            refused.append(_refused(name, refusal))
    return tuple(m.AsymmetryView(test=t.test, statistic=t.statistic, df=t.df, p=t.p, k=t.k) for t in found)


def _trim_fill(studies: Studies, refused: list[Refused]) -> tuple[m.FillView, ...]:
    """Mirrored studies have an effect but no counts, so a method of counts cannot pool them; that is said."""
    found = [trim_and_fill(studies.effects, studies.pool_effects, counter) for counter in COUNTERS]
    if studies.counts is not None and not studies.plan.iv:
        refused.append(("pool.note-trim-fill", {}))
    return tuple(
        m.FillView(
            counter=f.counter, side=f.side, missing=f.missing, se_missing=f.se, estimate=float(f.pooled.estimate[0]),
            se=float(f.pooled.se[0]), ci=(float(f.pooled.lower[0]), float(f.pooled.upper[0])), filled=_added(f),
        )
        for f in found
    )  # fmt: skip


def _added(found: Filled) -> tuple[tuple[float, float], ...]:
    """The mirrored studies stand last among the effects."""
    if not found.missing:
        return ()
    estimates, errors = found.effects.estimates[0], np.sqrt(found.effects.variances[0])
    added = zip(estimates[-found.missing :], errors[-found.missing :], strict=True)
    return tuple((float(estimate), float(error)) for estimate, error in added)


_MAKE: dict[str, Callable[[Studies, list[Refused]], object]] = {
    "leave-one-out": _leave_one_out, "cumulative": _cumulative, "influence": _influence, "asymmetry": _asymmetry,
    "trim-fill": _trim_fill,
}  # fmt: skip
