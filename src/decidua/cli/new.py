"""`decidua new FILE`: a commented blank patient, or the start of a mapping for a cohort."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import language, open_knowledge, packages

if TYPE_CHECKING:
    from decidua.guidelines import Knowledge
    from decidua.language import Lang


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--mapping", "source", type=click.Path(path_type=Path), metavar="SOURCE",
              help="Write the start of a mapping for this cohort instead.")  # fmt: skip
@language
@packages
def command(file: Path, source: Path | None, lang: Lang, packages: tuple[Path, ...]) -> None:
    """Write a commented blank patient to FILE (- writes to standard output). A file that exists is not touched."""
    from decidua.errors import UsageError

    if source is not None:
        _require_columns()
    knowledge = open_knowledge(packages)
    blank = _blank(knowledge, lang) if source is None else _mapping(knowledge, source, lang)
    if str(file) == "-":
        click.echo(blank, nl=False)
        return
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(blank)
    except FileExistsError:
        raise UsageError("error.file-exists", given=file) from None
    except OSError as error:
        raise UsageError("error.cannot-write", given=file, reason=error.strerror or type(error).__name__) from None


def _require_columns() -> None:
    from importlib.util import find_spec

    from decidua.errors import UsageError

    if not find_spec("polars"):
        raise UsageError("error.cohort-extra")


def _blank(knowledge: Knowledge, lang: Lang) -> str:
    from decidua.intake import blank_patient

    return blank_patient(knowledge.vocabulary, lang)


def _mapping(knowledge: Knowledge, source: Path, lang: Lang) -> str:
    from decidua.intake.cohort import Names
    from decidua.intake.cohort.mapping_start import mapping_start

    return mapping_start(source, Names(knowledge.vocabulary, knowledge.stated, knowledge.options), lang)
