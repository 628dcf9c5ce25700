"""One analysis as a file with a picture in it: which plot, drawn, in which format."""

from __future__ import annotations

from typing import Literal

from decidua.errors import UsageError
from decidua.reports.pictures.drawing import Drawing
from decidua.reports.pictures.forest import draw_forest
from decidua.reports.pictures.from_pool import Favours, forest_plot, steps_plot
from decidua.reports.pictures.funnel import draw_funnel
from decidua.reports.pictures.funnel_from_pool import funnel_plot
from decidua.reports.pictures.models import ForestPlot, FunnelPlot
from decidua.reports.pictures.page import plot_html
from decidua.reports.pictures.raster import pdf, png
from decidua.reports.pool.models import PoolReport
from decidua.studies.table import StudyTable

Name = Literal["forest", "funnel", "cumulative", "leave-one-out"]
Format = Literal["svg", "png", "pdf", "html"]
Plot = ForestPlot | FunnelPlot


def plot_of(report: PoolReport, table: StudyTable, name: Name, favours: Favours, *, contours: bool = False) -> Plot:
    """Raises UsageError where the report has no estimates one by one."""
    if name == "funnel":
        return funnel_plot(report, favours, contours=contours)
    if name == "forest":
        return forest_plot(report, table, favours)
    plot = steps_plot(report, name, favours)
    if plot is None:
        raise UsageError("error.picture-none", given=name, reason=" ".join(report.notes))
    return plot


def draw(plot: Plot, *, heading: bool = True) -> Drawing:
    """`heading`: with the title in the picture."""
    if isinstance(plot, ForestPlot):
        return draw_forest(plot, heading=heading)
    return draw_funnel(plot, heading=heading)


def file_of(report: PoolReport, plot: Plot, shape: Format) -> bytes:
    """Raises UsageError where PNG or PDF cannot be made."""
    if shape == "html":
        return plot_html(report, plot, draw(plot, heading=False)).encode()
    drawing = draw(plot)
    if shape == "png":
        return png(drawing)
    return pdf(drawing) if shape == "pdf" else (drawing.svg(standalone=True) + "\n").encode()
