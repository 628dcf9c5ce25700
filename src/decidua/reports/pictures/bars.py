"""AGREE II as six bars of 0 to 100 %, below each a dot for each appraiser. No bar puts the six together."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.language import say
from decidua.reports.agree.models import AgreeReport, DomainView
from decidua.reports.agree.text import percent
from decidua.reports.pictures.drawing import Drawing, Element, circle, line, rect, text
from decidua.reports.pictures.foot import heading, small_lines

WIDTH, MARGIN = 720, 16
LEFT, RIGHT = 210, 640
"""Where 0 % and 100 % stand."""
BAR, LANE, GAP = 14, 13, 16
"""Heights: of a bar, of an appraiser's lane below it, and between two domains."""


def draw_bars(report: AgreeReport) -> Drawing:
    lang = report.language
    title = say(lang, "agree.title", document=report.document, edition=report.edition)
    names = ", ".join(report.appraisers)
    by = say(lang, "agree.by", count=len(report.appraisers), names=names, date=report.date)
    shapes, top = heading(title, by, MARGIN, WIDTH - 2 * MARGIN)
    step = BAR + LANE * len(report.appraisers) + GAP
    bottom = top + 8 + step * len(report.domains)
    shapes += _scale(top, bottom)
    for at, domain in enumerate(report.domains):
        shapes += _domain(report, domain, top + 8 + step * at)
    said = (say(lang, "agree.legend"), say(lang, "agree.no-total"))
    small, end = small_lines(said, MARGIN, bottom + 24, WIDTH - 2 * MARGIN)
    return Drawing(WIDTH, end + 10, lang, title, say(lang, "agree.picture"), (*shapes, *small))


def _at(score: float) -> float:
    return LEFT + score * (RIGHT - LEFT)


def _scale(top: float, bottom: float) -> Iterator[Element]:
    for fifth in range(6):
        x = _at(fifth / 5)
        yield line(x, top, x, bottom, "picture-hair")
        yield text(x, bottom + 16, percent(fifth / 5), "picture-faint", size=11, anchor="middle")


def _domain(report: AgreeReport, domain: DomainView, top: float) -> Iterator[Element]:
    base = top + BAR - 2
    yield text(MARGIN, base, domain.label, "picture-text")
    if domain.score is None:
        yield text(LEFT + 6, base, say(report.language, "agree.not-scored"), "picture-faint")
        return
    yield rect(LEFT, top, _at(domain.score) - LEFT, BAR, "picture-square")
    yield text(RIGHT + 16, base, percent(domain.score), "picture-strong")
    for lane, (name, own) in enumerate(zip(report.appraisers, domain.own, strict=True)):
        if own is not None:
            yield from _dot(name, own, top + BAR + LANE * (lane + 0.5) + 2)


def _dot(name: str, own: float, y: float) -> Iterator[Element]:
    """Beyond the middle the name stands on the left, so that it stays inside."""
    x, left = _at(own), own > 0.5
    yield circle(x, y, 4, "picture-dot")
    yield text(x - 8 if left else x + 8, y + 4, name, "picture-faint", size=10.5, anchor="end" if left else "start")
