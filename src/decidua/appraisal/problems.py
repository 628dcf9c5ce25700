"""Everything that is wrong in one file of an appraisal, gathered, so that its author sees all of it at once."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.errors import AppraisalError
from decidua.language import Lang

QUOTED = 60
"""Characters of a cell that a message repeats."""


class SeveralErrors(AppraisalError):
    """Several problems of one file, a line each."""

    def __init__(self, errors: Sequence[AppraisalError]) -> None:
        super().__init__("error.agree-many", count=len(errors))
        self.errors = tuple(errors)

    def message(self, lang: Lang) -> str:
        return "\n".join(error.message(lang) for error in self.errors)


class Problems:
    """Gathers problems; `raise_any` raises them in the order of their lines."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[tuple[int, AppraisalError]] = []

    def at(self, line: int) -> str:
        return f"{self.file}:{line}"

    def add(self, key: str, line: int, /, **parts: object) -> None:
        self.found.append((line, AppraisalError(key, where=self.at(line), **parts)))

    def raise_any(self) -> None:
        ordered = [error for _, error in sorted(self.found, key=lambda pair: pair[0])]
        if len(ordered) == 1:
            raise ordered[0]
        if ordered:
            raise SeveralErrors(ordered)


def quoted(given: object) -> str:
    """One short printable line: what stands in a file must not steer the terminal that shows it."""
    line = "".join(letter if letter.isprintable() else "�" for letter in " ".join(str(given).split()))
    return line if len(line) <= QUOTED else f"{line[:QUOTED]}…"
