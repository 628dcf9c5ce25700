"""From a report of `decidua pool` to the plots of it. Numbers are carried over; only ratios are exponentiated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from decidua.language import Lang, say
from decidua.reports.methods import measure_name
from decidua.reports.pictures.lettering import printed, printed_p
from decidua.reports.pictures.models import Column, ForestPlot, Row, Side
from decidua.reports.pool import models as m
from decidua.reports.pool.choices import Choices, choices
from decidua.studies.numbers import MISSING
from decidua.studies.table import COUNTS, MEANS, StudyTable
from decidua.synthesis.reported import is_ratio

SHORT = {"PETO": "Peto OR"}


@dataclass(frozen=True)
class Favours:
    """What the reader is told of both sides; `good` None: not known."""

    left: str | None = None
    right: str | None = None
    good: Side | None = None


NOBODY = Favours()


@dataclass(frozen=True)
class Scale:
    """Back from the analysis scale to the printed one."""

    ratio: bool

    def value(self, given: float | None) -> float | None:
        if given is None or not self.ratio:
            return given
        return math.exp(given) if given < 700 else math.inf

    def interval(self, given: m.Interval | None) -> m.Interval | None:
        if given is None:
            return None
        low, high = self.value(given[0]), self.value(given[1])
        return None if low is None or high is None else (low, high)


def forest_plot(report: m.PoolReport, table: StudyTable, favours: Favours = NOBODY) -> ForestPlot:
    """`table`: the file that the report was made from; it has the counts or means, and each study's group."""
    lang, scale = report.language, Scale(is_ratio(report.measure))
    regressed = report.regression is not None
    rows = list(_studies(report, table, scale)) if report.subgroups is None else list(_groups(report, table, scale))
    if not regressed:
        rows += _whole(report, scale)
    return ForestPlot(
        lang=lang, title=report.title or title(report), subtitle=subtitle(report),
        measure=SHORT.get(report.measure, report.measure), measure_name=measure_name(lang, report.measure),
        log=scale.ratio, level=report.level, no_effect=1.0 if scale.ratio else 0.0,
        label_header=say(lang, "picture.study"), columns=_columns(table, lang), rows=tuple(rows),
        squares="precision" if regressed else "weight", show_weights=not regressed,
        favours_left=favours.left, favours_right=favours.right, good=favours.good, lines=tuple(_lines(report)),
    )  # fmt: skip


def title(report: m.PoolReport) -> str:
    name = measure_name(report.language, report.measure)
    key = "picture.title-one" if report.k == 1 else "picture.title"
    said = say(report.language, key, measure=name, k=report.k)
    return said[:1].upper() + said[1:]


def subtitle(report: m.PoolReport) -> str | None:
    """The file's name stands under a title of its own only."""
    return title(report) if report.title else None


# ---- rows -----------------------------------------------------------------------------------------------------------


def _studies(report: m.PoolReport, table: StudyTable, scale: Scale, only: Iterable[int] | None = None) -> Iterator[Row]:
    for at in range(len(report.studies)) if only is None else only:
        study = report.studies[at]
        yield Row(
            kind="study", label=study.study, cells=_cells(table, at), estimate=scale.value(study.estimate),
            interval=scale.interval(study.ci), weight=study.weight, why_not=study.why_not,
        )  # fmt: skip


def _groups(report: m.PoolReport, table: StudyTable, scale: Scale) -> Iterator[Row]:
    """Each subgroup with its studies and its diamond; last, the studies that stand in none."""
    groups = report.subgroups
    assert groups is not None
    labels = [label.strip() for label in table.texts[groups.column]]
    for group in groups.groups:
        members = [at for at, label in enumerate(labels) if label == group.name]
        yield Row(kind="group", label=group.name)
        yield from _studies(report, table, scale, members)
        yield _subtotal(report, group, scale, members)
    left = [at for at, label in enumerate(labels) if label.lower() in MISSING]
    if left:
        yield Row(kind="group", label=say(report.language, "picture.no-group"))
        yield from _studies(report, table, scale, left)


def _subtotal(report: m.PoolReport, group: m.GroupView, scale: Scale, members: Iterable[int]) -> Row:
    lang = report.language
    weights = [w for at in members if (w := report.studies[at].weight) is not None]
    label = say(lang, "picture.subtotal-one") if group.k == 1 else say(lang, "picture.subtotal", k=group.k)
    there = group.estimate is not None
    return Row(
        kind="subgroup", label=label, estimate=scale.value(group.estimate), interval=scale.interval(group.ci),
        weight=sum(weights) if weights else None, under=heterogeneity(group, lang) if there else None,
        why_not=None if there else say(lang, "picture.not-estimable"),
    )  # fmt: skip


def _whole(report: m.PoolReport, scale: Scale) -> Iterator[Row]:
    lang, random = report.language, choices(report).random
    yield Row(
        kind="pooled", label=say(lang, "picture.pooled-random" if random else "picture.pooled-fixed"),
        estimate=scale.value(report.estimate), interval=scale.interval(report.ci), weight=100.0,
    )  # fmt: skip
    if report.prediction is not None:
        label = say(lang, "picture.prediction")
        yield Row(kind="prediction", label=label, interval=scale.interval(report.prediction))


# ---- columns --------------------------------------------------------------------------------------------------------


def _columns(table: StudyTable, lang: Lang) -> tuple[Column, ...]:
    if table.kind not in ("counts", "means"):
        return ()
    return tuple(Column(header=say(lang, f"picture.group{n}-{table.kind}")) for n in (1, 2))


