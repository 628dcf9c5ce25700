"""What was understood of a cohort: for each column how many values are known, unknown, refused, and why.

Rows are numbered as an editor shows them: in a text file by the line, the heading being line 1; in Parquet and Arrow
from 1. A refused cell is kept only to be shown on the
user's own terminal; nothing that is written to a file holds one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

FIRST = 5
"""Row numbers that a problem names; its count has all of them."""
SHOWN = 40
"""Characters of a refused cell that may be shown; a longer one is not shown at all."""


@dataclass(frozen=True)
class Problem:
    """One kind of problem in one column, or in whole rows (`column` empty)."""

    key: str
    """Of the sentence, for `language.say`."""
    column: str = ""
    parts: Mapping[str, object] = field(default_factory=dict)
    """Parts of the sentence beside `given`; none is a value of a patient."""
    file: str = ""
    rows: tuple[int, ...] = ()
    """The first row numbers, in order, at most FIRST."""
    count: int = 0
    given: str | None = None
    """A refused cell, short; never leaves the user's terminal."""
    note: bool = False
    """Worth a look, but nothing was refused."""


@dataclass(frozen=True)
class Column:
    """One column of the source. `fact` is the column of the facts table that it became, or empty if none."""

    name: str
    fact: str = ""
    known: int = 0
    bounded: int = 0
    """Known only within bounds."""
    unknown: int = 0
    refused: int = 0
    unit: str = ""


@dataclass(frozen=True)
class Description:
    """`rows` were read; `refused` rows are left out; `duplicates` are identical rows that became one."""

    rows: int = 0
    patients: int = 0
    refused: int = 0
    duplicates: int = 0
    columns: tuple[Column, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was refused."""
        return all(problem.note for problem in self.problems)

    def without_values(self) -> Description:
        """The same for anything that is kept: without refused cells."""
        return replace(self, problems=tuple(replace(problem, given=None) for problem in self.problems))

    def text(self) -> str:
        """One line of JSON, without values of patients."""
        return json.dumps(asdict(self.without_values()), ensure_ascii=False, separators=(",", ":"), default=str)


def description_of(text: str | None) -> Description | None:
    """What a facts file keeps of its own making; None if nothing, or nothing that can be read."""
    try:
        said = json.loads(text or "null")
        if not isinstance(said, dict):
            return None
        columns = tuple(Column(**column) for column in said.pop("columns"))
        problems = tuple(Problem(**(problem | {"rows": tuple(problem["rows"])})) for problem in said.pop("problems"))
        return Description(**(said | {"columns": columns, "problems": problems, "files": tuple(said["files"])}))
    except (ValueError, TypeError, KeyError):
        return None
