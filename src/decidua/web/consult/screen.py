"""What the consult page shows for the fields of one form: the patient, the answers, the cells that are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decidua.answers import Answers
from decidua.consult import Consultation, consult
from decidua.errors import PatientConflictError
from decidua.language import Lang, say
from decidua.reports import models as m
from decidua.reports.build import build_report
from decidua.web.consult.answers_page import AnswersPage
from decidua.web.consult.looking import CellId, Looking, looking
from decidua.web.patient_form import Entered, conflict, entered
from decidua.web.shelf import Shelf

Note = tuple[str, str]
"""Kind (wrong, odd, derived) and sentence."""


@dataclass(frozen=True)
class Screen:
    """`page` None: the entries contradict each other, and nothing is answered."""

    patient: Entered
    looking: Looking
    page: AnswersPage | None

    @property
    def noted(self) -> Mapping[str, Sequence[Note]]:
        """What is said at fields: what is wrong, what is unusual, what was worked out."""
        found: dict[str, list[Note]] = {}
        for kind, problems in (("wrong", self.patient.problems), ("odd", self.patient.warnings)):
            for problem in problems:
                for name in (problem.field or "", *problem.beside):
                    found.setdefault(name, []).append((kind, problem.message))
        report = self.page.report if self.page else None
        for fact in report.patient if report else ():
            if report and fact.origin:
                words = say(report.language, "form.worked-out", value=fact.value, origin=fact.origin)
                found.setdefault(f"fact.{fact.fact}", []).append(("derived", words))
        return found


def screen(shelf: Shelf, fields: Sequence[tuple[str, str]], lang: Lang, row: str | None = None) -> Screen:
    """`row`: the option of which alone the open cells are wanted."""
    patient, view = entered(shelf, fields, lang), looking(shelf.knowledge, fields)
    return _Screens(shelf, patient, view, lang).screen(row)


class _Screens:
    def __init__(self, shelf: Shelf, patient: Entered, view: Looking, lang: Lang) -> None:
        self.shelf, self.patient, self.view, self.lang = shelf, patient, view, lang
        self.answers: Answers = shelf.answers  # of this request alone

    def screen(self, row: str | None) -> Screen:
        try:
            met = self._met()
        except PatientConflictError as error:
            return Screen(conflict(self.shelf, self.patient, error, self.lang), self.view, None)
        if met is None:
            return Screen(self.patient, self.view, None)
        report = build_report(met, self.lang, why=False, deciding=False)
        page = AnswersPage(report, self.shelf.knowledge, self.view, self._opened(met, row))
        return Screen(self.patient, self.view, page)

    def _met(self) -> Consultation | None:
        intake = self.patient.intake
        columns = self.view.columns(self.shelf.knowledge.guidelines)
        return consult(self.answers, intake.patient, (), columns) if intake else None

    def _opened(self, met: Consultation, row: str | None) -> dict[CellId, m.OptionView]:
        """The open cells in full; the others are never worked out further."""
        wanted = [cell for cell in self.view.opened if cell[0] in met.guidelines and row in (None, cell[1])]
        options = tuple(dict.fromkeys(option for _, option in wanted))
        assert self.patient.intake is not None
        if not options:
            return {}
        full = consult(self.answers, self.patient.intake.patient, options, met.guidelines)
        report = build_report(full, self.lang, why=True, deciding=True)
        views = {(g.id, o.option): o for g in report.guidelines for o in (*g.options, *g.tests)}
        return {cell: views[cell] for cell in wanted}