def _cells(table: StudyTable, at: int) -> tuple[str, ...]:
    if table.kind == "counts":
        a, n1, c, n2 = (_cell(table, name, at) for name in COUNTS)
        return f"{a}/{n1}", f"{c}/{n2}"
    if table.kind == "means":
        m1, sd1, n1, m2, sd2, n2 = (_cell(table, name, at) for name in MEANS)
        return f"{m1} ({sd1}), {n1}", f"{m2} ({sd2}), {n2}"
    return ()


def _cell(table: StudyTable, name: str, at: int) -> str:
    value = float(table.numbers[name][at])
    return f"{value:.10g}" if math.isfinite(value) else "?"


# ---- lines ----------------------------------------------------------------------------------------------------------


def heterogeneity(numbers: m.Numbers, lang: Lang) -> str | None:
    """None where one study stands alone."""
    if numbers.q is None or numbers.q_p is None or numbers.i2 is None:
        return None
    parts = {"q": printed(numbers.q), "df": numbers.q_df, "p": printed_p(numbers.q_p), "i2": f"{numbers.i2:.0f}"}
    if numbers.tau2 is None:
        return say(lang, "picture.heterogeneity-fixed", **parts)
    tau2 = "0.00" if numbers.tau2 == 0 else printed(numbers.tau2, 2 if numbers.tau2 >= 0.01 else 4)
    return say(lang, "picture.heterogeneity-random", tau2=tau2, **parts)


def _lines(report: m.PoolReport) -> Iterator[str]:
    lang, chosen = report.language, choices(report)
    if found := report.regression:
        if found.q is not None and found.p is not None:
            yield say(lang, "picture.regression", q=printed(found.q), df=found.df, p=printed_p(found.p))
    else:
        yield from (said for said in (heterogeneity(report, lang), _overall(report, chosen)) if said)
    if (groups := report.subgroups) and groups.q is not None and groups.p is not None:
        parts = {"column": groups.column, "q": printed(groups.q), "df": groups.df, "p": printed_p(groups.p)}
        yield say(lang, "picture.between", **parts)
    yield conventions(report, chosen, predicts=report.regression is None)
    yield from report.notes


def _overall(report: m.PoolReport, chosen: Choices) -> str | None:
    if report.estimate is None or not report.se or report.p is None:
        return None
    parts = {"statistic": printed(report.estimate / report.se), "p": printed_p(report.p)}
    if chosen.interval == "wald" or report.k < 2:
        return say(report.language, "picture.overall-z", **parts)
    return say(report.language, "picture.overall-t", df=report.k - 1, **parts)


def conventions(report: m.PoolReport, chosen: Choices, *, predicts: bool) -> str:
    """What another program may do otherwise, in one line. `predicts`: a prediction interval is shown."""
    lang = report.language
    keys = [f"picture.convention-interval-{chosen.interval}"] if report.regression is None else []
    if predicts and report.prediction is not None and chosen.prediction is not None:
        keys.append(f"picture.convention-prediction-{chosen.prediction}")
    if chosen.zero is not None:
        keys.append(f"picture.convention-zero-{chosen.zero}")
    if "standard error" in report.conventions:
        keys.append("picture.convention-reported")
    method = say(lang, f"picture.method-{chosen.model}", tau2=chosen.tau2 or "—")
    return ". ".join([method, *(say(lang, key) for key in keys)]) + "."


# ---- estimates one by one -------------------------------------------------------------------------------------------


def steps_plot(
    report: m.PoolReport, which: Literal["cumulative", "leave-one-out"], favours: Favours = NOBODY
) -> ForestPlot | None:
    """Estimates without one study, or of the first ones; None where the report has none (the notes say why)."""
    steps = report.cumulative if which == "cumulative" else report.leave_one_out
    if not steps:
        return None
    lang, scale = report.language, Scale(is_ratio(report.measure))
    name = measure_name(lang, report.measure)
    said = say(lang, f"picture.{which}-title", measure=name)
    return ForestPlot(
        lang=lang, title=said[:1].upper() + said[1:], subtitle=report.title,
        measure=SHORT.get(report.measure, report.measure), measure_name=name, log=scale.ratio, level=report.level,
        no_effect=1.0 if scale.ratio else 0.0, label_header=say(lang, "picture.study"),
        columns=tuple(_step_columns(lang)), rows=(*(_step(step, which, lang, scale) for step in steps), _all(report)),
        show_weights=False, favours_left=favours.left, favours_right=favours.right, good=favours.good,
        lines=(say(lang, f"picture.{which}"), conventions(report, choices(report), predicts=False), *report.notes),
    )  # fmt: skip


def _step_columns(lang: Lang) -> Iterator[Column]:
    yield Column(header=say(lang, "picture.step-k"))
    yield Column(header=say(lang, "picture.step-i2"))
    yield Column(header=say(lang, "picture.step-p"), side="right")


def _step(step: m.StepView, which: str, lang: Lang, scale: Scale) -> Row:
    key = "picture.up-to" if which == "cumulative" else "picture.without"
    return Row(
        kind="step", label=say(lang, key, study=step.study), estimate=scale.value(step.estimate),
        interval=scale.interval(step.ci), cells=_step_cells(step.k, step.i2, step.p),
        why_not=None if step.estimate is not None else say(lang, "picture.not-estimable"),
    )  # fmt: skip


def _all(report: m.PoolReport) -> Row:
    pooled = next(_whole(report, Scale(is_ratio(report.measure))))
    return pooled.model_copy(update={"weight": None, "cells": _step_cells(report.k, report.i2, report.p)})


def _step_cells(k: int, i2: float | None, p: float | None) -> tuple[str, ...]:
    return str(k), "" if i2 is None else f"{i2:.0f}%", "" if p is None else printed_p(p).removeprefix("= ")
