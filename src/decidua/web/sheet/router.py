"""Addresses of the counselling sheet. POST only: the patient travels in the body, and nothing of her is kept.

    /{lang}/sheet        the form of the consult page → a page that asks which therapies, and for the clinician's act
    /{lang}/sheet/page   with the act → the sheet, to print
    /{lang}/sheet.pdf    with the act → the sheet as PDF, shown and not offered as a download

The act belongs to one opening: nothing remembers it.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from decidua.language import Lang
from decidua.reports.sheet import read_numbers
from decidua.reports.sheet.html import style
from decidua.web.sheet.opening import Opening, opening
from decidua.web.sheet.printing import sheet_document, style_name
from decidua.web.shelf import Shelf
from decidua.web.static_files import FOREVER
from decidua.web.submitted import Submitted, read_submitted

Sent = Annotated[Submitted, Depends(read_submitted)]


def sheet(shelf: Shelf) -> APIRouter:
    routes = APIRouter(prefix="/{lang}", include_in_schema=False)
    numbers = cache(partial(read_numbers, shelf.content))

    @routes.post("/sheet")
    def asked(request: Request, lang: Lang, sent: Sent) -> HTMLResponse:
        return opening(shelf, numbers(), sent.fields, lang).page(request)

    @routes.post("/sheet/page")
    def opened(request: Request, lang: Lang, sent: Sent) -> HTMLResponse:
        asked = opening(shelf, numbers(), sent.fields, lang)
        made = asked.sheet()
        return asked.page(request) if made is None else HTMLResponse(sheet_document(made, asked.carried))

    @routes.post("/sheet.pdf")
    def printed(request: Request, lang: Lang, sent: Sent) -> Response:
        return _pdf(request, opening(shelf, numbers(), sent.fields, lang))

    @routes.get("/sheet/style/{name}")
    def look(name: str) -> Response:
        if name != style_name():
            return Response(status_code=404)
        return Response(style(), media_type="text/css; charset=utf-8", headers=FOREVER)

    return routes


def _pdf(request: Request, asked: Opening) -> Response:
    from decidua.reports.sheet.pdf import sheet_pdf

    made = asked.sheet()
    if made is None:
        return asked.page(request)
    headers = {"Content-Disposition": 'inline; filename="sheet.pdf"'}
    return Response(sheet_pdf(made), media_type="application/pdf", headers=headers)
