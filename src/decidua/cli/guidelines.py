"""`decidua guidelines [ID]`: browse the content, with citations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import known, language, open_knowledge, packages, show

if TYPE_CHECKING:
    from decidua.language import Lang


@click.command()
@click.argument("name", metavar="[ID]", required=False)
@language
@packages
def command(name: str | None, lang: Lang, packages: tuple[Path, ...]) -> None:
    """List all guidelines, or show one (a guideline) in full, with its citations."""
    from decidua.reports import browse

    knowledge = open_knowledge(packages)
    if name is None:
        show(browse.guidelines(knowledge, lang))
        return
    known("guideline", [name], knowledge.guidelines)
    show(browse.one_guideline(knowledge, knowledge.guidelines[name], lang))
