"""A text file of any size as blocks of whole lines in UTF-8: gzip opened, other encodings turned, damage named.

A block holds the bytes of its lines. Where a byte means no letter the line holds U+FFFD, and is refused later.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from decidua.errors import CohortError

SIZE = 32_000_000
"""Bytes of a block: enough for the engine to be busy, little enough to hold several."""
LONGEST = 4_000_000
"""Bytes of one line; a longer one means that this is no table."""
MARKS = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
LOST = "\ufffd".encode()
_HANGUL = re.compile("[가-힣]")
_BEYOND = re.compile("[^\x00-\x7f]")

Note = Callable[..., None]
"""Takes the key of a sentence and its parts: what was odd with the file as a whole."""


def line_blocks(path: Path, note: Note, encoding: str | None = None, size: int = SIZE) -> Iterator[bytes]:
    """Whole lines, each block ending with a line end except perhaps the last. Raises CohortError.

    note is told of a damaged gzip (`cohort.gzip-cut`) and of an encoding that is not UTF-8 (`cohort.encoding`).
    """
    raw = _unpacked(path, note, size)
    first = next(raw, b"")
    name = encoding or _encoding(first, path)
    if name != "utf-8" and encoding is None:
        note("cohort.encoding", encoding=name)
    yield from _lines(_utf8(first, raw, name), path)


def _unpacked(path: Path, note: Note, size: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            first = file.read(size)
            packed = first.startswith(b"\x1f\x8b")
            read = iter(lambda: file.read(size), b"")
            yield from _gunzipped(first, read, note, size) if packed else _chain(first, read)
    except OSError as error:
        raise CohortError("error.file-unreadable", where=path, reason=error.strerror or str(error)) from None


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _gunzipped(first: bytes, rest: Iterator[bytes], note: Note, size: int) -> Iterator[bytes]:
    """All that can be read, and a note where the end is missing or damaged."""
    stream, whole = zlib.decompressobj(31), False
    try:
        for packed in _chain(first, rest):
            while packed:
                if stream.eof:
                    if not packed.startswith(b"\x1f\x8b"):
                        break  # padding after the last member
                    stream = zlib.decompressobj(31)
                out = stream.decompress(packed, size)
                packed = stream.unconsumed_tail or stream.unused_data
                whole = stream.eof
                if out:
                    yield out
    except zlib.error:
        whole = False
    if not whole:
        note("cohort.gzip-cut")
        yield LOST  # the line that is cut must not pass for a whole one


def _encoding(first: bytes, path: Path) -> str:
    """By its mark, else UTF-8, else Korean Windows where the letters are Korean. Raises CohortError."""
    for mark, name in MARKS:
        if first.startswith(mark):
            return name
    upper, lower = first[:400:2].count(0), first[1:400:2].count(0)
    if upper + lower > len(first[:400]) // 8:  # separators and digits of two bytes each
        return "utf-16-le" if lower > upper else "utf-16-be"
    if _readable(first, "utf-8") is not None:
        return "utf-8"
    korean = _readable(first, "cp949")
    if korean is not None and _mostly_hangul(korean):
        return "cp949"
    if _few_lost(first):
        return "utf-8"
    raise CohortError("cohort.encoding-unknown", where=path)


def _readable(data: bytes, encoding: str) -> str | None:
    """The text, of which the last letter may be cut."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return None


def _mostly_hangul(text: str) -> bool:
    beyond = len(_BEYOND.findall(text))
    return beyond > 0 and len(_HANGUL.findall(text)) >= 0.9 * beyond


def _few_lost(data: bytes) -> bool:
    """Whether UTF-8 with a few damaged lines, rather than another encoding altogether."""
    lines = data.split(b"\n")[:-1]
    bad = sum(_readable(line, "utf-8") is None for line in lines)
    return bool(lines) and bad <= max(1, len(lines) // 100) and _readable(lines[0], "utf-8") is not None


def _utf8(first: bytes, rest: Iterator[bytes], name: str) -> Iterator[bytes]:
    if codecs.lookup(name).name == "utf-8":
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(name)("replace")
    for data in _chain(first, rest):
        yield decoder.decode(data).removeprefix("\ufeff").encode()
    yield decoder.decode(b"", final=True).encode()


def _lines(blocks: Iterator[bytes], path: Path) -> Iterator[bytes]:
    left = b""
    for block in blocks:
        block = left + _ends(block, left)
        cut = block.rfind(b"\n") + 1
        if not cut and len(block) > LONGEST:
            raise CohortError("cohort.line-long", where=path, limit=LONGEST)
        if cut:
            yield _valid(block[:cut])
        left = block[cut:]
    if left:
        yield _valid(left)


def _ends(block: bytes, left: bytes) -> bytes:
    """Line ends of old Macintosh files as those of everyone else."""
    if b"\n" not in block and b"\n" not in left and b"\r" in block.rstrip(b"\r"):
        return block.replace(b"\r", b"\n")
    return block


def _valid(block: bytes) -> bytes:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return block.decode("utf-8", "replace").encode()
    return block
