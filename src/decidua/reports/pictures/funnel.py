"""The funnel plot: effects against their standard errors, the most precise at the top (Sterne and Egger 2001)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

from decidua.language import say
from decidua.reports.methods import percent
from decidua.reports.pictures.axis import Axis, choose_axis, linear_ticks, scaled, tick_label, unscaled
from decidua.reports.pictures.drawing import Drawing, Element, Point, circle, group, line, polygon, polyline, rect, text
from decidua.reports.pictures.foot import Sides, axis_under, favours_under, heading, small_lines
from decidua.reports.pictures.lettering import printed, text_width
from decidua.reports.pictures.models import FunnelPlot
from decidua.reports.pictures.shapes import Frame

MARGIN, WIDTH, HEIGHT, SMALL = 22.0, 520.0, 360.0, 11.5
CONTOURS = ((0.01, "picture-band-outer"), (0.05, "picture-band-inner"), (0.1, "picture-ground"))


def draw_funnel(plot: FunnelPlot, *, heading: bool = True) -> Drawing:
    """`heading`: write the title into the picture; a page that has it already leaves it out."""
    return _Funnel(plot).drawing(heading)


@dataclass(frozen=True)
class _Funnel:
    plot: FunnelPlot

    @cached_property
    def z(self) -> float:
        return NormalDist().inv_cdf(0.5 + self.plot.level / 2)

    @cached_property
    def deepest(self) -> float:
        """The standard error at the bottom."""
        return 1.06 * max((point.se for point in self.plot.points), default=1.0) or 1.0

    @cached_property
    def axis(self) -> Axis:
        plot = self.plot
        spread, middle = self.z * self.deepest, scaled(plot.centre, plot.log)
        bottom = (unscaled(middle - spread, plot.log), unscaled(middle + spread, plot.log))
        estimates = [*(point.estimate for point in plot.points), plot.centre]
        return choose_axis(estimates, [bottom], log=plot.log, no_effect=plot.no_effect)

    @cached_property
    def ticks(self) -> list[float]:
        return [tick for tick in linear_ticks(0, self.deepest) if tick <= self.deepest]

    @cached_property
    def left(self) -> float:
        return MARGIN + 26 + max(text_width(tick_label(tick), SMALL) for tick in self.ticks)

    def drawing(self, titled: bool) -> Drawing:
        plot, width = self.plot, self.left + WIDTH + MARGIN
        head, top = heading(plot.title, plot.subtitle, MARGIN, width - 2 * MARGIN) if titled else ([], 10.0)
        top += 14  # room for the title of the standing axis
        frame = Frame(self.axis, self.left, WIDTH)
        inside = [*self._contours(top), *self._depths(top), *self._guides(frame, top), *self._points(frame, top)]
        key = "picture.log-scale" if plot.log else "picture.scale"
        foot, y = axis_under(frame, top + HEIGHT, say(plot.lang, key, measure=plot.measure_name), self.left)
        middle = plot.no_effect if plot.no_effect is not None else plot.centre
        more, y = favours_under(
            frame, y, Sides(plot.favours_left, plot.favours_right, plot.good, middle), plot.lang
        )  # fmt: skip
        lines, bottom = small_lines(self._lines(), MARGIN, y + 16, width - 2 * MARGIN)
        rule = line(MARGIN, y + 8, width - MARGIN, y + 8, "picture-rule")
        return Drawing(
            round(width), round(bottom + 16), plot.lang, plot.title, self._description(),
            (*head, group("picture-funnel", inside), *foot, *more, rule, *lines),
        )  # fmt: skip

    def _y(self, se: float, top: float) -> float:
        return top + HEIGHT * se / self.deepest

    def _side(self, middle: float, slope: float, sign: int, top: float) -> tuple[Point, ...]:
        """From the tip at the standard error 0 down along middle ± slope·se; along the frame where it leaves it."""
        axis = self.axis
        limit = axis.high if sign > 0 else axis.low
        leaves = (limit - middle) / (sign * slope)
        end = min(self.deepest, leaves)
        points = [self._at(middle, 0, top), self._at(middle + sign * slope * end, end, top)]
        return (*points, self._at(limit, self.deepest, top)) if leaves < self.deepest else tuple(points)

    def _at(self, value: float, se: float, top: float) -> Point:
        share = (value - self.axis.low) / (self.axis.high - self.axis.low)
        return self.left + WIDTH * share, self._y(se, top)

    def _contours(self, top: float) -> Iterator[Element]:
        if not self.plot.contours or self.plot.no_effect is None:
            return
        middle = scaled(self.plot.no_effect, self.plot.log)
        for p, kind in CONTOURS:
            slope = NormalDist().inv_cdf(1 - p / 2)
            left, right = (self._side(middle, slope, sign, top) for sign in (-1, 1))
            yield polygon([*left, *reversed(right)], kind)

    def _depths(self, top: float) -> Iterator[Element]:
        """The axis of standard errors, with its title above."""
        title = "picture.se-log" if self.plot.log else "picture.se"
        yield rect(self.left, top, WIDTH, HEIGHT, "picture-frame")
        yield text(MARGIN, top - 10, say(self.plot.lang, title), "picture-faint", size=SMALL)
        for tick in self.ticks:
            y = self._y(tick, top)
            yield line(self.left - 5, y, self.left, y, "picture-axis")
            yield text(self.left - 9, y + 4, tick_label(tick), "picture-text", size=SMALL, anchor="end")

    def _guides(self, frame: Frame, top: float) -> Iterator[Element]:
        plot, bottom = self.plot, top + HEIGHT
        if plot.no_effect is not None:
            x = frame.x(plot.no_effect)
            yield line(x, top, x, bottom, "picture-none")
        x = frame.x(plot.centre)
        yield line(x, top, x, bottom, "picture-reference")
        for sign in (-1, 1):
            yield polyline(self._side(scaled(plot.centre, plot.log), self.z, sign, top)[:2], "picture-region")

    def _points(self, frame: Frame, top: float) -> Iterator[Element]:
        for point in sorted(self.plot.points, key=lambda p: p.filled):
            kind = "picture-filled" if point.filled else "picture-dot"
            yield circle(frame.x(point.estimate), self._y(point.se, top), 4.5, kind)

    def _lines(self) -> list[str]:
        plot = self.plot
        own = [say(plot.lang, "picture.funnel-region", level=percent(plot.level))]
        if plot.contours:
            own.append(say(plot.lang, "picture.funnel-contours"))
        return [*plot.lines, *own]

    def _description(self) -> str:
        plot = self.plot
        filled = sum(point.filled for point in plot.points)
        count = len(plot.points) - filled
        said = [
            say(plot.lang, "picture.funnel", measure=plot.measure_name, count=count),
            say(plot.lang, "picture.funnel-centre", value=printed(plot.centre)),
        ]
        if filled:
            said.append(say(plot.lang, "picture.funnel-filled", count=filled))
        return " ".join([*said, *self._lines()])
