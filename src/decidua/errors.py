"""What can go wrong, and the exit code that says so.

    DeciduaError
    ├── UsageError               2  the command was asked for something that does not exist
    ├── ContentError             3  the shipped or given content is wrong (all errors at once)
    ├── PatientError             4  the patient file cannot be understood
    │   ├── PatientSyntaxError   5  not YAML or JSON, or unsafe to read
    │   └── PatientConflictError 6  values that contradict each other
    ├── StudyError               7  the file of studies cannot be read or pooled
    ├── AppraisalError           8  the file of judgements or ratings cannot be read or used
    ├── ServerError              9  a FHIR server cannot be reached, or does not give what was asked for
    └── CohortError             10  a cohort cannot be read, or is refused as a whole

Every message is one sentence: what was given, what is allowed, where, what to do. Messages about patients and
usage are templates of the words files, so that they come in the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence

from decidua.language import Lang, say


class DeciduaError(Exception):
    """An error that a user can act on; shown without a traceback."""

    exit_code = 1

    def __init__(self, key: str, /, **parts: object) -> None:
        self.key = key
        self.parts = parts
        super().__init__(key)

    def message(self, lang: Lang) -> str:
        where = self.parts.get("where")
        sentence = say(lang, self.key, **self.parts)
        return f"{where}: {sentence}" if where else sentence

    def at(self, where: str) -> DeciduaError:
        """The same error with its place (`file:line`), unless it has one already."""
        self.parts.setdefault("where", where)
        return self

    def __str__(self) -> str:
        return self.message("en")

    def __reduce__(self) -> tuple[object, ...]:
        """Whatever a kind's constructor takes, its errors pass between processes as they are."""
        return _as_it_was, (type(self), dict(self.__dict__))


def _as_it_was(kind: type[DeciduaError], parts: dict[str, object]) -> DeciduaError:
    error = kind.__new__(kind)
    error.__dict__.update(parts)
    return error


class UsageError(DeciduaError):
    exit_code = 2


class ContentError(DeciduaError):
    """All that is wrong with a content package; `problems` holds one line each."""

    exit_code = 3

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("error.content")

    def message(self, lang: Lang) -> str:  # noqa: ARG002  # problems of content are told to its maintainers, in English
        return "\n".join(self.problems)


class PatientError(DeciduaError):
    exit_code = 4


class PatientSyntaxError(PatientError):
    exit_code = 5


class PatientConflictError(PatientError):
    exit_code = 6


class StudyError(DeciduaError):
    exit_code = 7


class AppraisalError(DeciduaError):
    exit_code = 8


class ServerError(DeciduaError):
    exit_code = 9


class CohortError(DeciduaError):
    exit_code = 10
