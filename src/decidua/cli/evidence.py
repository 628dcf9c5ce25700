"""`decidua evidence [TABLE|OPTION]`: the study tables with the stored verdicts, and their plots."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import language, open_knowledge, packages, show
from decidua.cli.writing import refuse_existing, write

if TYPE_CHECKING:
    from decidua.content import Content
    from decidua.evidence import Evidence, Table
    from decidua.evidence.plots import TablePlot
    from decidua.language import Lang
    from decidua.reports.absolute.build import Shown
    from decidua.reports.pictures.models import ForestPlot

SUFFIXES = (".svg", ".png", ".pdf")


@click.command()
@click.argument("name", metavar="[TABLE|OPTION]", required=False)
@click.option(
    "--plot", "out", type=click.Path(path_type=Path), metavar="FILE",
    help="Draw its forest plots: FILE.svg, .png or .pdf; several are numbered (FILE-1.svg, FILE-2.svg).",
)  # fmt: skip
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@language
@packages
def command(name: str | None, out: Path | None, shape: str, lang: Lang, packages: tuple[Path, ...]) -> None:
    """List the tables, or show one, or those about an OPTION: cells as printed, repairs, claims and mismatches.

    A plot draws the printed values. A diamond stands only where the source itself pools; rows that are reviews are
    never pooled.
    """
    from decidua.content import load
    from decidua.evidence import read_evidence, read_verdicts
    from decidua.reports.tables import table_list

    if out is None and shape == "text":
        content = load(packages)
        evidence, stored = read_evidence(content), read_verdicts()
        if name is None:
            show(table_list(content, evidence, stored, lang))
        else:
            _show(content, evidence, _tables(evidence, name), lang)
        return
    _drawn_or_data(name, out, packages, lang)


def _tables(evidence: Evidence, name: str) -> list[Table]:
    """The table of that name, or those about the option of that name."""
    from difflib import get_close_matches

    from decidua.errors import UsageError

    if name in evidence.tables:
        return [evidence.tables[name]]
    found = [table for table in evidence.tables.values() if name in table.about]
    if not found:
        options = dict.fromkeys(option for table in evidence.tables.values() for option in table.about)
        names = [*evidence.tables, *options]
        near = ", ".join(get_close_matches(name, names, 3, 0.4)) or ", ".join(names[:5])
        raise UsageError("error.unknown-evidence", given=name, near=near)
    return found


def _show(content: Content, evidence: Evidence, tables: Sequence[Table], lang: Lang) -> None:
    from decidua.evidence import read_verdicts
    from decidua.reports.tables import one_table

    stored = read_verdicts()
    for table in tables:
        show(one_table(content, evidence, table, stored, lang))


def _drawn_or_data(name: str | None, out: Path | None, packages: tuple[Path, ...], lang: Lang) -> None:
    from decidua.evidence.plots import read_plots
    from decidua.reports.absolute.subject import open_shown
    from decidua.reports.table_views import table_views

    shown = open_shown(open_knowledge(packages))
    evidence = shown.evidence
    plots = read_plots(shown.knowledge.content, evidence, shown.estimates, shown.verdicts)
    tables = list(evidence.tables.values()) if name is None else _tables(evidence, name)
    if out is None:
        click.echo(table_views(shown, tables, plots, lang).model_dump_json(indent=2))
        return
    ids = {table.id for table in tables}
    _draw(shown, name or "", [plot for plot in plots if plot.said.table in ids], out, lang)


def _draw(shown: Shown, name: str, plots: Sequence[TablePlot], out: Path, lang: Lang) -> None:
    """Every file is looked for before the first is written."""
    from decidua.errors import UsageError
    from decidua.language import say
    from decidua.reports.absolute.words import Phrases
    from decidua.reports.plots import Plots

    if out.suffix not in SUFFIXES:
        raise UsageError("error.plot-suffix", given=out)
    if not plots:
        raise UsageError("error.plot-none", given=name)
    several = len(plots) > 1
    files = [out.with_stem(f"{out.stem}-{at}") if several else out for at in range(1, len(plots) + 1)]
    for file in files:
        refuse_existing(file)
    pictures = Plots(shown.evidence, shown.verdicts, Phrases(lang, shown.knowledge))
    for file, plot in zip(files, plots, strict=True):
        forest = pictures.forest(plot)
        write(_picture(forest, file.suffix), file)
        click.echo(say(lang, "plots.written", title=f"{plot.said.id} ({forest.title})", file=file))


def _picture(forest: ForestPlot, suffix: str) -> bytes:
    from decidua.reports.pictures.forest import draw_forest
    from decidua.reports.pictures.raster import pdf, png

    drawing = draw_forest(forest)
    if suffix == ".svg":
        return f"{drawing.svg(standalone=True)}\n".encode()
    return png(drawing) if suffix == ".png" else pdf(drawing)
