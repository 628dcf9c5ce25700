"""`decidua pool STUDIES`: one meta-analysis of a file of studies, as text, data or a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from decidua.cli.settings import language, show
from decidua.cli.writing import is_file, plain, refuse_existing, write

if TYPE_CHECKING:
    from decidua.language import Lang
    from decidua.reports.pictures.make import Name
    from decidua.reports.pictures.models import Side
    from decidua.reports.pool.models import PoolReport

    Shape = Literal["text", "json", "csv", "svg", "png", "pdf", "html"]

TAU2 = ("DL", "PM", "REML", "ML", "EB", "SJ", "HE", "HS")
MEASURES = ("OR", "RR", "RD", "PETO", "MD", "SMD")
EXTRAS = ("leave-one-out", "cumulative", "influence", "asymmetry", "trim-fill")
PICTURES = ("svg", "png", "pdf", "html")
STEPS = ("cumulative", "leave-one-out")


def _names(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


@click.command()
@click.argument("studies", metavar="STUDIES")
@click.option("--measure", type=click.Choice(MEASURES, case_sensitive=False), help="Needed for CSV.")
@click.option(
    "--model",
    type=click.Choice(["fixed", "random"]),
    help="Default: fixed for Peto's method, else what a .rm5 says, else random.",
)
@click.option(
    "--method",
    type=click.Choice(["MH", "IV", "Peto"], case_sensitive=False),
    help="Default in a fixed model of counts: Peto for PETO, else MH. Any other default: IV. "
    "MH with random is RevMan 5's.",
)
@click.option("--tau2", type=click.Choice(TAU2, case_sensitive=False), help="Default: REML.")
@click.option("--ci", type=click.Choice(["wald", "hksj", "hksj-floor"]), default="wald", show_default=True)
@click.option(
    "--zero",
    type=click.Choice(["metafor", "revman"]),
    help="Whose way with zero cells (and, for SMD, whose formula). Default: metafor; revman for MH random.",
)
@click.option("--level", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True)
@click.option(
    "--prediction",
    type=click.Choice(["higgins", "inthout", "normal"]),
    default="higgins",
    show_default=True,
    help="t with k-2 or k-1 degrees, or the normal quantile.",
)
@click.option("--by", metavar="COLUMN", help="Subgroups by this column.")
@click.option("--moderators", callback=_names, metavar="A,B", help="Meta-regression on these columns.")
@click.option("--also", "extras", type=click.Choice(EXTRAS), multiple=True, help="May be repeated.")
@click.option("--outcome", metavar="ID", help="Of a .rm5 with several, for example CMP-001.01.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "csv", *PICTURES]),
    default="text",
    show_default=True,
    help="svg, png, pdf: a picture; html: a page with the picture, its numbers and the methods.",
)
@click.option(
    "--plot",
    type=click.Choice(["forest", "funnel", *STEPS]),
    help="Which picture. Default: forest. With --also trim-fill a funnel shows the studies that it adds.",
)
@click.option("--favours-left", metavar="TEXT", help="What the left side of the picture favours.")
@click.option("--favours-right", metavar="TEXT", help="What the right side of the picture favours.")
@click.option("--good", type=click.Choice(["left", "right"]), help="The side that is better for the patient.")
@click.option("--contours", is_flag=True, help="Shade a funnel by p.")
@click.option("--methods", is_flag=True, help="Add a paragraph on methods, with references, to the text.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to FILE (- for standard output). A file that exists is not touched. Needed for png and pdf.",
)
@language
def command(
    studies: str, measure: str | None, model: str | None, method: str | None, tau2: str | None, ci: str,
    zero: str | None, level: float, prediction: str, by: str | None, moderators: tuple[str, ...],
    extras: tuple[str, ...], outcome: str | None, shape: Shape, plot: Name | None, favours_left: str | None,
    favours_right: str | None, good: Side | None, contours: bool, methods: bool, out: Path | None, lang: Lang,
) -> None:  # fmt: skip
    """Pool the studies in STUDIES (CSV, RevMan 5 .rm5; - reads standard input).

    Columns: study, ai, n1i, ci, n2i (events and totals), or study, m1i, sd1i, n1i, m2i, sd2i, n2i (means), or study,
    estimate, lower, upper; further columns for --by and --moderators. Every convention is named in the result.
    """
    _require_numpy()
    _require_picture(shape, out, {"--plot": plot, "--favours-left": favours_left, "--favours-right": favours_right,
                                  "--good": good, "--contours": contours})  # fmt: skip
    from decidua.reports.pool.build import build_pool_report
    from decidua.reports.pool.plan import Asked
    from decidua.studies import read_studies

    wanted = (*extras, *([plot] if plot in STEPS else []))
    asked = Asked(
        measure, model, method, tau2, ci, zero, level, prediction, by, moderators, tuple(dict.fromkeys(wanted))
    )
    table = read_studies(studies, asked.wanted, outcome)
    report = build_pool_report(table, asked, lang)
    if shape == "text" and is_file(out):
        write(plain(_text(report, methods)), out)
    elif shape == "text":
        show(_text(report, methods))
    elif shape == "json" or shape == "csv":
        write(_data(report, shape), out)
    else:
        from decidua.reports.pictures.from_pool import Favours
        from decidua.reports.pictures.make import file_of, plot_of

        favours = Favours(favours_left, favours_right, good)
        write(file_of(report, plot_of(report, table, plot or "forest", favours, contours=contours), shape), out)


def _require_numpy() -> None:
    from importlib.util import find_spec

    from decidua.errors import UsageError

    if not (find_spec("numpy") and find_spec("scipy")):
        raise UsageError("error.pool-numpy")


def _require_picture(shape: str, out: Path | None, given: dict[str, object]) -> None:
    """Whatever would fail at the end fails before the work."""
    from decidua.errors import UsageError

    for option, value in given.items():
        if value and shape not in PICTURES:
            raise UsageError("error.picture-option", option=option)
    if shape in ("png", "pdf"):
        from decidua.reports.pictures.raster import require_engine

        require_engine()
        if out is None:
            raise UsageError("error.picture-out", given=shape)
    refuse_existing(out)


def _data(report: PoolReport, shape: str) -> bytes:
    from decidua.reports.pool.text import pool_csv

    return (report.model_dump_json(indent=2) + "\n" if shape == "json" else pool_csv(report)).encode()


def _text(report: PoolReport, methods: bool) -> Iterator[object]:
    from rich.text import Text

    from decidua.language import say
    from decidua.reports.methods import write_methods
    from decidua.reports.pool.text import pool_text

    yield from pool_text(report)
    if methods:
        found = write_methods(report)
        yield Text()
        yield Text(say(report.language, "picture.methods"), style="bold")
        yield Text(found.text)
        for paper in found.references:
            yield Text(f"[{paper.number}] {paper.text}" + (f" doi:{paper.doi}" if paper.doi else ""))
