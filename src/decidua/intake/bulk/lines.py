"""Files as lines, plain or gzip, in parts that several processes can share; a line that is too long is passed over."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from decidua.errors import CohortError
from decidua.intake.cohort.sources import sources
from decidua.intake.fhir.bundle import LIMIT

BUNDLE, LINES = (".json", ".json.gz"), (".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz")
PART = 32_000_000
"""Bytes of a file that one process reads at a time; gzip cannot be divided."""


@dataclass(frozen=True)
class Part:
    """Bytes `start` to `end` of a file, from the first line that begins there; a file of one bundle is whole."""

    file: str
    start: int = 0
    end: int | None = None

    @property
    def is_bundle(self) -> bool:
        return self.file.lower().endswith(BUNDLE)

    @property
    def packed(self) -> bool:
        return self.file.lower().endswith(".gz")


@dataclass(frozen=True)
class Line:
    """A line and its number within the part, from 1. Without `data`, `key` says what is wrong with it."""

    number: int
    data: bytes = b""
    key: str = ""


def parts(paths: str | Path | Sequence[str | Path]) -> list[Part]:
    """What there is to read, in the order of names. Raises CohortError where there is none."""
    found: list[Part] = []
    for file in sources(paths, BUNDLE + LINES):
        name, whole = str(file), Part(str(file))
        if not name.lower().endswith(BUNDLE + LINES):
            raise CohortError("bulk.no-files", where=name)
        size = file.stat().st_size
        if whole.is_bundle or whole.packed or size <= PART:
            found.append(whole)
        else:
            found += [Part(name, start, min(start + PART, size)) for start in range(0, size, PART)]
    return found


def lines(part: Part) -> Iterator[Line]:
    """Every line that is not blank. What cannot be read is said, and what stands before it is given."""
    number = 0
    try:
        with opened(part) as stream:
            for number, data in enumerate(_raw(stream, part), 1):
                if data is None:
                    yield Line(number, key="bulk.file-large")
                elif not data.isspace():
                    yield Line(number, data)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        yield Line(number + 1, key="bulk.gzip-cut")
    except OSError:
        yield Line(number + 1, key="bulk.file-missing")


def opened(part: Part) -> BinaryIO:
    if part.packed:
        return cast(BinaryIO, gzip.open(part.file, "rb"))
    return Path(part.file).open("rb")


def _raw(stream: BinaryIO, part: Part) -> Iterator[bytes | None]:
    """None is a line that is too long; a line that began before the part is another part's."""
    if part.start:
        stream.seek(part.start - 1)
        _rest(stream)
    while part.end is None or stream.tell() < part.end:
        data = stream.readline(LIMIT + 1)
        if not data:
            return
        if len(data) > LIMIT and not data.endswith(b"\n"):
            _rest(stream)
            yield None
        else:
            yield data


def _rest(stream: BinaryIO) -> None:
    """To the end of the line."""
    while (data := stream.readline(1 << 20)) and not data.endswith(b"\n"):
        pass


def whole(part: Part) -> Line:
    """A file of one bundle; one byte more than may be is read, so that it is known to be too large."""
    try:
        with opened(part) as stream:
            return Line(0, stream.read(LIMIT + 1))
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return Line(0, key="bulk.gzip-cut")
    except OSError:
        return Line(0, key="bulk.file-missing")
