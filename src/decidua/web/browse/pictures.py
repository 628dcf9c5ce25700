"""Drawings on the pages: inline they carry classes only, and the page carries the style sheet of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from decidua.language import say

if TYPE_CHECKING:
    from decidua.reports.pictures.drawing import Drawing
    from decidua.reports.pool.models import PoolReport
    from decidua.studies import StudyTable

STEPS: tuple[Literal["leave-one-out", "cumulative"], ...] = ("leave-one-out", "cumulative")
MOST_DRAWN = 150
"""Studies of a picture; the table beside it has all."""


@dataclass(frozen=True)
class Picture:
    """`name`: begins the ids of the drawing, once on a page."""

    name: str
    drawing: Drawing

    @property
    def title(self) -> str:
        return self.drawing.title

    @property
    def inline(self) -> Markup:
        return Markup(self.drawing.svg(prefix=self.name))

    @property
    def file(self) -> str:
        return self.drawing.svg(standalone=True)


@dataclass(frozen=True)
class Pooled:
    """One analysis: the report, and the table that it was made from."""

    report: PoolReport
    table: StudyTable

    @property
    def drawn(self) -> bool:
        return len(self.table.names) <= MOST_DRAWN

    def forest(self) -> Picture:
        from decidua.reports.pictures.forest import draw_forest
        from decidua.reports.pictures.from_pool import forest_plot

        return Picture("forest", draw_forest(forest_plot(self.report, self.table)))

    def funnel(self) -> Picture:
        from decidua.reports.pictures.funnel import draw_funnel
        from decidua.reports.pictures.funnel_from_pool import funnel_plot

        return Picture("funnel", draw_funnel(funnel_plot(self.report)))

    def shown(self) -> tuple[Picture, ...]:
        """The forest plot, the funnel of two or more studies, and the estimates one by one that were asked for."""
        from decidua.reports.pictures.forest import draw_forest
        from decidua.reports.pictures.from_pool import steps_plot

        if not self.drawn:
            return ()
        steps = {which: steps_plot(self.report, which) for which in STEPS}
        found = [Picture(which, draw_forest(plot)) for which, plot in steps.items() if plot is not None]
        return (self.forest(), *([self.funnel()] if self.report.k > 1 else []), *found)

    @property
    def not_drawn(self) -> str | None:
        """Said where there are too many studies for a picture."""
        return None if self.drawn else say(self.report.language, "pages.too-many-to-draw", limit=MOST_DRAWN)
