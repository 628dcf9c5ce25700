"""`decidua pool STUDIES`: one meta-analysis of a file of studies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from decidua.cli.settings import language, show

if TYPE_CHECKING:
    from decidua.language import Lang
    from decidua.reports.pool_models import PoolReport

TAU2 = ("DL", "PM", "REML", "ML", "EB", "SJ", "HE", "HS")
MEASURES = ("OR", "RR", "RD", "PETO", "MD", "SMD")
EXTRAS = ("leave-one-out", "cumulative", "influence", "asymmetry", "trim-fill")


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
@click.option("--format", "shape", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@language
def command(
    studies: str, measure: str | None, model: str | None, method: str | None, tau2: str | None, ci: str,
    zero: str | None, level: float, prediction: str, by: str | None, moderators: tuple[str, ...],
    extras: tuple[str, ...], outcome: str | None, shape: str, lang: Lang,
) -> None:  # fmt: skip
    """Pool the studies in STUDIES (CSV, RevMan 5 .rm5; - reads standard input).

    Columns: study, ai, n1i, ci, n2i (events and totals), or study, m1i, sd1i, n1i, m2i, sd2i, n2i (means), or study,
    estimate, lower, upper; further columns for --by and --moderators. Every convention is named in the result.
    """
    _require_numpy()
    from decidua.reports.pool_build import build_pool_report
    from decidua.reports.pool_plan import Asked
    from decidua.studies import read_studies

    asked = Asked(
        measure, model, method, tau2, ci, zero, level, prediction, by, moderators, tuple(dict.fromkeys(extras))
    )
    _print(build_pool_report(read_studies(studies, asked.wanted, outcome), asked, lang), shape)


def _require_numpy() -> None:
    from importlib.util import find_spec

    from decidua.errors import UsageError

    if not (find_spec("numpy") and find_spec("scipy")):
        raise UsageError("error.pool-numpy")


def _print(report: PoolReport, shape: str) -> None:
    from decidua.reports.pool_text import pool_csv, pool_text

    if shape == "json":
        click.echo(report.model_dump_json(indent=2))
    elif shape == "csv":
        click.echo(pool_csv(report), nl=False)
    else:
        show(pool_text(report))
