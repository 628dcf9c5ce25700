"""Tables as data: cells as printed, repairs, verdicts, and the plots of their rows."""

from __future__ import annotations

from collections.abc import Iterable

from decidua import __version__
from decidua.evidence import Table
from decidua.evidence.plots import TablePlot
from decidua.language import Lang
from decidua.reports import table_models as m
from decidua.reports.absolute.build import Shown
from decidua.reports.absolute.words import Phrases
from decidua.reports.plots import Plots
from decidua.reports.reproduction import claim_view, use_line
from decidua.reports.tables import of_table


def table_views(shown: Shown, tables: Iterable[Table], plots: Iterable[TablePlot], lang: Lang) -> m.EvidenceTables:
    content = shown.knowledge.content
    drawn = list(plots)
    views = tuple(_table(shown, one, [plot for plot in drawn if plot.said.table == one.id], lang) for one in tables)
    return m.EvidenceTables(
        software=f"decidua {__version__}", content=content.hash, use=use_line(content, lang), tables=views
    )


def _table(shown: Shown, table: Table, plots: Iterable[TablePlot], lang: Lang) -> m.TableView:
    pictures = Plots(shown.evidence, shown.verdicts, Phrases(lang, shown.knowledge))
    return m.TableView(
        id=table.id, title=table.title[lang], kind=table.kind, about=table.about,
        outcome=table.outcome[lang] if table.outcome else None, note=table.note[lang] if table.note else None,
        headers=tuple(header.printed for header in table.headers),
        rows=tuple(
            m.TableRowView(
                key=row.key, lines=row.lines, printed=row.printed, review=row.review,
                note=row.note[lang] if row.note else None,
                repairs=tuple(
                    m.RepairView(cell=cell, value=one.value, note=one.note[lang]) for cell, one in row.repairs.items()
                ),
            )
            for row in table.rows
        ),
        claims=tuple(claim_view(shown.evidence, one, lang) for one in of_table(shown.verdicts, table.id)),
        plots=tuple(map(pictures.forest, plots)),
    )  # fmt: skip
