"""Where the columns of a forest plot stand: label, texts, plot, effect, weight. Whatever is in them, none overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from decidua.language import say
from decidua.reports.pictures.lettering import digits_for, printed_effect, text_width, wrapped
from decidua.reports.pictures.models import ForestPlot, Row

MARGIN, GAP = 22.0, 20.0
SIZE, SMALL = 13.0, 11.5
INDENT = 14.0
PLOT = 330.0
LABEL_LEAST, LABEL_MOST = 120.0, 270.0
CELL_MOST = 170.0
SIGN = 16.0
"""Room of the sign for what does not fit."""
HEAVY = ("group", "subgroup", "pooled")


@dataclass(frozen=True)
class TextColumn:
    """`x`: where its texts are set: their right end if `numeric`, else their left end."""

    header: tuple[str, ...]
    x: float
    width: float
    numeric: bool

    @property
    def anchor(self) -> str:
        return "end" if self.numeric else "start"

    @property
    def end(self) -> float:
        return self.x if self.numeric else self.x + self.width


@dataclass(frozen=True)
class Layout:
    """Places in pixels, from left to right."""

    plot: ForestPlot

    @cached_property
    def decimals(self) -> int:
        return digits_for([row.interval for row in self.plot.rows if row.interval is not None])

    def effect(self, row: Row) -> str:
        if row.effect is not None:
            return row.effect
        if row.kind == "group":
            return ""
        if row.kind == "prediction":
            return "" if row.interval is None else printed_effect(0, row.interval, self.decimals).split(" ", 1)[1]
        return printed_effect(row.estimate, row.interval, self.decimals)

    def weight(self, row: Row) -> str:
        return "" if row.weight is None else f"{row.weight:.1f}%"

    def indent(self, at: int) -> float:
        """Rows under a heading stand in from it."""
        inner = self.plot.rows[at].kind in ("study", "review", "step", "subgroup")
        return INDENT if inner and self._first_heading < at else 0.0

    @cached_property
    def _first_heading(self) -> int:
        rows = self.plot.rows
        return next((at for at, row in enumerate(rows) if row.kind == "group"), len(rows))

    @cached_property
    def label_width(self) -> float:
        widths = [
            text_width(row.label, SIZE, bold=row.kind in HEAVY) + self.indent(at)
            for at, row in enumerate(self.plot.rows)
        ]
        return min(max([*widths, text_width(self.plot.label_header, SMALL, bold=True), LABEL_LEAST]), LABEL_MOST)

    @cached_property
    def left(self) -> tuple[TextColumn, ...]:
        return self._columns("left", MARGIN + self.label_width + GAP)

    @cached_property
    def left_end(self) -> float:
        return self.left[-1].end if self.left else MARGIN + self.label_width

    @cached_property
    def plot_left(self) -> float:
        return self.left_end + GAP + 4

    @property
    def plot_right(self) -> float:
        return self.plot_left + PLOT

    @cached_property
    def right(self) -> tuple[TextColumn, ...]:
        """The effect, the weight, and the plot's own columns on the right."""
        plot, rows = self.plot, self.plot.rows
        header = say(plot.lang, "picture.effect-header", measure=plot.measure, level=percent(plot.level))
        first = _column(header, [self.effect(row) for row in rows], True, self.plot_right + GAP, most=1e9)
        found, x = [first], first.x + (SIGN if any(row.mark for row in rows) else 0) + GAP
        if plot.show_weights and any(row.weight is not None for row in rows):
            found.append(_column(say(plot.lang, "picture.weight"), [self.weight(row) for row in rows], True, x))
            x = found[-1].x + GAP
        return (*found, *self._columns("right", x))

    @cached_property
    def width(self) -> float:
        sign = SIGN if len(self.right) == 1 and any(row.mark for row in self.plot.rows) else 0
        return self.right[-1].end + sign + MARGIN

    def cells(self, row: Row, side: str) -> list[str]:
        places = [at for at, column in enumerate(self.plot.columns) if column.side == side]
        return [row.cells[at] if at < len(row.cells) else "" for at in places]

    def _columns(self, side: str, x: float) -> tuple[TextColumn, ...]:
        found: list[TextColumn] = []
        for at, column in enumerate(c for c in self.plot.columns if c.side == side):
            texts = [self.cells(row, side)[at] for row in self.plot.rows]
            found.append(_column(column.header, texts, column.numeric, x))
            x += found[-1].width + GAP
        return tuple(found)


def _column(header: str, texts: Iterable[str], numeric: bool, x: float, most: float = CELL_MOST) -> TextColumn:
    """As wide as its widest text (up to `most`), or as the longest word of its header."""
    content = min(max((text_width(said, SIZE, bold=True) for said in texts), default=0.0), most)
    longest = max((text_width(word, SMALL, bold=True) for word in header.split()), default=0.0)
    whole = text_width(header, SMALL, bold=True)
    width = max(content, longest, min(whole, 78.0))
    return TextColumn(tuple(wrapped(header, width, SMALL, bold=True)), x + width if numeric else x, width, numeric)


def percent(level: float) -> str:
    return f"{100 * level:.6g}%"
