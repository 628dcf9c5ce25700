"""`POST /pool`: one meta-analysis of a file of studies, CSV or RevMan 5, as `decidua pool` does it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from decidua.language import Lang
from decidua.reports.pool.models import PoolReport
from decidua.reports.pool.plan import Asked
from decidua.service.api.declared import WITH_BODY, Choices, body_of, statuses, taken
from decidua.web.shelf import Shelf
from decidua.web.submitted import FILE
from decidua.web.worker import WORKER

NAME = "studies"
"""What errors call the body: `studies:3` is its third line."""
SVG = "image/svg+xml"
MEDIA = ("text/csv", "application/xml", "text/xml", "application/octet-stream", "text/plain")
Measure = Literal["OR", "RR", "RD", "PETO", "MD", "SMD"]
Tau2 = Literal["DL", "PM", "REML", "ML", "EB", "SJ", "HE", "HS"]
Extra = Literal["leave-one-out", "cumulative", "influence", "asymmetry", "trim-fill"]


class PoolQuery(Choices):
    """The options of `decidua pool`, by the same names and with the same defaults."""

    measure: Measure | None = Query(None, description="api.pool.measure")
    model: Literal["fixed", "random"] | None = Query(None, description="api.pool.model")
    method: Literal["MH", "IV", "Peto"] | None = Query(None, description="api.pool.method")
    tau2: Tau2 | None = Query(None, description="api.pool.tau2")
    ci: Literal["wald", "hksj", "hksj-floor"] = Query("wald", description="api.pool.ci")
    zero: Literal["metafor", "revman"] | None = Query(None, description="api.pool.zero")
    level: float = Query(0.95, ge=0.5, le=0.9999, description="api.pool.level")
    prediction: Literal["higgins", "inthout", "normal"] = Query("higgins", description="api.pool.prediction")
    by: str | None = Query(None, max_length=200, description="api.pool.by")
    moderators: list[str] = Query([], max_length=20, description="api.pool.moderators")
    also: list[Extra] = Query([], max_length=20, description="api.pool.also")
    outcome: str | None = Query(None, max_length=200, description="api.pool.outcome")
    lang: Lang = Query("en", description="api.lang")

    @property
    def asked(self) -> Asked:
        return Asked(
            self.measure, self.model, self.method, self.tau2, self.ci, self.zero, self.level, self.prediction,
            self.by, tuple(self.moderators), tuple(dict.fromkeys(self.also)),
        )  # fmt: skip


class PictureQuery(PoolQuery):
    """What is pooled, which picture of it, and what stands under its sides."""

    plot: Literal["forest", "funnel", "cumulative", "leave-one-out"] = Query("forest", description="api.pool.plot")
    favours_left: str | None = Query(None, max_length=200, description="api.pool.favours-left")
    favours_right: str | None = Query(None, max_length=200, description="api.pool.favours-right")
    good: Literal["left", "right"] | None = Query(None, description="api.pool.good")

    @property
    def asked(self) -> Asked:
        """With the estimates one by one that a picture of them needs."""
        steps = (self.plot,) if self.plot in ("cumulative", "leave-one-out") else ()
        plain = super().asked
        return replace(plain, extras=tuple(dict.fromkeys((*plain.extras, *steps))))


async def studies_body(request: Request) -> bytes:
    return await taken(request, MEDIA, FILE)


def pool_routes(_: Shelf) -> APIRouter:
    routes = APIRouter(tags=["pool"])

    @routes.post(
        "/pool", response_model=PoolReport, responses=statuses(*WITH_BODY), summary="api.pool.summary",
        description="api.pool.description", openapi_extra=body_of(_bodies(), "api.pool.body"),
    )  # fmt: skip
    def pool(body: Annotated[bytes, Depends(studies_body)], query: Annotated[PoolQuery, Query()]) -> Response:
        report = WORKER.run(pooled, body, NAME, query.asked, query.outcome, query.lang)
        return Response(report, media_type="application/json")

    @routes.post(
        "/pool.svg", responses=statuses(*WITH_BODY) | {200: {"content": {SVG: {"schema": {"type": "string"}}}}},
        response_class=Response, summary="api.pool.svg-summary", description="api.pool.svg-description",
        openapi_extra=body_of(_bodies(), "api.pool.body"),
    )  # fmt: skip
    def picture(body: Annotated[bytes, Depends(studies_body)], query: Annotated[PictureQuery, Query()]) -> Response:
        return Response(WORKER.run(pictured, body, NAME, query), media_type=SVG)

    return routes


def pictured(data: bytes, name: str, query: PictureQuery) -> bytes:
    """The picture as a file of SVG; in the worker. Raises UsageError, StudyError."""
    from decidua.errors import UsageError

    try:
        from decidua.reports.pictures.make import file_of, plot_of
        from decidua.reports.pool.build import build_pool_report
    except ImportError:
        raise UsageError("error.pool-numpy") from None
    from decidua.reports.pictures.from_pool import Favours
    from decidua.studies import read_study_bytes

    table = read_study_bytes(data, name, query.asked.wanted, query.outcome)
    report = build_pool_report(table, query.asked, query.lang)
    favours = Favours(query.favours_left, query.favours_right, query.good)
    return file_of(report, plot_of(report, table, query.plot, favours), "svg")


def pooled(data: bytes, name: str, asked: Asked, outcome: str | None, lang: Lang) -> str:
    """The PoolReport as JSON; in the worker, where NumPy may be imported. Raises UsageError, StudyError."""
    from decidua.errors import UsageError

    try:
        from decidua.reports.pool.build import build_pool_report
    except ImportError:
        raise UsageError("error.pool-numpy") from None
    from decidua.studies import read_study_bytes

    return build_pool_report(read_study_bytes(data, name, asked.wanted, outcome), asked, lang).model_dump_json()


def _bodies() -> dict[str, Any]:
    csv = "study,ai,n1i,ci,n2i\nFirst 2001,12,50,8,50\nSecond 2004,20,80,15,79\n"
    csv_schema = {"schema": {"type": "string", "contentMediaType": "text/csv"}, "example": csv}
    return {"text/csv": csv_schema, "application/xml": {"schema": {"type": "string"}}}
