"""The forest plot, in the manner of Cochrane and metafor: squares by weight, arrows where cut, diamonds, columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from decidua.language import say
from decidua.reports.pictures.axis import choose_axis
from decidua.reports.pictures.drawing import Drawing, Element, group, line, text
from decidua.reports.pictures.foot import Sides, axis_under, favours_under, heading, small_lines
from decidua.reports.pictures.layout import GAP, HEAVY, MARGIN, PLOT, SIZE, SMALL, Layout, percent
from decidua.reports.pictures.lettering import wrapped
from decidua.reports.pictures.models import ForestPlot, Row
from decidua.reports.pictures.shapes import DIAMONDS, Frame, is_cut, is_floored, row_shapes, square_sides

ROW, LINE, UNDER = 25.0, 17.0, 15.0
TOLD = 40
"""Rows that the description reads out; the table beside the picture has all."""


def draw_forest(plot: ForestPlot, *, heading: bool = True) -> Drawing:
    """`heading`: write the title into the picture; a page that has it already leaves it out."""
    return _Forest(plot, Layout(plot)).drawing(heading)


@dataclass(frozen=True)
class _Forest:
    plot: ForestPlot
    layout: Layout

    @cached_property
    def frame(self) -> Frame:
        rows = self.plot.rows
        estimates = [row.estimate for row in rows if row.estimate is not None and math.isfinite(row.estimate)]
        whole = [row.interval for row in rows if row.kind in DIAMONDS and row.interval is not None]
        spans = [row.interval for row in rows if row.interval is not None]
        axis = choose_axis(estimates, spans, whole=whole, log=self.plot.log, no_effect=self.plot.no_effect)
        return Frame(axis, self.layout.plot_left, PLOT)

    def drawing(self, titled: bool) -> Drawing:
        plot, layout = self.plot, self.layout
        inner = layout.width - 2 * MARGIN
        head, top = heading(plot.title, plot.subtitle, MARGIN, inner) if titled else ([], 6.0)
        headers, start = self._headers(top)
        rows, end = self._rows(start + 5)
        foot, y = self._foot(end + 4)
        lines, bottom = small_lines(self._lines(), MARGIN, y + 8, inner)
        guides = group("picture-guides", self._guides(start, end + 4))
        everything = (*head, *headers, guides, *rows, *foot, line(MARGIN, y, layout.width - MARGIN, y, "picture-rule"))
        return Drawing(
            round(layout.width), round(bottom + 16), plot.lang, plot.title, describe(plot, layout),
            (*everything, *lines),
        )  # fmt: skip

    def _headers(self, top: float) -> tuple[list[Element], float]:
        columns = [*self.layout.left, *self.layout.right]
        bottom = top + 15 * max([len(column.header) for column in columns] + [1])
        shapes = [text(MARGIN, bottom, self.plot.label_header, "picture-head", size=SMALL)]
        for column in columns:
            first = bottom - 15 * (len(column.header) - 1)
            shapes += [
                text(column.x, first + 15 * at, said, "picture-head", size=SMALL, anchor=column.anchor)
                for at, said in enumerate(column.header)
            ]
        rule = bottom + 8
        return [*shapes, line(MARGIN, rule, self.layout.width - MARGIN, rule, "picture-rule")], rule

    def _guides(self, top: float, bottom: float) -> Iterator[Element]:
        """The line of no effect, and a dotted one through the pooled estimate."""
        if self.plot.no_effect is not None:
            x = self.frame.x(self.plot.no_effect)
            yield line(x, top, x, bottom, "picture-none")
        pooled = [row.estimate for row in self.plot.rows if row.kind == "pooled" and row.estimate is not None]
        if len(pooled) == 1 and self.frame.inside(pooled[0]):
            x = self.frame.x(pooled[0])
            yield line(x, top, x, bottom, "picture-reference")

    def _rows(self, y: float) -> tuple[list[Element], float]:
        shapes: list[Element] = []
        sides = square_sides(self.plot)
        for at, row in enumerate(self.plot.rows):
            before = self.plot.rows[at - 1].kind if at else None
            if row.kind == "pooled" and before not in (None, "pooled"):
                shapes.append(line(MARGIN, y + 5, self.layout.width - MARGIN, y + 5, "picture-hair"))
                y += 10
            elif row.kind == "group" and at:
                y += 8
            parts, y = self._row(at, row, sides[at], y)
            shapes.append(group(f"picture-row picture-{row.kind}", parts))
        return shapes, y

    def _row(self, at: int, row: Row, side: float | None, y: float) -> tuple[list[Element], float]:
        layout, indent = self.layout, self.layout.indent(at)
        weight = "picture-strong" if row.kind in HEAVY else "picture-text"
        labels = wrapped(row.label, layout.label_width - indent, SIZE, bold=row.kind in HEAVY)
        shapes = [text(MARGIN + indent, y + LINE * (n + 1), said, weight, size=SIZE) for n, said in enumerate(labels)]
        cells, lines = self._cells(row, y, weight)
        shapes += cells
        shapes += row_shapes(row, side, self.frame, y + LINE - SIZE * 0.36)
        bottom = y + ROW + LINE * (max(len(labels), lines) - 1)
        for said in (row.why_not, row.under):
            for part in wrapped(said, layout.plot_left - MARGIN - indent - 6, SMALL) if said else ():
                bottom += UNDER
                shapes.append(text(MARGIN + indent, bottom - 8, part, "picture-faint", size=SMALL))
        return shapes, bottom

    def _cells(self, row: Row, y: float, kind: str) -> tuple[list[Element], int]:
        layout = self.layout
        effect, *rest = layout.right
        texts = [*layout.cells(row, "left"), layout.effect(row)]
        if len(rest) > len(layout.cells(row, "right")):
            texts.append(layout.weight(row))
        texts += layout.cells(row, "right")
        shapes, most = [], 1
        for column, said in zip((*layout.left, effect, *rest), texts, strict=True):
            parts = wrapped(said, column.width + 1, SIZE, bold=True) if said else []
            most = max(most, len(parts))
            shapes += [
                text(column.x, y + LINE * (n + 1), part, kind, size=SIZE, anchor=column.anchor)
                for n, part in enumerate(parts)
            ]
        if row.mark is not None:
            shapes.append(text(effect.x + 5, y + LINE, "≠", "picture-mark", size=SIZE))
        return shapes, most

    def _foot(self, y: float) -> tuple[list[Element], float]:
        plot = self.plot
        key = "picture.log-scale" if plot.log else "picture.scale"
        low = self.layout.left_end + GAP / 2
        shapes, below = axis_under(self.frame, y, say(plot.lang, key, measure=plot.measure_name), low)
        middle = plot.no_effect if plot.no_effect is not None else self.frame.axis.ticks[0]
        favours = Sides(plot.favours_left, plot.favours_right, plot.good, middle)
        more, below = favours_under(self.frame, below, favours, plot.lang)
        return [*shapes, *more], below + 8

    def _lines(self) -> list[str]:
        """What does not fit, the plot's own lines, and how it is to be read."""
        plot, rows = self.plot, self.plot.rows
        marks = [say(plot.lang, "picture.mark", label=row.label, mark=row.mark) for row in rows if row.mark]
        keys = []
        if any(side is not None for side in square_sides(plot)):
            keys.append(f"picture.squares-{plot.squares}")
        if is_floored(plot):
            keys.append("picture.smallest")
        if any(row.kind == "review" for row in rows):
            keys.append("picture.reviews")
        elif self._hollow():
            keys.append("picture.hollow")
        if is_cut(rows, self.frame.axis):
            keys.append("picture.cut")
        legend = " ".join(say(plot.lang, key) for key in keys)
        return [*marks, *plot.lines, *([legend] if legend else [])]

    def _hollow(self) -> bool:
        sides = zip(self.plot.rows, square_sides(self.plot), strict=True)
        return any(row.kind == "study" and row.estimate is not None and side is None for row, side in sides)


def describe(plot: ForestPlot, layout: Layout) -> str:
    """The picture in sentences, for those who do not see it."""
    lang, rows = plot.lang, plot.rows
    shown = [row for row in rows if row.estimate is not None and row.kind in ("study", "review", "step")]
    said = [say(lang, "picture.forest", measure=plot.measure_name, count=len(shown), level=percent(plot.level))]
    if plot.no_effect is not None:
        said.append(say(lang, "picture.no-effect-at", value=f"{plot.no_effect:g}"))
    if plot.good is not None:
        said.append(say(lang, f"picture.good-{plot.good}"))
    spoken = [row for row in rows if row.kind != "group"]
    said += [say(lang, "picture.spoken", label=row.label, effect=layout.effect(row)) for row in spoken[:TOLD]]
    if len(spoken) > TOLD:
        said.append(say(lang, "picture.spoken-more", count=len(spoken) - TOLD))
    return " ".join(said)
