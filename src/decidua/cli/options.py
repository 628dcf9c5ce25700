"""`decidua options [ID]`: browse the content, with citations."""

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
    """List all options, or show one (a therapy or test) in full, with its citations."""
    from decidua.reports import browse

    knowledge = open_knowledge(packages)
    from decidua.consult import order

    if name is None:
        show(browse.options(knowledge, order(knowledge), lang))
        return
    known("option", [name], knowledge.options)
    show(browse.one_option(knowledge, knowledge.options[name], lang))
