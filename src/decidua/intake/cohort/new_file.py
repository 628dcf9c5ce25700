"""A file that is there whole or not at all: written beside its place, flushed to the disk, then put there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from decidua.errors import UsageError


@contextmanager
def new_file(path: str | Path, *, force: bool = False) -> Iterator[Path]:
    """Gives a path in the same folder to write to. If the block ends well it becomes `path`, else it is removed.

    Without `force` a file that exists is never touched, not even one that came up meanwhile. Raises UsageError.
    """
    path = Path(path)
    if path.exists() and not force:
        raise UsageError("error.file-exists", given=path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb"):
            pass
        yield part
        flush(part)
        _place(part, path, force)
    except OSError as error:
        raise UsageError("error.cannot-write", given=path, reason=error.strerror or str(error)) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """To the disk, so that a name never leads to what is not yet there. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(part: Path, path: Path, force: bool) -> None:
    if force:
        part.replace(path)
        return
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise UsageError("error.file-exists", given=path) from None
    except OSError:  # a file system without hard links
        if path.exists():
            raise UsageError("error.file-exists", given=path) from None
        part.rename(path)
