"""A CSV of studies: delimiter, encoding and byte order mark found out, columns by metafor's names."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from decidua.errors import StudyError
from decidua.studies.numbers import check, column
from decidua.studies.problems import Problems, quoted
from decidua.studies.table import KINDS, StudyTable

COLUMNS = 1000
"""More than any table of studies has."""
DELIMITERS = (",", ";", "\t", "|")
REVIEW_COLUMNS = ("design", "kind")
REVIEWS = frozenset((
    "review", "systematic review", "systematic-review", "meta-analysis", "meta analysis", "metaanalysis", "ma", "sr",
    "umbrella review", "체계적 문헌고찰", "체계적문헌고찰", "메타분석", "메타 분석", "종설",
))  # fmt: skip


def read_csv(text: str, file: str, wanted: Sequence[str]) -> StudyTable:
    """`wanted`: kinds of columns that will do, best first. Raises StudyError with file and row."""
    problems = Problems(file)
    header, rows, lines = _rows(text, file, problems)
    kind = _kind(header, file, wanted)
    by_name = {name: position for position, name in enumerate(header)}
    cells = list(zip(*rows, strict=True)) if rows else []
    if not cells:
        raise StudyError("error.study-none", where=file)
    numbers = {name: column(cells[by_name[name]], lines, name, problems) for name in KINDS[kind]}
    given = check(kind, numbers, lines, problems)
    texts = {name: cells[at] for name, at in by_name.items() if name not in KINDS[kind] and name != "study"}
    names = cells[by_name["study"]]
    _refuse_reviews(texts, lines, names, problems)
    problems.raise_any()
    return StudyTable(file, kind, tuple(names), tuple(lines), numbers, given, texts)


def _rows(text: str, file: str, problems: Problems) -> tuple[list[str], list[list[str]], list[int]]:
    """Header, rows of the header's length, and their lines; blank lines are skipped."""
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _refuse_header(header, file)
        rows, lines, width = [], [], len(header)
        for row in reader:
            if len(row) == width:
                rows.append(row)
                lines.append(reader.line_num)
            elif any(cell.strip() for cell in row):
                problems.add("error.study-cells", reader.line_num, count=len(row), needed=width)
    except csv.Error as error:
        raise StudyError("error.study-csv", where=f"{file}:{reader.line_num}", reason=quoted(error)) from None
    if any(not any(cell.strip() for cell in row) for row in rows):
        kept = [(row, line) for row, line in zip(rows, lines, strict=True) if any(cell.strip() for cell in row)]
        rows, lines = [row for row, _ in kept], [line for _, line in kept]
    if not rows:
        problems.raise_any()
    return header, rows, lines


def _delimiter(text: str) -> str:
    """The one that gives the most known columns in the header."""
    known = {"study", *(name for names in KINDS.values() for name in names)}
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(DELIMITERS, key=lambda d: sum(name.strip().strip('"').lower() in known for name in header.split(d)))


def _refuse_header(header: list[str], file: str) -> None:
    if len(header) > COLUMNS:
        raise StudyError("error.study-wide", where=f"{file}:1", count=len(header), limit=COLUMNS)
    twice = next((name for name, times in Counter(header).items() if name and times > 1), None)
    if twice:
        raise StudyError("error.study-twice", where=f"{file}:1", column=quoted(twice))


def _kind(header: Sequence[str], file: str, wanted: Sequence[str]) -> str:
    for kind in wanted:
        if {"study", *KINDS[kind]} <= set(header):
            return kind
    nearest = max(wanted, key=lambda kind: len(set(KINDS[kind]) & set(header)))
    missing = [name for name in ("study", *KINDS[nearest]) if name not in header]
    allowed = "; ".join(", ".join(("study", *KINDS[kind])) for kind in wanted)
    raise StudyError("error.study-columns", where=f"{file}:1", missing=", ".join(missing), allowed=allowed)


def _refuse_reviews(
    texts: dict[str, tuple[str, ...]], lines: Sequence[int], names: Sequence[str], problems: Problems
) -> None:  # fmt: skip
    for name in REVIEW_COLUMNS:
        for at, cell in enumerate(texts.get(name, ())):
            if cell.strip().lower() in REVIEWS:
                problems.add("error.study-review", lines[at], study=quoted(names[at]), column=name, given=quoted(cell))
