"""`decidua facts [ID]`: browse the content, with citations."""

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
    """List all facts, or show one (a fact or a stated name) in full, with its citations."""
    from decidua.reports import browse

    knowledge = open_knowledge(packages)
    if name is None:
        show(browse.facts(knowledge, lang))
        return
    name = knowledge.vocabulary.names.get(name, name)
    known("fact", [name], [*knowledge.vocabulary.facts, *knowledge.named])
    if name in knowledge.named:
        show(browse.one_name(knowledge, knowledge.named[name], lang))
    else:
        show(browse.one_fact(knowledge, knowledge.vocabulary.facts[name], lang))
