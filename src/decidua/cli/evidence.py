"""`decidua evidence [TABLE]`: browse the study tables with the stored verdicts; nothing is computed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import known, language, packages, show

if TYPE_CHECKING:
    from decidua.language import Lang


@click.command()
@click.argument("name", metavar="[TABLE]", required=False)
@language
@packages
def command(name: str | None, lang: Lang, packages: tuple[Path, ...]) -> None:
    """List the tables, or show one: its cells as printed, repairs, claims and mismatches."""
    from decidua.content import load
    from decidua.evidence import read_evidence, read_verdicts
    from decidua.reports.tables import one_table, table_list

    content = load(packages)
    evidence, stored = read_evidence(content), read_verdicts()
    if name is None:
        show(table_list(content, evidence, stored, lang))
        return
    known("table", [name], evidence.tables)
    show(one_table(content, evidence, evidence.tables[name], stored, lang))
