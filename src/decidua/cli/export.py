"""`decidua export cql|fhir|evidence OUT`: the guidelines in others' standards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import language, open_knowledge, packages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decidua.language import Lang


@click.command()
@click.argument("kind", type=click.Choice(["cql", "fhir", "evidence"]))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@language
@packages
def command(kind: str, out: Path, lang: Lang, packages: tuple[Path, ...]) -> None:
    """Write the guidelines to the folder OUT, which must be new or empty.

    cql: a library for each guideline, as text and as ELM. fhir: an R4 package with CQL, PlanDefinitions, a
    Questionnaire, value sets and test patients. evidence: an R5 package of the study tables.
    """
    from decidua.fhir import export
    from decidua.fhir.canonical import version_of
    from decidua.language import say

    _check(out)
    knowledge = open_knowledge(packages)
    make = {"cql": export.export_cql, "fhir": export.export_fhir, "evidence": export.export_evidence}[kind]
    files = make(knowledge)
    _write(out, files)
    click.echo(say(lang, "export.written", count=len(files), folder=out, version=version_of(knowledge.content)))


def _check(out: Path) -> None:
    """Before anything is worked out: a folder that is new or empty."""
    from decidua.errors import UsageError

    if out.is_dir():
        try:
            full = any(out.iterdir())
        except OSError as error:
            raise UsageError("error.export-write", folder=out, reason=error.strerror) from None
        if full:
            raise UsageError("error.export-full", folder=out)
    elif out.exists() or out.is_symlink():
        raise UsageError("error.export-file", folder=out)


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    from decidua.errors import UsageError

    try:
        for name, content in files.items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(content)
    except OSError as error:
        raise UsageError("error.export-write", folder=out, reason=error.strerror) from None
