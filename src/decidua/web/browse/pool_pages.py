"""The page that pools what a visitor sends. Nothing is kept: each answer is made from what came with its request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from decidua.errors import DeciduaError
from decidua.language import Lang, say
from decidua.web.browse import pooling
from decidua.web.browse.evidence_pages import as_file, download
from decidua.web.browse.figures import SHOWN
from decidua.web.browse.pictures import Pooled
from decidua.web.browse.poolable import require_numpy
from decidua.web.browse.pooling import Entered
from decidua.web.browse.tongue import Tongue
from decidua.web.drawing_pages import page
from decidua.web.refused import Refused
from decidua.web.submitted import Submitted, read_submitted
from decidua.web.worker import WORKER

if TYPE_CHECKING:
    from decidua.reports.methods import Methods

NAME = "pooled"


async def sent(request: Request) -> Submitted | Refused:
    """What the form sent; what cannot be taken is told on the form and not on a page of its own."""
    try:
        return await read_submitted(request)
    except Refused as refused:
        return refused


def pool_pages() -> APIRouter:
    routes = APIRouter()

    @routes.get("/pool")
    def empty(request: Request, lang: Tongue) -> HTMLResponse:
        return _page(request, lang, Entered())

    @routes.post("/pool")
    def pooled(request: Request, lang: Tongue, submitted: Annotated[Submitted | Refused, Depends(sent)]) -> Response:
        if isinstance(submitted, Refused):
            return _page(request, lang, Entered(), problem=submitted, status=submitted.status)
        form = pooling.entered(submitted)
        try:
            require_numpy()
            pooled = WORKER.run(pool, form, lang)
            return _file(pooled, form.shape) or _page(request, lang, form, pooled)
        except Refused as refused:
            return _page(request, lang, form, problem=refused, status=refused.status)
        except DeciduaError as error:
            return _page(request, lang, form, problem=error, status=422)

    return routes


def pool(form: Entered, lang: Lang) -> Pooled:
    """In a process of its own: a visitor's file could make it endless, and a process can be ended."""
    from decidua.reports.pool.build import build_pool_report

    asked = pooling.asked(form)
    table = pooling.read_entered(form, asked.wanted, say(lang, "pages.pasted"))
    return Pooled(build_pool_report(table, asked, lang), table)


def _file(pooled: Pooled, shape: str) -> Response | None:
    """A download; None for the page."""
    if shape == "json":
        return download(pooled.report.model_dump_json(indent=2), f"{NAME}.json", "application/json")
    if shape == "funnel":
        return download(pooled.funnel().file, f"{NAME}-funnel.svg", "image/svg+xml")
    return as_file(pooled, shape, NAME) if shape in ("svg", "csv") else None


def _page(
    request: Request, lang: Lang, form: Entered, pooled: Pooled | None = None, problem: DeciduaError | None = None,
    status: int = 200,
) -> HTMLResponse:  # fmt: skip
    return page(
        request, "browse/pool.html.j2", lang, status=status, form=form, allowed=pooling.CHOICES, levels=pooling.LEVELS,
        extras=pooling.EXTRAS, pooled=pooled, problem=problem.message(lang).splitlines() if problem else [],
        methods=_methods(pooled), **SHOWN,
    )  # fmt: skip


def _methods(pooled: Pooled | None) -> Methods | None:
    from decidua.reports.methods import write_methods

    return write_methods(pooled.report) if pooled else None
