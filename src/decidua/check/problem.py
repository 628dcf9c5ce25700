"""One thing that is wrong with a content, and where."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from decidua.content import Item, line_of

Severity = Literal["error", "warning", "info"]
"""error: not to be released; warning: to be looked at; info: nothing is wrong, but a reviewer wants to know."""
Step = str | int


@dataclass(frozen=True)
class Problem:
    """`message` is one sentence or two: what stands there, what is allowed, what to do."""

    file: str
    line: int
    item: str
    severity: Severity
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.item}: {self.message}"


def at(item: Item, path: Iterable[Step], message: str, severity: Severity = "error") -> Problem:
    """A problem at a value inside an item."""
    line = line_of(item.file, (item.kind, item.index, *path))
    return Problem(str(item.file), line, item.id, severity, message)


_LINE = re.compile(r"^(?P<file>.+?\.ya?ml)(?::(?P<line>\d+))?: (?:(?P<item>[\w.:@-]+): )?(?P<message>.+)$", re.DOTALL)


def from_text(text: str) -> Problem:
    """A problem that the loaders have put into one line (`file:line: id: message`)."""
    found = _LINE.match(text)
    if found is None:
        return Problem("", 0, "", "error", text)
    return Problem(found["file"], int(found["line"] or 1), found["item"] or "", "error", found["message"])


def near(name: str, known: Iterable[str]) -> str:
    """A hint for a misspelt id."""
    close = difflib.get_close_matches(name, list(known), n=2, cutoff=0.6)
    return f"; near it are {', '.join(close)}" if close else ""
