"""What stands in the plot for each row: squares, intervals with arrows, diamonds, the bar of a prediction."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decidua.reports.pictures.axis import Axis, scaled
from decidua.reports.pictures.drawing import Element, circle, line, polygon, rect
from decidua.reports.pictures.models import ForestPlot, Interval, Row

LARGEST, SMALLEST, HOLLOW = 16.0, 4.0, 7.0
"""Sides of squares in pixels: of the heaviest study, the least that can be seen on a line, one that is not pooled."""
ARROW = 7.0
POOLED_HEIGHT, SUBGROUP_HEIGHT = 7.5, 6.0
DIAMONDS = ("subgroup", "pooled")


@dataclass(frozen=True)
class Frame:
    """The plot's place in the picture."""

    axis: Axis
    left: float
    width: float

    def x(self, value: float) -> float:
        return self.left + self.width * self.axis.place(value)

    def inside(self, value: float) -> bool:
        return 0 <= self.axis.place(value) <= 1


def square_sides(plot: ForestPlot) -> list[float | None]:
    """Of each row: the area follows the weight or the precision; None: no square, or a hollow one."""
    values = [_size(row, plot) for row in plot.rows]
    most = max((value for value in values if value), default=1.0)
    return [None if not value else max(LARGEST * math.sqrt(value / most), SMALLEST) for value in values]


def _size(row: Row, plot: ForestPlot) -> float | None:
    if row.kind not in ("study", "review") or row.estimate is None:
        return None
    if plot.squares == "weight":
        return row.weight
    if row.interval is None:
        return None
    width = scaled(row.interval[1], plot.log) - scaled(row.interval[0], plot.log)
    return 1 / width**2 if width > 0 and math.isfinite(width) else None


def row_shapes(row: Row, side: float | None, frame: Frame, y: float) -> Iterator[Element]:
    """`side`: of the square; `y`: the middle of the row."""
    if row.kind in DIAMONDS and row.estimate is not None:
        yield _diamond(row, row.estimate, frame, y)
    elif row.kind == "prediction" and row.interval is not None:
        yield from _bar(row.interval, frame, y)
    elif row.kind in ("study", "review", "step"):
        if row.interval is not None:
            yield from _interval(row.interval, frame, y)
        if row.estimate is not None and frame.inside(row.estimate):
            yield _point(row, side, frame.x(row.estimate), y)
        if row.interval is not None and side is not None:
            yield from _hidden(row.interval, side, frame, y)


def _point(row: Row, side: float | None, x: float, y: float) -> Element:
    if row.kind == "step":
        return circle(x, y, 4, "picture-step")
    size, kind = (HOLLOW, "picture-hollow") if side is None else (side, "picture-square")
    return rect(x - size / 2, y - size / 2, size, size, kind)


def _interval(bounds: Interval, frame: Frame, y: float) -> Iterator[Element]:
    left, right, cut_left, cut_right = frame.axis.clip(bounds)
    if left > right:  # wholly beyond one end
        left, right = (0.0, 0.0) if cut_left else (1.0, 1.0)
    x1, x2 = frame.left + frame.width * left, frame.left + frame.width * right
    yield line(x1, y, x2, y, "picture-interval")
    for x, cut, sign in ((x1, cut_left, 1), (x2, cut_right, -1)):
        if cut:
            yield polygon([(x, y), (x + sign * ARROW, y - 4), (x + sign * ARROW, y + 4)], "picture-arrow")


def _hidden(bounds: Interval, side: float, frame: Frame, y: float) -> Iterator[Element]:
    """An interval that the square would cover is drawn on it."""
    left, right, cut_left, cut_right = frame.axis.clip(bounds)
    if (right - left) * frame.width < side and not (cut_left or cut_right):
        yield line(frame.left + frame.width * left, y, frame.left + frame.width * right, y, "picture-inner")


def _diamond(row: Row, estimate: float, frame: Frame, y: float) -> Element:
    height = POOLED_HEIGHT if row.kind == "pooled" else SUBGROUP_HEIGHT
    x = frame.x(estimate)
    if row.interval is None:
        return polygon([(x - 5, y), (x, y - height), (x + 5, y), (x, y + height)], "picture-hollow")
    left, right, _, _ = frame.axis.clip(row.interval)
    ends = frame.left + frame.width * left, frame.left + frame.width * right
    kind = "picture-diamond" if row.kind == "pooled" else "picture-subtotal"
    return polygon([(ends[0], y), (x, y - height), (ends[1], y), (x, y + height)], kind)


def _bar(bounds: Interval, frame: Frame, y: float) -> Iterator[Element]:
    left, right, cut_left, cut_right = frame.axis.clip(bounds)
    x1, x2 = frame.left + frame.width * left, frame.left + frame.width * right
    yield rect(x1, y - 2.5, x2 - x1, 5, "picture-bar")
    for x, cut, sign in ((x1, cut_left, 1), (x2, cut_right, -1)):
        if cut:
            yield polygon([(x, y), (x + sign * ARROW, y - 5), (x + sign * ARROW, y + 5)], "picture-arrow")


def is_floored(plot: ForestPlot) -> bool:
    """Whether a square would be smaller than can be seen."""
    values = [value for row in plot.rows if (value := _size(row, plot))]
    return bool(values) and LARGEST * math.sqrt(min(values) / max(values)) < SMALLEST


def is_cut(rows: Sequence[Row], axis: Axis) -> bool:
    """Whether any interval reaches beyond the axis."""
    return any(any(axis.clip(row.interval)[2:]) for row in rows if row.interval is not None)
