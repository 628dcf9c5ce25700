"""Everything that is wrong or odd in one patient file, gathered, so that the user sees all of it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from decidua.errors import DeciduaError, PatientConflictError, PatientError, PatientSyntaxError
from decidua.language import Lang

Warned = tuple[str, Mapping[str, object]]
"""Key of a sentence and its parts; among them `where`, the `file:line`."""

SHOWN = 80
"""Characters of a given value that an error quotes."""


class PatientErrors(PatientError):
    """Several errors of one patient file, one line each; the exit code is that of the gravest."""

    def __init__(self, errors: Sequence[PatientError]) -> None:
        super().__init__("error.patient-many", count=len(errors))
        self.errors = tuple(errors)
        self.exit_code = max(error.exit_code for error in errors)

    def message(self, lang: Lang) -> str:
        return "\n".join(error.message(lang) for error in self.errors)

    def at(self, where: str) -> DeciduaError:
        for error in self.errors:
            error.at(where)
        return self


def clean(text: str) -> str:
    """One line of printable characters: what stands in a file must not steer the terminal that shows it."""
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))


def quoted(given: object) -> str:
    text = clean(str(given))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


@dataclass
class Problems:
    """A file's problems and warnings, each with its line."""

    name: str
    errors: list[tuple[int, PatientError]] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    def where(self, line: int) -> str:
        return f"{self.name}:{line}"

    def add(self, error: PatientError, line: int) -> None:
        """Takes an error raised elsewhere; what it quotes of the file is shortened and made printable."""
        for part, value in error.parts.items():
            if part in ("given", "key") and not isinstance(value, int):
                error.parts[part] = quoted(value)
        error.at(self.where(line))
        self.errors.append((line, error))

    def refuse(self, key: str, line: int, /, **parts: object) -> None:
        self.add(PatientError(key, **parts), line)

    def conflict(self, key: str, line: int, /, **parts: object) -> None:
        self.add(PatientConflictError(key, **parts), line)

    def syntax(self, key: str, line: int, /, **parts: object) -> None:
        self.add(PatientSyntaxError(key, **parts), line)

    def warn(self, key: str, line: int, /, **parts: object) -> None:
        self.warnings.append((key, {"where": self.where(line), **parts}))

    @property
    def contradicted(self) -> bool:
        return any(isinstance(error, PatientConflictError) for _, error in self.errors)

    @property
    def count(self) -> int:
        return len(self.errors)

    def raise_any(self) -> None:
        """Raises the one error, or all of them in the order of their lines."""
        ordered = [error for _, error in sorted(self.errors, key=lambda pair: pair[0])]
        if len(ordered) == 1:
            raise ordered[0]
        if ordered:
            raise PatientErrors(ordered)
