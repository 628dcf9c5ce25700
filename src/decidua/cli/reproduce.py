"""`decidua reproduce [TABLE]`: recompute the printed numbers; `--write` stores the verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import known, language, packages, show

if TYPE_CHECKING:
    from decidua.content import Content
    from decidua.evidence import Evidence, Verdict
    from decidua.language import Lang


@click.command()
@click.argument("name", metavar="[TABLE]", required=False)
@click.option("--format", "shape", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.option("--write", is_flag=True, help="Store the verdicts in the shipped content (for its editors).")
@language
@packages
def command(name: str | None, shape: str, write: bool, lang: Lang, packages: tuple[Path, ...]) -> None:
    """Verdict, recomputed value and method for every printed number of TABLE, or of all tables.

    Exact, rounding, mismatch or not recomputable; with how many candidate methods would match.
    """
    from decidua.content import load
    from decidua.errors import UsageError
    from decidua.evidence import read_evidence, write_verdicts

    if write and (name or packages):
        raise UsageError("error.write-filtered")
    content = load(packages)
    evidence = read_evidence(content)
    verdicts = _recomputed(evidence, known("table", [name] if name else [], evidence.tables))
    if write:
        write_verdicts(verdicts)
    _print(content, evidence, verdicts, shape, lang)


def _recomputed(evidence: Evidence, tables: tuple[str, ...]) -> list[Verdict]:
    from decidua.errors import UsageError
    from decidua.evidence.reproduce import reproduce

    try:
        import scipy  # noqa: F401
    except ImportError:
        raise UsageError("error.needs-evidence") from None
    return reproduce(evidence, tables)


def _print(content: Content, evidence: Evidence, verdicts: list[Verdict], shape: str, lang: Lang) -> None:
    from decidua.reports.reproduction import as_csv, build_reproduction, draw

    report = build_reproduction(content, evidence, verdicts, lang)
    if shape == "json":
        click.echo(report.model_dump_json(indent=2))
    elif shape == "csv":
        click.echo(as_csv(report), nl=False)
    else:
        show(draw(report, lang))
