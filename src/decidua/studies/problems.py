"""What is wrong in a file of studies: a line each, with file and row, the first few of them."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.errors import DeciduaError, StudyError
from decidua.language import Lang, say

MOST = 10
"""Problems that are told; a file of the wrong kind would have one in every row."""
QUOTED = 40
"""Characters of a cell that a message repeats."""


class StudyErrors(StudyError):
    """Several problems of one file."""

    def __init__(self, errors: Sequence[StudyError], more: int) -> None:
        super().__init__("error.study-more", count=more)
        self.errors = tuple(errors)
        self.more = more

    def message(self, lang: Lang) -> str:
        lines = [error.message(lang) for error in self.errors]
        return "\n".join([*lines, say(lang, "error.study-more", count=self.more)] if self.more else lines)

    def at(self, where: str) -> DeciduaError:
        for error in self.errors:
            error.at(where)
        return self


class Problems:
    """Gathers problems; `raise_any` raises them in the order of their rows."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[tuple[int, StudyError]] = []
        self.count = 0

    def add(self, key: str, line: int, /, **parts: object) -> None:
        self.count += 1
        if len(self.found) < MOST * 10:
            self.found.append((line, StudyError(key, where=f"{self.file}:{line}", **parts)))

    def raise_any(self) -> None:
        if not self.found:
            return
        told = [error for _, error in sorted(self.found, key=lambda pair: pair[0])][:MOST]
        if len(told) == 1 and self.count == 1:
            raise told[0]
        raise StudyErrors(told, self.count - len(told))


def quoted(text: object) -> str:
    """One short printable line: what stands in a file must not steer the terminal that shows it."""
    line = "".join(letter if letter.isprintable() else "�" for letter in " ".join(str(text).split()))
    return line if len(line) <= QUOTED else f"{line[:QUOTED]}…"
