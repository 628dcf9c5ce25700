"""A file of ratings as it stands: a head of `key: value`, and a row of cells for each appraiser, all with their lines.

CSV: lines `# key: value`, then a table. YAML: the same keys, and under `ratings` a list of tables with the names of the
columns. Both give the same sheet; nothing is understood here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from decidua.appraisal.problems import Problems, quoted
from decidua.content.places import duplicate_keys
from decidua.errors import AppraisalError

LARGEST = 1_000_000
"""Bytes; a rating has some hundred."""
DEEPEST = 3
"""A mapping, its list of ratings, a mapping each."""
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Cell:
    text: str
    line: int


@dataclass(frozen=True)
class Row:
    """The cells of one appraiser by the name of their column."""

    cells: Mapping[str, Cell]
    line: int


@dataclass(frozen=True)
class Sheet:
    """`columns`: where the names of the columns stand: the one header of a CSV, every row of a YAML."""

    head: Mapping[str, Cell]
    columns: tuple[Row, ...]
    rows: tuple[Row, ...]


def read_sheet(path: Path, problems: Problems) -> Sheet:
    """YAML by its ending, else CSV. Raises AppraisalError for what cannot be read at all."""
    text = _text(path)
    if not text.strip():
        raise AppraisalError("error.agree-empty", where=str(path))
    return _yaml(text, problems) if path.suffix.lower() in (".yaml", ".yml") else _csv(text, problems)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise AppraisalError("error.agree-file", where=str(path), reason=error.strerror or "?") from None
    if len(data) > LARGEST:
        raise AppraisalError("error.agree-size", where=str(path), limit=LARGEST)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise AppraisalError("error.agree-encoding", where=f"{path}:{line}") from None
    if "\0" in text:
        raise AppraisalError("error.agree-encoding", where=str(path))
    return text


# ---- CSV ------------------------------------------------------------------------------------------------------------


def _csv(text: str, problems: Problems) -> Sheet:
    head: dict[str, Cell] = {}
    header, names = Row({}, 1), list[str]()
    rows: list[Row] = []
    delimiter = _delimiter(text)
    for given, line in _lines(text, delimiter, problems):
        cells = [cell.strip() for cell in given]
        if cells[0].startswith("#"):
            _head(delimiter.join(given).rstrip(delimiter), line, head, problems)
        elif not names:
            names = [cell.lower() for cell in cells]
            header = _header(names, line, problems)
        elif len(cells) != len(names):
            problems.add("error.agree-cells", line, count=len(cells), needed=len(names))
        else:
            rows.append(Row({name: Cell(cell, line) for name, cell in zip(names, cells, strict=True)}, line))
    return Sheet(head, (header,), tuple(rows))


def _delimiter(text: str) -> str:
    """The one that stands most often in the first line that is no line of the head."""
    table = next((line for line in text.splitlines() if line.strip() and line.lstrip('" ')[:1] != "#"), "")
    return max(DELIMITERS, key=table.count)


def _lines(text: str, delimiter: str, problems: Problems) -> Iterator[tuple[list[str], int]]:
    """The cells of each line that has any, and its number."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield row, reader.line_num
    except csv.Error as error:
        raise AppraisalError("error.agree-csv", where=problems.at(reader.line_num), reason=quoted(error)) from None


def _head(text: str, line: int, head: dict[str, Cell], problems: Problems) -> None:
    """`# key: value`; a spreadsheet may have put it in quotes, or filled it up with delimiters."""
    key, colon, value = text.lstrip("# ").partition(":")
    name = key.strip().lower()
    if not colon:
        problems.add("error.agree-head", line, given=quoted(text))
    elif name in head:
        problems.add("error.agree-twice", line, name=quoted(name), first=head[name].line)
    else:
        head[name] = Cell(value.strip(), line)


def _header(names: list[str], line: int, problems: Problems) -> Row:
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.add("error.agree-twice", line, name=quoted(name), first=line)
    return Row({name: Cell(name, line) for name in names}, line)


# ---- YAML -----------------------------------------------------------------------------------------------------------


def _yaml(text: str, problems: Problems) -> Sheet:
    root = _composed(text, problems)
    for key, first, line in duplicate_keys(root):
        problems.add("error.agree-twice", line, name=quoted(key), first=first)
    if not isinstance(root, MappingNode):
        raise AppraisalError("error.agree-mapping", where=problems.file)
    head: dict[str, Cell] = {}
    rows: list[Row] = []
    for key, value in root.value:
        if key.value == "ratings" and isinstance(value, SequenceNode):
            rows = [_row(node, problems) for node in value.value]
        else:
            head[str(key.value)] = _cell(key, value, problems)
    return Sheet(head, tuple(rows), tuple(rows))


def _composed(text: str, problems: Problems) -> Node | None:
    """Depth and aliases are looked at before anything is built: neither may cost memory or the stack."""
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > DEEPEST or isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise AppraisalError("error.agree-shape", where=problems.at(line))
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise AppraisalError("error.agree-yaml", where=problems.at(line), reason=quoted(error.problem)) from None
    except yaml.YAMLError as error:
        raise AppraisalError("error.agree-yaml", where=problems.file, reason=quoted(error)) from None


def _row(node: Node, problems: Problems) -> Row:
    line = node.start_mark.line + 1
    if not isinstance(node, MappingNode):
        problems.add("error.agree-row", line)
        return Row({}, line)
    return Row({str(key.value).lower(): _cell(key, value, problems) for key, value in node.value}, line)


def _cell(key: Node, value: Node, problems: Problems) -> Cell:
    """The text as written: YAML would read `yes` as true. Null is empty."""
    line = key.start_mark.line + 1
    if not isinstance(value, ScalarNode):
        problems.add("error.agree-value", line, name=quoted(key.value))
        return Cell("", line)
    return Cell("" if value.tag.endswith(":null") else value.value.strip(), line)
