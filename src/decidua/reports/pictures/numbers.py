"""The numbers of a picture as a table of texts: beside the picture, and for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.language import Model, say
from decidua.reports.methods import percent
from decidua.reports.pictures.layout import Layout
from decidua.reports.pictures.lettering import digits_for, printed
from decidua.reports.pictures.models import ForestPlot, FunnelPlot, Row


class NumbersRow(Model):
    """`heading`: a row that names the rows below it. `strong`: a pooled one."""

    cells: tuple[str, ...]
    heading: bool = False
    strong: bool = False


class NumbersTable(Model):
    """The first cell of each row is its name. Empty cells: there is no such number. `noted`: the last cell is words."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[NumbersRow, ...]
    noted: bool = False


def numbers_of(plot: ForestPlot | FunnelPlot) -> NumbersTable:
    return _of_forest(plot) if isinstance(plot, ForestPlot) else _of_funnel(plot)


def _of_forest(plot: ForestPlot) -> NumbersTable:
    layout = Layout(plot)
    columns = [column for side in ("left", "right") for column in plot.columns if column.side == side]
    weights = plot.show_weights and any(row.weight is not None for row in plot.rows)
    notes = any(_note(row) for row in plot.rows)
    level = percent(plot.level)
    header = [plot.label_header, *(column.header for column in columns), plot.measure]
    header += [say(plot.lang, "picture.lower", level=level), say(plot.lang, "picture.upper", level=level)]
    header += [say(plot.lang, "picture.weight")] * weights + [say(plot.lang, "picture.note")] * notes
    rows = tuple(_forest_row(row, layout, weights, notes) for row in plot.rows)
    return NumbersTable(caption=say(plot.lang, "picture.numbers"), header=tuple(header), rows=rows, noted=notes)


def _forest_row(row: Row, layout: Layout, weights: bool, notes: bool) -> NumbersRow:
    cells = [row.label, *layout.cells(row, "left"), *layout.cells(row, "right"), *_effect(row, layout.decimals)]
    cells += [layout.weight(row)] * weights + [_note(row)] * notes
    return NumbersRow(cells=tuple(cells), heading=row.kind == "group", strong=row.kind in ("pooled", "subgroup"))


def _effect(row: Row, decimals: int) -> Iterator[str]:
    """Estimate, lower and upper limit; the numbers as the source prints them, where it does, in the first."""
    if row.effect is not None and row.estimate is None:
        yield row.effect
    else:
        yield "" if row.estimate is None else printed(row.estimate, decimals)
    for at in (0, 1):
        yield "" if row.interval is None else printed(row.interval[at], decimals)


def _note(row: Row) -> str:
    return " · ".join(said for said in (row.why_not, row.under, row.mark and f"≠ {row.mark}") if said)


def _of_funnel(plot: FunnelPlot) -> NumbersTable:
    decimals = digits_for([(point.estimate - point.se, point.estimate + point.se) for point in plot.points])
    header = (say(plot.lang, "picture.study"), plot.measure, say(plot.lang, "picture.se"))
    rows = tuple(
        NumbersRow(cells=(point.label, printed(point.estimate, decimals), printed(point.se, max(decimals, 3))))
        for point in plot.points
    )
    return NumbersTable(caption=say(plot.lang, "picture.numbers"), header=header, rows=rows)
