"""What can go wrong, and the exit code that says so.

    DeciduaError
    ├── ContentError        3  the shipped or given content is wrong (all errors at once)
    ├── PatientError        4  the patient file cannot be understood
    │   ├── PatientSyntaxError   5  not YAML or JSON, or unsafe to read
    │   └── PatientConflictError 6  values that contradict each other
    └── UsageError          2  the command was asked for something that does not exist

Every message is one sentence: what was given, what is allowed, where, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence


class DeciduaError(Exception):
    """An error that a user can act on; shown without a traceback."""

    exit_code = 1


class UsageError(DeciduaError):
    exit_code = 2


class ContentError(DeciduaError):
    """All that is wrong with a content package; `problems` holds one line each."""

    exit_code = 3

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class PatientError(DeciduaError):
    exit_code = 4


class PatientSyntaxError(PatientError):
    exit_code = 5


class PatientConflictError(PatientError):
    exit_code = 6
