"""Addresses of the audit page. None of them holds the name of a file or anything that was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from decidua.errors import CohortError, DeciduaError, UsageError
from decidua.language import Lang
from decidua.reports.audit.build import LEAST
from decidua.reports.audit.html import AuditPage, audit_html
from decidua.reports.audit.tables import archive
from decidua.web.audit.folder import ENDINGS, MOST, names_in
from decidua.web.audit.running import IDLE, Audits
from decidua.web.browse.tongue import Tongue
from decidua.web.drawing_pages import page
from decidua.web.submitted import Submitted, read_submitted

LEASTS = ("5", "10", "20", "1")
"""Counts below which others are hidden; 1 hides nothing."""
Sent = Annotated[Submitted, Depends(read_submitted)]


def audit_pages(audits: Audits) -> APIRouter:
    routes = APIRouter(prefix="/{lang}/audit", include_in_schema=False)
    pages = _Pages(audits)

    @routes.get("")
    def now(request: Request, lang: Tongue) -> HTMLResponse:
        return pages.whole(request, lang)

    @routes.get("/progress")
    def progress(request: Request, lang: Tongue) -> Response:
        return pages.progress(request, lang)

    @routes.post("")
    def start(request: Request, lang: Tongue, submitted: Sent) -> Response:
        return pages.start(request, lang, submitted.fields)

    @routes.post("/file")
    def file(request: Request, lang: Tongue, submitted: Sent) -> Response:
        return pages.choose(request, lang, dict(submitted.fields).get("file", ""))

    @routes.post("/end")
    def end(lang: Tongue) -> Response:
        audits.end()
        return RedirectResponse(f"/{lang}/audit", 303)

    @routes.post("/left")
    def left(lang: Tongue) -> Response:  # noqa: ARG001
        audits.left()
        return Response(status_code=204)

    @routes.get("/report.html")
    def report_html(lang: Tongue) -> Response:
        return _file(audit_html(audits.report(lang)).encode(), "audit.html", "text/html; charset=utf-8")

    @routes.get("/report.json")
    def report_json(lang: Tongue) -> Response:
        return _file(audits.report(lang).model_dump_json(indent=2).encode(), "audit.json", "application/json")

    @routes.get("/tables.zip")
    def tables(lang: Tongue) -> Response:
        return _file(archive(audits.report(lang)), "audit-tables.zip", "application/zip")

    return routes


class _Pages:
    def __init__(self, audits: Audits) -> None:
        self.audits = audits

    def whole(
        self, request: Request, lang: Lang, problem: DeciduaError | None = None, status: int = 200,
        chosen: tuple[str, tuple[str, ...]] | None = None,
    ) -> HTMLResponse:  # fmt: skip
        """chosen: a file and the groups that it offers."""
        state = self.audits.state
        problem = problem or state.error
        names = names_in(self.audits.folder) if self.audits.folder else None
        report = self.audits.report(lang) if state.phase == "done" else None
        return page(
            request, "audit/page.html.j2", lang, status=status, state=state, names=names, most=MOST, leasts=LEASTS,
            endings=", ".join(ENDINGS), r=report, a=AuditPage(report) if report else None, least=str(LEAST),
            chosen=chosen[0] if chosen else None, groups=chosen[1] if chosen else (),
            minutes=round(IDLE / 60), problem=problem.message(lang).splitlines() if problem else [],
        )  # fmt: skip

    def progress(self, request: Request, lang: Lang) -> HTMLResponse:
        """A part of the page. The last one asks no more; the page is then loaded anew, once, however long it takes."""
        return page(request, "audit/progress.html.j2", lang, state=self.audits.state)

    def choose(self, request: Request, lang: Lang, name: str) -> Response:
        """The page with the groups of a file to choose from."""
        try:
            return self.whole(request, lang, chosen=(name, self.audits.groups(name)))
        except (UsageError, CohortError) as error:
            return self.whole(request, lang, error, status=422)

    def start(self, request: Request, lang: Lang, given: Sequence[tuple[str, str]]) -> Response:
        fields = dict(given)
        try:
            least = fields.get("least", str(LEAST))
            if least not in LEASTS:
                raise UsageError("error.audit-page-least", given=least[:20], allowed=", ".join(LEASTS))
            by = tuple(dict.fromkeys(value for name, value in given if name == "by" and value))
            self.audits.start(fields.get("file", ""), by, int(least), _day(fields.get("as_of", "")))
        except UsageError as error:
            return self.whole(request, lang, error, status=422)
        return RedirectResponse(f"/{lang}/audit", 303)


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise UsageError("error.audit-page-day", given=given[:20]) from None


def _file(content: bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
