"""Addresses of the consult page. Patient values travel in the bodies of POST requests, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from decidua.errors import PatientError
from decidua.guidelines import Guideline
from decidua.language import Lang
from decidua.reports.wording import Wording
from decidua.web.consult.examples import example_fields, example_titles
from decidua.web.consult.looking import looking
from decidua.web.consult.rows import with_rows
from decidua.web.consult.screen import Screen, screen
from decidua.web.drawing_pages import page
from decidua.web.patient_form import loses
from decidua.web.patient_form.case_file import read_case, write_case
from decidua.web.patient_form.fields import Entries
from decidua.web.patient_form.views import columns, form_groups
from decidua.web.shelf import Shelf
from decidua.web.submitted import FILE, Submitted, read_submitted

Sent = Annotated[Submitted, Depends(read_submitted)]
Fields = Sequence[tuple[str, str]]


def consult_pages(shelf: Shelf) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    pages = pages_of(shelf)

    @routes.get("/{lang}/consult")
    def empty(request: Request, lang: Lang, example: str | None = None) -> HTMLResponse:
        return pages.whole(request, lang, example_fields(shelf.knowledge, example) if example else ())

    @routes.post("/{lang}/consult")
    def filled(request: Request, lang: Lang, sent: Sent) -> HTMLResponse:
        return pages.answered(request, lang, with_rows(sent.fields))

    @routes.get("/{lang}/case")
    @routes.get("/{lang}/case/open")
    def nothing(lang: Lang) -> RedirectResponse:
        """Asked for anew, without the form that was sent: there is nothing to show."""
        return RedirectResponse(f"/{lang}/consult", status_code=303)

    @routes.post("/{lang}/case")
    def case(request: Request, lang: Lang, sent: Sent) -> Response:
        return pages.case(request, lang, sent.fields)

    @routes.post("/{lang}/case/open")
    def opened(request: Request, lang: Lang, sent: Sent) -> HTMLResponse:
        return pages.opened(request, lang, sent)

    return routes


def pages_of(shelf: Shelf) -> ConsultPages:
    """The pages by themselves, for a service that fills the form from elsewhere."""
    return ConsultPages(shelf)


class ConsultPages:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.knowledge = shelf, shelf.knowledge

    def answered(self, request: Request, lang: Lang, fields: Fields) -> HTMLResponse:
        """The whole page; for a script only what changes: the answers, one row of them, or one table of the form."""
        target = request.headers.get("hx-target", "") if "hx-request" in request.headers else ""
        table = re.fullmatch(r"div#(pregnancies|results-table)", target)
        if table:
            template = f"form_{table[1].replace('-', '_')}.html.j2"
            return page(request, template, lang, noted={}, **self._form(fields, lang))
        touched = looking(self.knowledge, fields).touched
        if target.startswith("tbody#") and touched:
            return self._row(request, lang, fields, touched[1])
        if target:
            return self._draw(request, "results.html.j2", lang, screen(self.shelf, fields, lang))
        return self.whole(request, lang, fields)

    def _row(self, request: Request, lang: Lang, fields: Fields, option: str) -> HTMLResponse:
        made = screen(self.shelf, fields, lang, option)
        if made.page is None:
            return self._draw(request, "results.html.j2", lang, made)
        return self._draw(request, "results_row.html.j2", lang, made, option=option)

    def whole(
        self, request: Request, lang: Lang, fields: Fields, refused: str | None = None, launched: object = None
    ) -> HTMLResponse:
        """`launched`: what stands above a form that was filled from a record (`consult.launched`)."""
        made = screen(self.shelf, fields, lang)
        return self._draw(
            request, "consult.html.j2", lang, made, refused=refused, launched=launched, examples=example_titles(),
            largest_file=FILE, status=422 if refused else 200, **self._form(fields, lang),
        )  # fmt: skip

    def _draw(self, request: Request, template: str, lang: Lang, made: Screen, **parts: object) -> HTMLResponse:
        report = made.page.report if made.page else None
        return page(
            request, template, lang, screen=made, noted=made.noted, page=made.page, r=report,
            columns_there=[(g.id, f"{g.society} {g.year}") for g in self._by_year()],
            label_of=Wording(self.knowledge, lang).label, **parts,
        )  # fmt: skip

    def _by_year(self) -> list[Guideline]:
        return sorted(self.knowledge.guidelines.values(), key=lambda guideline: guideline.year)

    def _form(self, fields: Fields, lang: Lang) -> dict[str, object]:
        return {
            "entries": Entries(fields), "groups": form_groups(self.knowledge, lang),
            "columns": columns(self.knowledge, lang),
        }  # fmt: skip

    def case(self, request: Request, lang: Lang, fields: Fields) -> Response:
        """The file to keep; the page, which says what is wrong, where the file would not have all that was sent."""
        if loses(self.shelf, fields):
            return self.whole(request, lang, fields)
        written = write_case(self.knowledge, Entries(fields), lang)
        headers = {"Content-Disposition": 'attachment; filename="patient.yaml"'}
        return Response(written.text.encode(), media_type="application/yaml; charset=utf-8", headers=headers)

    def opened(self, request: Request, lang: Lang, sent: Submitted) -> HTMLResponse:
        """The patient of a file in the place of the form's; a file that cannot be read leaves the form as it was."""
        file = sent.files.get("file")
        try:
            return self.whole(request, lang, self._read(file.content, file.name) if file else sent.fields)
        except PatientError as error:
            return self.whole(request, lang, sent.fields, refused=error.message(lang))

    def _read(self, content: bytes, name: str) -> Fields:
        return read_case(self.knowledge, content, name)
