"""From a report of `decidua pool` to its funnel plot."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.language import say
from decidua.reports.methods import measure_name
from decidua.reports.pictures.from_pool import NOBODY, SHORT, Favours, Scale
from decidua.reports.pictures.lettering import printed, printed_effect, printed_p
from decidua.reports.pictures.models import FunnelPlot, FunnelPoint
from decidua.reports.pool import models as m
from decidua.synthesis.reported import is_ratio

FEW = 10
COUNTER = "L0"
"""The count of missing studies that is drawn; the report has both."""


def funnel_plot(report: m.PoolReport, favours: Favours = NOBODY, *, contours: bool = False) -> FunnelPlot:
    """Hollow points where the report holds trim and fill; test lines where it holds tests of asymmetry."""
    lang, scale = report.language, Scale(is_ratio(report.measure))
    estimate = scale.value(report.estimate)
    assert estimate is not None  # a report without an estimate is refused when it is built
    points = tuple(_points(report, scale))
    count = sum(not point.filled for point in points)
    return FunnelPlot(
        lang=lang, title=report.title or say(lang, "picture.funnel-title", k=count),
        subtitle=say(lang, "picture.funnel-title", k=count) if report.title else None,
        measure=SHORT.get(report.measure, report.measure), measure_name=measure_name(lang, report.measure),
        log=scale.ratio, level=report.level, no_effect=1.0 if scale.ratio else 0.0, centre=estimate, points=points,
        contours=contours, favours_left=favours.left, favours_right=favours.right, good=favours.good,
        lines=tuple(_lines(report, scale, count)),
    )  # fmt: skip


def _points(report: m.PoolReport, scale: Scale) -> Iterator[FunnelPoint]:
    for study in report.studies:
        estimate = scale.value(study.estimate)
        if estimate is not None and study.se is not None:
            yield FunnelPoint(label=study.study, estimate=estimate, se=study.se)
    for added, se in (pair for fill in _fills(report) for pair in fill.filled):
        estimate = scale.value(added)
        if estimate is not None:
            label = say(report.language, "picture.filled-study")
            yield FunnelPoint(label=label, estimate=estimate, se=se, filled=True)


def _fills(report: m.PoolReport) -> list[m.FillView]:
    return [fill for fill in report.trim_and_fill or () if fill.counter == COUNTER]


def _lines(report: m.PoolReport, scale: Scale, count: int) -> Iterator[str]:
    lang = report.language
    for fill in _fills(report):
        if not fill.missing:
            yield say(lang, "picture.funnel-trim-none", counter=fill.counter)
            continue
        effect = printed_effect(scale.value(fill.estimate), scale.interval(fill.ci))
        side = say(lang, f"pool.side-{fill.side}")
        measure = SHORT.get(report.measure, report.measure)
        yield say(lang, "picture.funnel-trim", counter=fill.counter, side=side, measure=measure, effect=effect)
    for test in report.asymmetry or ():
        parts = {"statistic": printed(test.statistic), "p": printed_p(test.p), "k": test.k}
        yield say(lang, "picture.funnel-test", test=test.test.capitalize(), **parts)
    if count < FEW:
        yield say(lang, "picture.funnel-few")
    yield from report.notes
