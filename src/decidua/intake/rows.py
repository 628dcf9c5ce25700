"""One row of a list in the patient file: its keys are a closed set; a wrong cell is a problem and unknown."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import TypeVar

from decidua.errors import PatientError
from decidua.intake.nodes import Entry, Listing, Scalar, Table, Tree
from decidua.intake.problems import Problems
from decidua.intake.scalars import choice_of, date_of, text_of
from decidua.language import words

T = TypeVar("T")


class Row:
    """The cells of one row, read one by one; problems are gathered with their lines."""

    def __init__(self, table: Table, kind: str, keys: Collection[str], problems: Problems) -> None:
        self.line, self.kind, self.problems = table.line, kind, problems
        self.cells: dict[str, Entry] = {}
        for entry in table.entries:
            self._take(entry, keys)

    def _take(self, entry: Entry, keys: Collection[str]) -> None:
        name = entry.key.lower().strip()
        if name in self.cells:
            first = self.cells[name].line
            self.problems.syntax("error.key-twice", entry.line, key=name, first=first, second=entry.line)
        elif name in keys:
            self.cells[name] = entry
        else:
            near = difflib.get_close_matches(name[:60], keys, n=1, cutoff=0.5)
            allowed = ", ".join(near or keys)
            self.problems.refuse("error.row-key", entry.line, key=entry.key, kind=self.kind, allowed=allowed)

    def line_of(self, key: str) -> int:
        return self.cells[key].value.line if key in self.cells else self.line

    def read(self, key: str, reader: Callable[[Tree, str], T]) -> T | None:
        """What `reader` makes of the cell; None if the cell is missing, unknown or wrong."""
        if key not in self.cells:
            return None
        try:
            return reader(self.cells[key].value, key)
        except PatientError as error:
            self.problems.add(error, self.line_of(key))
            return None

    def text(self, key: str) -> str | None:
        return self.read(key, text_of)

    def choice(self, key: str, choices: Collection[str]) -> str | None:
        return self.read(key, lambda tree, name: choice_of(tree, name, choices, kind=self.kind))

    def past_date(self, key: str, as_of: date) -> date | None:
        found = self.read(key, date_of)
        if found is None or found <= as_of:
            return found
        self.problems.refuse("error.date-later", self.line_of(key), given=found, as_of=as_of)
        return None

    def number(self, key: str, low: int, high: int) -> int | None:
        text = self.text(key)
        if text is None:
            return None
        if text.isascii() and text.isdigit() and len(text) <= 4 and low <= int(text) <= high:
            return int(text)
        name = words("ko").get(f"key.{key}", key)
        self.problems.refuse(
            "error.row-number", self.line_of(key), key=key, key_ko=name, given=text, low=low, high=high
        )
        return None


def tables_of(tree: Tree | None, key: str, problems: Problems) -> Iterator[Table]:
    """The tables of a list; null is no list, anything else is a problem."""
    if isinstance(tree, Listing):
        for item in tree.items:
            if isinstance(item, Table):
                yield item
            else:  # an empty row too: it may stand for a pregnancy that was not written out
                problems.refuse("error.row-not-mapping", item.line, key=key)
    elif tree is not None and not (isinstance(tree, Scalar) and tree.text is None):
        problems.refuse("error.not-list", tree.line, key=key)
