"""Several things that are wrong with one mapping or one cohort, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.errors import CohortError, DeciduaError, PatientError
from decidua.intake.problems import PatientErrors
from decidua.language import Lang


class CohortErrors(CohortError):
    """At most MOST are told; the count is of all."""

    MOST = 20

    def __init__(self, errors: Sequence[DeciduaError]) -> None:
        super().__init__("cohort.many", count=len(errors))
        self.errors = tuple(errors)

    def message(self, lang: Lang) -> str:
        told = [error.message(lang) for error in self.errors[: self.MOST]]
        rest = len(self.errors) - len(told)
        return "\n".join([*told, *([CohortError("cohort.and-more", count=rest).message(lang)] if rest else [])])

    @classmethod
    def of(cls, error: PatientError) -> CohortError:
        """What a reader of patient files found wrong, as an error of a cohort."""
        every = error.errors if isinstance(error, PatientErrors) else (error,)
        told = [CohortError(one.key, **one.parts) for one in every]
        return told[0] if len(told) == 1 else cls(told)
