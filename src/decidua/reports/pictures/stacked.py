"""Bars of a hundred per cent, one below the other, in one panel or several beside each other.

A segment is told by its sign and its place as well as by its colour. What is hidden is an empty, dashed segment: its
length is what the shown ones leave.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from decidua.language import Lang, Model
from decidua.reports.pictures.drawing import Drawing, Element, line, rect, text
from decidua.reports.pictures.foot import heading, small_lines
from decidua.reports.pictures.lettering import text_width, wrapped

WIDTH, MARGIN, GAP = 780.0, 16.0, 44.0
BAR, STEP, LINE, SIZE, SMALL = 17.0, 23.0, 16.0, 13.0, 11.5
LABELS = 230.0
SWATCH = 13.0


class Kind(Model):
    """What a segment stands for. `colour`: of `picture-part-…`; `sign`: one or two letters."""

    colour: str
    sign: str
    label: str


class Panel(Model):
    """`title` stands over the bars; `kinds` in the order of the segments.

    `whole`: each bar is a hundred per cent of something; else bars are only longer or shorter than each other.
    """

    title: str | None = None
    kinds: tuple[Kind, ...]
    share: float = 1.0
    """Of the width of all panels."""
    whole: bool = True


class Bar(Model):
    """A heading (no `parts`), or one bar for each panel: the share of each kind, together 1 or less; None: no bar."""

    label: str
    parts: tuple[tuple[float, ...] | None, ...] = ()
    after: str = ""
    """A short text at the right end."""


class StackedPlot(Model):
    lang: Lang
    title: str
    description: str
    subtitle: str | None = None
    panels: tuple[Panel, ...]
    bars: tuple[Bar, ...]
    hidden: str
    """The word for what is hidden."""
    lines: tuple[str, ...] = ()


def draw_stacked(plot: StackedPlot, *, title: bool = True) -> Drawing:
    """`title`: with the title in the picture."""
    shapes, y = heading(plot.title, plot.subtitle, MARGIN, WIDTH - 2 * MARGIN) if title else ([], MARGIN)
    after = max((text_width(bar.after, SMALL) for bar in plot.bars if bar.after), default=0.0)
    places = _places(plot.panels, after)
    heads = [(left, panel.title) for (left, _), panel in zip(places, plot.panels, strict=True) if panel.title]
    y += 10 if heads else 0
    shapes += [text(left, y, said, "picture-head", size=SMALL) for left, said in heads]
    top = y = y + 8
    for bar in plot.bars:
        part, y = _bar(bar, plot, places, y)
        shapes += part
    shapes = [*_scale(plot, places, top, y + 2), *shapes]
    legend, y = _legend(plot, y + 24)
    small, y = small_lines(plot.lines, MARGIN, y, WIDTH - 2 * MARGIN)
    return Drawing(WIDTH, math.ceil(y + 12), plot.lang, plot.title, plot.description, (*shapes, *legend, *small))


def _places(panels: Sequence[Panel], after: float) -> list[tuple[float, float]]:
    """Left end and width of each panel."""
    left, found = MARGIN + LABELS, list[tuple[float, float]]()
    room = WIDTH - MARGIN - left - (after + 10 if after else 0) - GAP * (len(panels) - 1)
    whole = sum(panel.share for panel in panels)
    for panel in panels:
        width = room * panel.share / whole
        found.append((left, width))
        left += width + GAP
    return found


def _scale(
    plot: StackedPlot, places: Sequence[tuple[float, float]], top: float, bottom: float
) -> Iterator[Element]:  # fmt: skip
    for (left, width), panel in zip(places, plot.panels, strict=True):
        if not panel.whole:
            continue
        quarters = 4 if width > 150 else 2
        for at in range(quarters + 1):
            x = left + width * at / quarters
            yield line(x, top, x, bottom, "picture-hair")
            yield text(x, bottom + 13, f"{100 * at // quarters} %", "picture-faint", size=10.5, anchor="middle")


def _bar(
    bar: Bar, plot: StackedPlot, places: Sequence[tuple[float, float]], y: float
) -> tuple[list[Element], float]:  # fmt: skip
    if not bar.parts:
        lines = wrapped(bar.label, WIDTH - 2 * MARGIN, SIZE, bold=True)
        ground = rect(0, y + 4, WIDTH, 4 + LINE * len(lines), "picture-ground")
        shapes = [text(MARGIN, y + 2 + LINE * at, one, "picture-strong") for at, one in enumerate(lines, start=1)]
        return [ground, *shapes], y + 12 + LINE * len(lines)
    lines = wrapped(bar.label, LABELS - 14, SIZE)
    shapes = [text(MARGIN + 8, y + 13 + LINE * at, one, "picture-text") for at, one in enumerate(lines)]
    for (left, width), panel, parts in zip(places, plot.panels, bar.parts, strict=True):
        shapes += _segments(panel, parts, left, width, y) if parts is not None else ()
    if bar.after:
        shapes.append(text(WIDTH - MARGIN, y + 13, bar.after, "picture-faint", size=SMALL, anchor="end"))
    return shapes, y + max(STEP, LINE * len(lines) + 7)


def _segments(panel: Panel, parts: Sequence[float], left: float, width: float, y: float) -> Iterator[Element]:
    x = left
    for kind, part in zip(panel.kinds, parts, strict=True):
        wide = part * width
        if wide <= 0:
            continue
        yield rect(x, y, max(wide, 0.6), BAR, f"picture-part-{kind.colour}")
        yield from _said(kind, part, x, wide, y) if panel.whole else ()
        x += wide
    rest = left + width - x
    if panel.whole and rest > 0.5:
        yield rect(x, y + 0.5, rest, BAR - 1, "picture-part-hidden")


def _said(kind: Kind, part: float, x: float, wide: float, y: float) -> Iterator[Element]:
    """The sign and the share, or as much of it as there is room for."""
    for said in (f"{kind.sign} {100 * part:.0f} %", kind.sign):
        if text_width(said, SMALL) + 6 <= wide:
            yield text(x + wide / 2, y + 12.6, said, f"picture-on-{kind.colour}", size=SMALL, anchor="middle")
            return


def _legend(plot: StackedPlot, y: float) -> tuple[list[Element], float]:
    shapes: list[Element] = []
    hidden = Kind(colour="hidden", sign="", label=plot.hidden)
    for panel in plot.panels:
        y, x = y + 20, MARGIN
        kinds = [*panel.kinds, hidden] if _leaves_some(plot, panel) else panel.kinds
        for kind in kinds:
            label = f"{kind.sign} {kind.label}".strip()
            wide = SWATCH + 6 + text_width(label, SMALL) + 18
            if x + wide > WIDTH and x > MARGIN:
                y, x = y + 18, MARGIN
            shapes.append(rect(x, y - 10.5, SWATCH, SWATCH, f"picture-part-{kind.colour}"))
            shapes.append(text(x + SWATCH + 6, y, label, "picture-text", size=SMALL))
            x += wide
    return shapes, y + 6


def _leaves_some(plot: StackedPlot, panel: Panel) -> bool:
    at = plot.panels.index(panel)
    shown = [bar.parts[at] for bar in plot.bars if bar.parts]
    return panel.whole and any(parts is not None and sum(parts) < 0.999 for parts in shown)
