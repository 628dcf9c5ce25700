"""Where a result goes: to standard output, or to a new file. A file that exists is not touched."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import click


def is_file(out: Path | None) -> bool:
    """`-` is standard output."""
    return out is not None and str(out) != "-"


def refuse_existing(out: Path | None, *, force: bool = False, folder: bool = False) -> None:
    """Raises UsageError before any work is done; with `force` only where a file would replace a folder, or a folder a
    file."""
    from decidua.errors import UsageError

    if out is None or not is_file(out) or not out.exists():
        return
    if not force:
        raise UsageError("error.file-exists", given=out)
    if out.is_dir() != folder:
        raise UsageError("error.output-file" if folder else "error.output-folder", given=out)


def write(content: bytes, out: Path | None) -> None:
    """Raises UsageError for a file that exists, or that cannot be written."""
    from decidua.errors import UsageError

    if out is None or not is_file(out):
        click.echo(content, nl=False)
        return
    try:
        with out.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise UsageError("error.file-exists", given=out) from None
    except OSError as error:
        raise UsageError("error.cannot-write", given=out, reason=error.strerror or type(error).__name__) from None


def plain(lines: Iterable[object]) -> bytes:
    """What a terminal of 100 columns would show, without colours."""
    from rich.console import Console

    text = io.StringIO()
    console = Console(file=text, width=100, highlight=False, emoji=False, markup=False)
    for line in lines:
        console.print(line)
    return text.getvalue().encode()
