"""The counts of an audit while it runs: plain, addable, and free to travel between processes.

Keys hold ids and classes of answers, never numbers that only one process knows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from decidua.audit.cells import Cell, Class

Group = tuple[str, str | None]
"""Name and value; `("", "")` is the whole cohort."""
WHOLE: Group = ("", "")
KEPT = 5
"""Row numbers that are kept of each reason to refuse."""


@dataclass
class Counts:
    """`rows`: read, the refused among them."""

    rows: int = 0
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    definitions: Counter[tuple[str, Group, str]] = field(default_factory=Counter)
    joint: Counter[tuple[str, Group, tuple[Class, ...], int]] = field(default_factory=Counter)
    """(option, group, the class of each guideline, done: 0 not recorded, 1 no, 2 yes)."""
    open: Counter[tuple[Cell, str]] = field(default_factory=Counter)
    alone: Counter[tuple[Cell, str]] = field(default_factory=Counter)
    steps: Counter[tuple[str, int, bool]] = field(default_factory=Counter)
    """(statement, step, held)."""
    care: Counter[tuple[Cell, Group, tuple[str, ...], str]] = field(default_factory=Counter)
    """(cell, group, statements that care was measured against, verdict)."""

    def refuse(self, kind: str, id_: str, rows: tuple[int, ...]) -> None:
        key = (kind, id_)
        self.refused[key] += len(rows)
        self.first[key] = tuple(sorted((*self.first.get(key, ()), *rows[:KEPT])))[:KEPT]

    def add(self, other: Counts) -> None:
        """The counts of other rows, added to these."""
        self.rows += other.rows
        for key, rows in other.first.items():
            self.first[key] = tuple(sorted((*self.first.get(key, ()), *rows)))[:KEPT]
        for name in ("refused", "definitions", "joint", "open", "alone", "steps", "care"):
            getattr(self, name).update(getattr(other, name))
