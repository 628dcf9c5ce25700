"""A folder that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_folder(out: Path, own: Collection[str], force: bool) -> Iterator[Path]:
    """Gives a folder beside `out` to write to; if the block ends well it becomes `out`, else it is removed.

    own: names of files that a folder which is replaced may hold; one with anything else is never touched. Raises
    UsageError.
    """
    from decidua.errors import UsageError

    part, old = (out.with_name(f".{out.name}.{os.getpid()}.{kind}") for kind in ("part", "old"))
    try:
        if out.is_dir() and any(file.name not in own for file in out.iterdir()):
            raise UsageError("error.synthesize-folder", given=out)
        part.mkdir()
        yield part
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
    out.rename(old)
    try:
        part.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
