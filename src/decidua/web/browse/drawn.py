"""Forest plots of the shipped tables, as printed, and what absolute effects are worked out from: opened once."""

from __future__ import annotations

from functools import cached_property

from decidua.evidence.plots import TablePlot, read_plots
from decidua.language import Lang
from decidua.reports.absolute.build import Shown
from decidua.reports.absolute.subject import open_shown
from decidua.web.browse.pictures import Picture
from decidua.web.shelf import Shelf


class Drawn:
    """Of one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    @cached_property
    def shown(self) -> Shown:
        return open_shown(self.shelf.knowledge)

    @cached_property
    def plots(self) -> tuple[TablePlot, ...]:
        shown = self.shown
        return tuple(read_plots(shown.knowledge.content, shown.evidence, shown.estimates, shown.verdicts))

    def of_table(self, table: str, lang: Lang) -> tuple[Picture, ...]:
        """Values as printed; a diamond only where the source itself pools."""
        from decidua.reports.absolute.words import Phrases
        from decidua.reports.pictures.forest import draw_forest
        from decidua.reports.plots import Plots

        of = Plots(self.shown.evidence, self.shown.verdicts, Phrases(lang, self.shelf.knowledge))
        own = [plot for plot in self.plots if plot.said.table == table]
        return tuple(Picture(f"{table}-{at}", draw_forest(of.forest(plot))) for at, plot in enumerate(own, start=1))
