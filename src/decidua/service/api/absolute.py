"""`GET /absolute`: printed randomised effects as numbers of a thousand, at sourced baselines, and why most are not.

A risk of one's own is not taken here: it may be a patient's, and it would stand in the address.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from decidua.evidence.estimates import read_estimates
from decidua.language import Lang, Model
from decidua.reports.absolute.build import Shown
from decidua.reports.absolute.models import AbsoluteView
from decidua.reports.absolute.subject import of_option
from decidua.reports.reproduction import use_line
from decidua.service.api.declared import Choices, InLanguage, statuses
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf


class Named(Model):
    id: str
    label: str


class AbsoluteList(Model):
    """`options`: those that an estimate or a harm is about. `baselines`: the sourced risks."""

    content: str
    use: str
    options: tuple[Named, ...]
    baselines: tuple[Named, ...]


class AbsoluteQuery(Choices):
    baseline: str | None = Query(None, max_length=200, description="api.absolute.baseline")
    lang: Lang = Query("en", description="api.lang")


def absolute_routes(shelf: Shelf) -> APIRouter:
    routes = APIRouter(tags=["evidence"])
    shown = Shown(shelf.knowledge, shelf.evidence, shelf.verdicts, read_estimates(shelf.content, shelf.evidence))

    @routes.get("/absolute", response_model=AbsoluteList, responses=statuses(), summary="api.absolute.summary",
                description="api.absolute.description")  # fmt: skip
    def subjects(query: Annotated[InLanguage, Query()]) -> AbsoluteList:
        options = shelf.knowledge.options
        return AbsoluteList(
            content=shelf.content.hash, use=use_line(shelf.content, query.lang),
            options=tuple(
                Named(id=id_, label=options[id_].label[query.lang] if id_ in options else id_)
                for id_ in shown.estimates.options
            ),
            baselines=tuple(Named(id=one.said.id, label=one.said.label[query.lang]) for one in shown.baselines()),
        )  # fmt: skip

    @routes.get("/absolute/{option}", response_model=AbsoluteView, responses=statuses(404),
                summary="api.absolute.one", description="api.absolute.one-description")  # fmt: skip
    def about_option(
        option: Annotated[str, Path(description="api.absolute.option")], query: Annotated[AbsoluteQuery, Query()]
    ) -> Response:
        unknown = query.baseline is not None and query.baseline not in shown.estimates.baselines
        if option not in shown.estimates.options or unknown:
            raise Refused(404, "refused.unknown-absolute")
        view = of_option(shown, option, query.baseline, query.lang)
        return Response(view.model_dump_json(), media_type="application/json")

    return routes
