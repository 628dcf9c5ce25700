"""A mapping file (YAML), read and checked for its own shape; all that is wrong is said at once, with file and line."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from decidua.errors import PatientError
from decidua.intake.cohort.mapping import (
    ColumnMapping,
    ColumnRule,
    Complete,
    DateRule,
    DoneRule,
    EventsRule,
    GroupRule,
)
from decidua.intake.cohort.refusals import CohortErrors
from decidua.intake.cohort.windows_file import window_of
from decidua.intake.nodes import Entry, Listing, Scalar, Table, Tree, read_table
from decidua.intake.problems import Problems
from decidua.intake.rows import Row
from decidua.intake.scalars import date_of, text_of, truth_of
from decidua.intake.source import decoded, read_bytes

T = TypeVar("T")
KEYS = (
    "patient", "index", "care", "as_of", "columns", "ignore", "unknown", "groups", "done", "events", "separator",
    "encoding",
)  # fmt: skip


def read_mapping(path: str | Path) -> ColumnMapping:
    """The mapping in a file. Raises CohortError, or CohortErrors for several mistakes."""
    try:
        data, name = read_bytes(path)
        return mapping_of(decoded(data, name), name)
    except PatientError as error:
        raise CohortErrors.of(error) from None


def mapping_of(text: str, name: str) -> ColumnMapping:
    """The mapping in a text; `name` is what errors call it."""
    problems = Problems(name)
    try:
        mapping = _mapping(Row(read_table(text, problems, any_key=True), "mapping", KEYS, problems), name)
        problems.raise_any()
    except PatientError as error:
        raise CohortErrors.of(error) from None
    return mapping


def _mapping(row: Row, name: str) -> ColumnMapping:
    return ColumnMapping(
        name=name,
        patient=row.text("patient"),
        index=_date(row, "index"),
        care=_date(row, "care"),
        as_of=row.read("as_of", date_of),
        columns={rule.column: rule for rule in _each(row, "columns", _column)},
        ignore=frozenset(_texts(row, "ignore")),
        unknown=frozenset(text.lower() for text in _texts(row, "unknown")),
        groups=tuple(_each(row, "groups", _group)),
        done=tuple(_each(row, "done", _done)),
        events=_events(row),
        separator=row.text("separator"),
        encoding=row.read("encoding", _encoding),
        lines={key: entry.line for key, entry in row.cells.items()},
    )


def _each(row: Row, key: str, reader: Callable[[str, Tree, Problems], T]) -> list[T]:
    """One rule for each entry of a table with free keys."""
    if key not in row.cells:
        return []
    tree = row.cells[key].value
    if not isinstance(tree, Table):
        row.problems.refuse("mapping.table", tree.line, key=key)
        return []
    return [reader(entry.key, entry.value, row.problems) for entry in tree.entries]


def _part(tree: Tree, kind: str, keys: tuple[str, ...], problems: Problems) -> Row:
    """A table with closed keys; a plain text stands for its first key."""
    if isinstance(tree, Table):
        return Row(tree, kind, keys, problems)
    row = Row(Table((), tree.line), kind, keys, problems)
    try:
        text = text_of(tree, keys[0])
    except PatientError as error:
        problems.add(error, tree.line)
        return row
    if text is None:
        problems.refuse("mapping.empty", tree.line, key=keys[0])
    else:
        row = Row(_one(keys[0], text, tree.line), kind, keys, problems)
    return row


def _one(key: str, text: str, line: int) -> Table:
    return Table((Entry(key, Scalar(text, line), line),), line)


def _column(name: str, tree: Tree, problems: Problems) -> ColumnRule:
    row = _part(tree, "column", ("fact", "unit", "values"), problems)
    if "fact" not in row.cells and isinstance(tree, Table):
        problems.refuse("mapping.missing", row.line, key="fact", of=name)
    return ColumnRule(name, row.text("fact") or "", row.text("unit"), _values(row), row.line)


def _values(row: Row, key: str = "values") -> Mapping[str, str]:
    """Words of the source → words that the fact knows; nothing stands for unknown."""
    if key not in row.cells:
        return {}
    tree = row.cells[key].value
    if not isinstance(tree, Table):
        row.problems.refuse("mapping.table", tree.line, key=key)
        return {}
    found = {}
    for entry in tree.entries:
        if isinstance(entry.value, Scalar):
            found[entry.key.lower()] = entry.value.text or ""
        else:
            row.problems.refuse("error.one-value", entry.line, key=entry.key)
    return found


def _texts(row: Row, key: str) -> list[str]:
    if key not in row.cells:
        return []
    tree = row.cells[key].value
    items = tree.items if isinstance(tree, Listing) else (tree,)
    if any(not isinstance(item, Scalar) for item in items):
        row.problems.refuse("mapping.list", tree.line, key=key)
    return [item.text or "" for item in items if isinstance(item, Scalar)]


def _date(row: Row, key: str) -> DateRule | None:
    if key not in row.cells:
        return None
    part = _part(row.cells[key].value, "date", ("column", "format"), row.problems)
    column = part.text("column")
    if column is None:
        row.problems.refuse("mapping.missing", part.line, key="column", of=key)
        return None
    return DateRule(column, part.text("format"), part.line)


def _group(name: str, tree: Tree, problems: Problems) -> GroupRule:
    row = _part(tree, "group", ("column", "fact", "take", "format", "cuts", "values"), problems)
    column, fact = row.text("column") or "", row.text("fact") or ""
    cuts = tuple(_cuts(row, name))
    if bool(column) == bool(fact) or bool(fact) != bool(cuts):
        problems.refuse("mapping.group", row.line, name=name)
    year = row.choice("take", ("year",)) == "year"
    return GroupRule(name, column, fact, year, row.text("format"), cuts, _values(row), row.line)


def _cuts(row: Row, name: str) -> list[Decimal]:
    try:
        cuts = [Decimal(text) for text in _texts(row, "cuts")]
        sound = all(cut.is_finite() for cut in cuts) and cuts == sorted(set(cuts))
    except InvalidOperation:
        sound, cuts = False, []
    if not sound:
        row.problems.refuse("mapping.cuts", row.line_of("cuts"), name=name)
    return cuts if sound else []


def _done(option: str, tree: Tree, problems: Problems) -> DoneRule:
    row = _part(tree, "done", ("column", "values", "date", "complete"), problems)
    if "column" not in row.cells and "date" not in row.cells and isinstance(tree, Table):
        problems.refuse("mapping.missing", row.line, key="column", of=option)
    return DoneRule(
        option, row.text("column") or "", _values(row), _date(row, "date"), row.read("complete", _complete), row.line
    )


def _complete(tree: Tree, key: str) -> Complete | None:
    """`yes`, or the days from and to which care is recorded wholly."""
    if not isinstance(tree, Table):
        return Complete() if truth_of(tree, key) else None
    ends: dict[str, date | None] = {}
    for entry in tree.entries:
        if entry.key not in ("from", "to"):
            raise PatientError("error.row-key", key=entry.key, kind="complete", allowed="from, to")
        ends[entry.key] = date_of(entry.value, entry.key)
    return Complete(ends.get("from"), ends.get("to"))


_EVENTS = ("patient", "code", "system", "of", "date", "codes", "complete", "together_days", "within",
           "purpose")  # fmt: skip


def _events(top: Row) -> EventsRule | None:
    if "events" not in top.cells:
        return None
    tree = top.cells["events"].value
    if not isinstance(tree, Table):
        top.problems.refuse("mapping.table", tree.line, key="events")
        return None
    row = Row(tree, "events", _EVENTS, top.problems)
    return EventsRule(
        row.text("patient") or "patient", row.text("code") or "code", row.text("system") or "system",
        row.text("of"), _date(row, "date"), _values(row, "codes"), row.read("complete", _complete_each) or {},
        row.number("together_days", 0, 400), row.read("within", window_of),
        row.choice("purpose", ("preventing-loss",)) is not None, row.line,
    )  # fmt: skip


def _complete_each(tree: Tree, key: str) -> Mapping[str, Complete]:
    if isinstance(tree, Listing):
        return {text: Complete() for item in tree.items if (text := text_of(item, key))}
    if not isinstance(tree, Table):
        raise PatientError("mapping.list", key=key)
    read = {entry.key: _complete(entry.value, entry.key) for entry in tree.entries}
    return {option: said for option, said in read.items() if said is not None}


def _encoding(tree: Tree, key: str) -> str | None:
    text = text_of(tree, key)
    try:
        return None if text is None else codecs.lookup(text).name
    except LookupError:
        raise PatientError("mapping.encoding", given=text) from None
