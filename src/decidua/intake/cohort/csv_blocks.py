"""A CSV file as blocks of text columns, each row with its line; lines that are no rows are told and left out.

A block in which every line has as many separators as the heading goes to the engine as it is. Only a block in which
something is odd is looked at line by line: quotation marks, empty lines, rows too short or too long, damaged letters.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import polars as pl

from decidua.errors import CohortError
from decidua.intake.cohort.tally import Tally
from decidua.intake.cohort.text_blocks import LOST, SIZE, line_blocks

SEPARATORS = ",;\t|"
PART = 500_000
"""Bytes of the smaller blocks in which an odd line is looked for."""
JOINED = 50
"""Lines that one cell in quotation marks may span."""
COLUMNS = 5000


@dataclass(frozen=True)
class Block:
    """Some rows of a source. `numbers`: where each row stands, for the reader."""

    frame: pl.DataFrame
    numbers: pl.Series


@dataclass(frozen=True)
class CsvFile:
    """A CSV file whose heading has been read."""

    path: Path
    names: tuple[str, ...]
    separator: str
    encoding: str | None = None
    size: int = SIZE

    def blocks(self, tally: Tally) -> Iterator[Block]:
        """All rows, in order; what is left out goes to the tally."""
        note = lambda key, **parts: tally.problem(key, file=str(self.path), note=key == "cohort.encoding", **parts)  # noqa: E731
        read = line_blocks(self.path, note, self.encoding, self.size)
        first = next(read, b"")
        _, heading, rest = _cut_heading(first)
        line, left = heading + 1, b""
        for block in chain([rest], read):
            block = left + block
            at = _open_at(self, block)
            block, left = block[:at], block[at:]
            if block:
                yield from _block(self, block, line, tally)
                line += block.count(b"\n")
        if left:
            yield from _block(self, left, line, tally)


def open_csv(path: Path, separator: str | None = None, encoding: str | None = None) -> CsvFile:
    """Reads the heading only. Raises CohortError for an empty file or one that is no table."""
    first = next(line_blocks(path, lambda *_, **__: None, encoding, 1_000_000), b"")
    text, _, _ = _cut_heading(first)
    if not text.strip():
        raise CohortError("cohort.file-empty", where=path)
    heading = text.decode("utf-8").rstrip("\r\n")
    separator = separator or max(SEPARATORS, key=_outside_quotes(heading).count)
    names = tuple(name.strip() for name in next(csv.reader([heading], delimiter=separator)))
    if len(names) > COLUMNS or "\0" in heading:
        raise CohortError("cohort.no-table", where=path)
    return CsvFile(path, names, separator, encoding)


def _outside_quotes(heading: str) -> str:
    return "".join(heading.split('"')[::2])


def _cut_heading(block: bytes) -> tuple[bytes, int, bytes]:
    """The first line that is not empty, its number, and what follows."""
    number, at = 1, 0
    while at < len(block):
        end = block.find(b"\n", at) + 1 or len(block)
        if block[at:end].strip():
            return block[at:end], number, block[end:]
        number, at = number + 1, end
    return b"", number, b""


def _block(file: CsvFile, block: bytes, line: int, tally: Tally) -> Iterator[Block]:
    if _regular(file, block):
        try:
            yield _numbered(_parsed(file, block), line)
            return
        except pl.exceptions.PolarsError:
            pass
    parts = _parts(block)
    if len(parts) > 1:
        for part in parts:
            yield from _block(file, part, line, tally)
            line += part.count(b"\n")
        return
    records = _sifted(file, block, line, tally)
    if len(records):
        yield from _careful(file, records, tally)


def _numbered(frame: pl.DataFrame, line: int) -> Block:
    return Block(frame, pl.Series("row", range(line, line + len(frame)), pl.Int64))


def _parts(block: bytes) -> list[bytes]:
    """Smaller blocks, so that few lines are looked at one by one. A cell in quotation marks may span lines, so parts
    with such marks that follow each other stay together."""
    found: list[bytes] = []
    at = 0
    while at < len(block):
        end = block.find(b"\n", at + PART) + 1 or len(block)
        part, at = block[at:end], end
        if found and b'"' in part and b'"' in found[-1]:
            found[-1] += part
        else:
            found.append(part)
    return found


def _regular(file: CsvFile, block: bytes) -> bool:
    """Whether the separators are as many as in so many whole rows; the engine itself refuses a row too long."""
    if b'"' in block or LOST in block or b"\0" in block:
        return False
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    return block.count(file.separator.encode()) == lines * (len(file.names) - 1) and len(file.names) > 1


def _parsed(file: CsvFile, block: bytes) -> pl.DataFrame:
    schema = {f"column_{n}": pl.String for n in range(len(file.names))}
    return pl.read_csv(block, has_header=False, separator=file.separator, schema=schema, infer_schema=False)


def _sifted(file: CsvFile, block: bytes, line: int, tally: Tally) -> pl.DataFrame:
    """The records that have as many cells as the heading: `number` of the line, `text`."""
    lines = pl.Series("text", block.decode("utf-8").removesuffix("\n").split("\n")).str.strip_suffix("\r")
    quotes = lines.str.count_matches('"', literal=True)
    bare = lines.str.replace_all(r'"[^"]*"', "") if (quotes > 0).any() else lines
    cells = bare.str.count_matches(file.separator, literal=True) + 1
    empty = (bare.str.strip_chars() == "") & (quotes == 0)
    lost = lines.str.contains("\ufffd", literal=True) | lines.str.contains("\0", literal=True)
    odd = quotes % 2 == 1
    numbers = pl.Series("number", range(line, line + len(lines)), dtype=pl.Int64)
    joined, used = _joined(file, lines, odd, lost)
    left = ~empty
    if used:
        left = left.scatter(sorted(used), False)
    for key, mask in (
        ("cohort.row-letters", left & lost),
        ("cohort.row-quotes", left & odd & ~lost),
        ("cohort.row-short", left & ~lost & ~odd & (cells < len(file.names))),
        ("cohort.row-long", left & ~lost & ~odd & (cells > len(file.names))),
    ):
        rows, count = tally.where(mask, numbers)
        if count:
            tally.rows += count
            tally.problem(key, file=str(file.path), rows=rows, count=count, expected=len(file.names))
    good = left & ~lost & ~odd & (cells == len(file.names))
    records = pl.DataFrame([numbers, lines]).filter(good)
    if not joined:
        return records
    more = pl.DataFrame({"number": [line + at for at in joined], "text": list(joined.values())}, schema=records.schema)
    return pl.concat([records, more]).sort("number")


def _joined(file: CsvFile, lines: pl.Series, odd: pl.Series, lost: pl.Series) -> tuple[dict[int, str], set[int]]:
    """Records of which a cell spans lines: where each begins, and every line that one of them uses.

    A line that could be a row of its own never goes on another: two stray marks would swallow the rows between them.
    """
    found: dict[int, str] = {}
    used: set[int] = set()
    for at, end in pairwise((odd & ~lost).arg_true().to_list()):
        cells = [] if at in used or end - at > JOINED else _cells(file, lines[at : end + 1].to_list())
        if len(cells) == len(file.names):
            found[at] = _written([" ".join(cell.split()) for cell in cells], file.separator)
            used.update(range(at, end + 1))
    return found, used


def _cells(file: CsvFile, lines: list[str]) -> list[str]:
    """The cells of one record over several lines; none where they are no record."""
    if any(line.count(file.separator) >= len(file.names) - 1 for line in lines[1:]):
        return []
    try:
        return next(csv.reader([f"{line}\n" for line in lines], delimiter=file.separator, strict=True), [])
    except csv.Error:
        return []


def _open_at(file: CsvFile, block: bytes) -> int:
    """Where a record begins that may go on in the next block; the end of the block if none does."""
    if block.count(b'"') % 2 == 0:
        return len(block)
    lines = block.split(b"\n")
    odd = [n for n, line in enumerate(lines) if line.count(b'"') % 2]
    texts = pl.Series("text", [line.decode("utf-8", "replace") for line in lines])
    marks = pl.Series([False]).new_from_index(0, len(lines)).scatter(odd, True)
    _, used = _joined(file, texts, marks, ~(marks | ~marks))
    last = odd[-1]
    if last in used or len(lines) - last > JOINED:
        return len(block)
    return sum(len(line) + 1 for line in lines[:last])


def _written(cells: list[str], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="").writerow(cells)
    return out.getvalue()


def _careful(file: CsvFile, records: pl.DataFrame, tally: Tally) -> Iterator[Block]:
    """Rows that the engine still refuses are found by halving."""
    try:
        frame = _parsed(file, records["text"].str.join("\n").item().encode())
        if len(frame) == len(records):
            yield Block(frame, records["number"].alias("row"))
            return
    except pl.exceptions.PolarsError:
        pass
    if len(records) == 1:
        tally.rows += 1
        rows = records["number"].to_list()
        tally.problem("cohort.row-quotes", file=str(file.path), rows=rows, expected=len(file.names))
        return
    half = len(records) // 2
    yield from _careful(file, records[:half], tally)
    yield from _careful(file, records[half:], tally)
