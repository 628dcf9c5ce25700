"""A folder that is there whole or not at all."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from decidua.errors import UsageError
from decidua.intake.cohort.new_file import flush

HERE, EXCHANGE = -100, 2
"""Linux: AT_FDCWD and RENAME_EXCHANGE of renameat2."""


@contextmanager
def new_folder(out: Path, own: Collection[str], force: bool) -> Iterator[Path]:
    """Gives a folder beside `out` to write to; if the block ends well it becomes `out`, else it is removed.

    own: names of files that a folder which is replaced may hold; one with anything else is never touched. Raises
    UsageError.
    """
    part, old = (out.with_name(f".{out.name}.{os.getpid()}.{kind}") for kind in ("part", "old"))
    try:
        if out.exists() and not force:
            raise UsageError("error.file-exists", given=out)
        if out.is_dir() and any(file.name not in own for file in out.iterdir()):
            raise UsageError("error.folder-others", given=out)
        part.mkdir()
        yield part
        for file in part.iterdir():
            flush(file)
        _place(part, out, old, force)
    except OSError as error:
        raise UsageError("error.cannot-write", given=out, reason=error.strerror or type(error).__name__) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _place(part: Path, out: Path, old: Path, force: bool) -> None:
    """What was there before is gone only when the new folder stands in its place."""
    if not (out.is_dir() and force):
        part.rename(out)
        return
    if _exchanged(part, out):
        return  # the old one is now the part, which is removed
    out.rename(old)
    try:
        part.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Both names at once, so that a kill finds the old folder or the new one; False where the system cannot."""
    swap = getattr(ctypes.CDLL(None), "renameat2", None)
    return swap is not None and swap(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0
