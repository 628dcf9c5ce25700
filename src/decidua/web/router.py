"""All pages as one router, which a service mounts. The service keeps the shelf at `app.state.shelf`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from decidua.web.audit.router import audit_pages
from decidua.web.audit.running import Audits
from decidua.web.browse.router import browse
from decidua.web.consult.router import consult_pages
from decidua.web.sheet.router import sheet
from decidua.web.shelf import Shelf
from decidua.web.static_files import static_files


def router(shelf: Shelf, audits: Audits | None = None) -> APIRouter:
    """Consult, browse, sheet, audit, and the files that they need."""
    pages = APIRouter(include_in_schema=False)
    for part in (static_files(), consult_pages(shelf), browse(shelf), sheet(shelf), audit_pages(audits or Audits())):
        pages.include_router(part)

    @pages.get("/")
    def start(request: Request) -> RedirectResponse:
        """To the consult page, in Korean for a browser that asks for Korean first."""
        first = request.headers.get("accept-language", "").strip().lower()
        return RedirectResponse("/ko/consult" if first.startswith("ko") else "/en/consult", status_code=303)

    return pages
