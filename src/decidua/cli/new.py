"""`decidua new FILE`: a commented blank patient."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import language, open_knowledge, packages

if TYPE_CHECKING:
    from decidua.language import Lang


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@language
@packages
def command(file: Path, lang: Lang, packages: tuple[Path, ...]) -> None:
    """Write a commented blank patient to FILE (- writes to standard output). A file that exists is not touched."""
    from decidua.errors import UsageError
    from decidua.intake import blank_patient

    blank = blank_patient(open_knowledge(packages).vocabulary, lang)
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
