"""From a path or standard input to text: bounded reading, UTF-8, nothing else. No meaning is given here."""

from __future__ import annotations

import sys
from pathlib import Path

from decidua.errors import PatientError, PatientSyntaxError

LIMIT = 1_000_000
"""Bytes a patient file may have; one more byte is read to know that there are more."""

UTF8_MARK = b"\xef\xbb\xbf"
OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def read_bytes(path: str | Path, limit: int = LIMIT) -> tuple[bytes, str]:
    """At most limit + 1 bytes of a file, or of standard input for `-`, and the name to show it by."""
    name = "stdin" if str(path) == "-" else str(path)
    try:
        return (_standard_input(limit) if str(path) == "-" else _file(Path(path), limit)), name
    except FileNotFoundError:
        raise PatientError("error.file-missing", where=name) from None
    except IsADirectoryError:
        raise PatientError("error.file-folder", where=name) from None
    except PermissionError:
        raise PatientError("error.file-permission", where=name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PatientError("error.file-unreadable", where=name, reason=reason) from None


def _file(path: Path, limit: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(limit + 1)


def _standard_input(limit: int) -> bytes:
    if sys.stdin is None:
        raise OSError("closed")
    return sys.stdin.buffer.read(limit + 1)


def decoded(data: bytes, name: str, limit: int = LIMIT) -> str:
    """The text of UTF-8 bytes, with or without byte order mark. Raises PatientSyntaxError."""
    if len(data) > limit:
        raise PatientSyntaxError("error.file-large", where=name, limit=limit)
    if data.startswith(OTHER_MARKS):
        raise PatientSyntaxError("error.file-utf16", where=name)
    if b"\0" in data:
        raise PatientSyntaxError("error.file-binary", where=name)
    try:
        return data.removeprefix(UTF8_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PatientSyntaxError("error.file-encoding", where=f"{name}:{line}") from None
