"""Before the sheet: who opens it and for what, which therapies, and what is wrong with the form, if anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from decidua.errors import PatientConflictError, UsageError
from decidua.language import Lang, say
from decidua.reports.sheet import MOST, Numbers, Sheet, sheet_for
from decidua.web.drawing_pages import page
from decidua.web.patient_form import Entered, FieldProblem, Fields, entered
from decidua.web.patient_form.entered import conflict
from decidua.web.shelf import Shelf

ACT = "i_am_counselling_her"
PICK = "sheet_option"


@dataclass
class Opening:
    """`act`: the clinician has said so, for this opening. `wrong`: why there is no sheet, a sentence each."""

    shelf: Shelf
    numbers: Numbers
    lang: Lang
    patient: Entered
    picks: tuple[str, ...]
    act: bool
    wrong: tuple[str, ...] = ()

    @property
    def carried(self) -> Fields:
        return self.patient.of_patient

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        """A sheet is made from all that is in the form or not at all: a field that is wrong is not left out of it."""
        return self.patient.problems

    def sheet(self) -> Sheet | None:
        """None: something is missing or wrong, and `page` says what."""
        if not self.act:
            self.wrong = (say(self.lang, "sheet.web-act-missing"),)
        if not self.act or self.problems or self.patient.intake is None:
            return None
        try:
            return sheet_for(self.shelf.answers, self.patient.intake.patient, self.picks, self.lang, self.numbers)
        except UsageError as error:
            self.wrong = (error.message(self.lang),)
        except PatientConflictError as error:
            self.patient = conflict(self.shelf, self.patient, error, self.lang)
        return None

    def page(self, request: Request) -> HTMLResponse:
        """Asks anew: the act is never filled in."""
        options = [option for option in self.shelf.knowledge.options.values() if option.kind == "treatment"]
        status = 422 if self.wrong or self.problems else 200
        return page(
            request, "sheet_opening.html.j2", self.lang, status=status, opening=self, most=MOST, act=ACT, pick=PICK,
            options=sorted(options, key=lambda option: option.rank),
        )  # fmt: skip


def opening(shelf: Shelf, numbers: Numbers, fields: Sequence[tuple[str, str]], lang: Lang) -> Opening:
    picks = tuple(value for name, value in fields if name == PICK)
    return Opening(shelf, numbers, lang, entered(shelf, fields, lang), picks, (ACT, "yes") in fields)
