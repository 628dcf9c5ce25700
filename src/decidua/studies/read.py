"""Opens a file of studies, whatever it is."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Sequence
from pathlib import Path

from decidua.errors import StudyError
from decidua.studies.csv_file import read_csv
from decidua.studies.rm5 import read_rm5
from decidua.studies.table import StudyTable

LARGEST = 1 << 28
"""Bytes; some five million rows."""


def read_studies(path: str, wanted: Sequence[str], outcome: str | None = None) -> StudyTable:
    """`path`: CSV or .rm5, `-` for standard input. `wanted`: kinds of columns that will do, best first.

    Raises StudyError, one line for each problem with file and row.
    """
    return read_study_bytes(_bytes(path), path, wanted, outcome)


def read_study_bytes(data: bytes, path: str, wanted: Sequence[str], outcome: str | None = None) -> StudyTable:
    """The same for what is in memory already; `path` is its name only, nothing is opened."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise StudyError("error.study-none", where=path)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_rm5(data, path, outcome)
    if path.lower().endswith(".rm5"):
        if data.lstrip(b"\xff\xfe\x00 \t\r\n").startswith(b"<"):  # UTF-16
            return read_rm5(data, path, outcome)
        raise StudyError("error.study-rm5-not", where=path)
    return read_csv(_text(data, path), path, wanted)


def _bytes(path: str) -> bytes:
    try:
        if path == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST + 1)
    except OSError as error:
        raise StudyError("error.study-file", where=path, reason=error.strerror or type(error).__name__) from None
    if len(data) > LARGEST:
        raise StudyError("error.study-size", where=path, limit=LARGEST)
    return data


def _text(data: bytes, path: str) -> str:
    """UTF-8 with or without mark, or UTF-16 with mark: what spreadsheets write."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StudyError("error.study-encoding", where=f"{path}:{line}") from None
    if "\x00" in text:
        raise StudyError("error.study-encoding", where=path)
    return text
