"""The pages without a patient, as one router. An address holds what is shown, never anything of a patient."""

from __future__ import annotations

from functools import cache
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from decidua.check.docket import Question, docket
from decidua.language import Lang
from decidua.web.browse import compare
from decidua.web.browse.about import about_view
from decidua.web.browse.differences import Differences
from decidua.web.browse.drawn import Drawn
from decidua.web.browse.effects import Baseline, chosen_baseline, effects_view
from decidua.web.browse.evidence_pages import evidence_pages
from decidua.web.browse.guidelines import guideline_line, guideline_view
from decidua.web.browse.hrefs import TEST
from decidua.web.browse.pool_pages import pool_pages
from decidua.web.browse.statements import society
from decidua.web.browse.therapies import option_lines, option_view
from decidua.web.browse.tongue import Tongue, there
from decidua.web.drawing_pages import page
from decidua.web.shelf import Shelf
from decidua.web.submitted import Submitted, read_submitted

Several = Annotated[list[str], Query(default_factory=list)]


def browse(shelf: Shelf) -> APIRouter:
    """Mounted once; what is the same for every visitor is worked out when it is first asked for."""
    routes = APIRouter(prefix="/{lang}", include_in_schema=False)
    found, drawn = Differences(shelf.answers), Drawn(shelf)
    routes.include_router(_compared(shelf, found))
    routes.include_router(_options(shelf, found, drawn))
    routes.include_router(_guidelines(shelf))
    routes.include_router(evidence_pages(shelf, drawn))
    routes.include_router(pool_pages())

    @routes.get("/about")
    def about(request: Request, lang: Tongue) -> HTMLResponse:
        return page(request, "browse/about.html.j2", lang, a=about_view(shelf, lang))

    return routes


def _compared(shelf: Shelf, found: Differences) -> APIRouter:
    routes = APIRouter()

    @routes.get("/compare")
    def compared(
        request: Request, lang: Tongue, guideline: Several, topic: str = "", kind: str = ""
    ) -> HTMLResponse:  # fmt: skip
        k = shelf.knowledge
        asked = compare.chosen(k, topic, guideline, kind, found.order)
        defining = asked.topic == "definitions"
        return page(
            request, "browse/compare.html.j2", lang, asked=asked, topics=_topics(lang, asked),
            guidelines=[(id_, society(k, id_)) for id_ in compare.by_year(k)],
            kinds=[(one, compare.kind_label(k, one, lang)) for one in found.order],
            rows=() if defining else compare.rows(shelf, found, asked, lang),
            definitions=compare.definitions(shelf, asked.guidelines, lang) if defining else (),
            item_topics=list(dict.fromkeys(item.topic for g in k.guidelines.values() for item in g.items)),
            counted=compare.counted(found, asked.guidelines, lang) if defining else (),
        )  # fmt: skip

    return routes


def _topics(lang: Lang, asked: compare.Filter) -> list[tuple[str, str]]:
    """Each topic with its address; the chosen guidelines stay chosen."""
    return [
        (topic, f"/{lang}/compare?{urlencode([('topic', topic), *(('guideline', one) for one in asked.guidelines)])}")
        for topic in compare.TOPICS
    ]


def _options(shelf: Shelf, found: Differences, drawn: Drawn) -> APIRouter:
    routes = APIRouter()
    options = shelf.knowledge.options

    @routes.get("/therapies")
    def therapies(request: Request, lang: Tongue) -> HTMLResponse:
        lines = option_lines(shelf, found, False, lang)
        return page(request, "browse/options.html.j2", lang, lines=lines, tests=False)

    @routes.get("/tests")
    def tests(request: Request, lang: Tongue) -> HTMLResponse:
        return page(request, "browse/options.html.j2", lang, lines=option_lines(shelf, found, True, lang), tests=True)

    @routes.get("/therapies/{option}")
    def therapy(request: Request, lang: Tongue, option: str) -> HTMLResponse:
        return one(request, lang, there(option, {id_ for id_ in options if not id_.startswith(TEST)}))

    @routes.get("/tests/{option}")
    def test(request: Request, lang: Tongue, option: str) -> HTMLResponse:
        return one(request, lang, there(f"{TEST}{option}", options))

    @routes.post("/therapies/{option}")
    def at_baseline(
        request: Request, lang: Tongue, option: str, submitted: Annotated[Submitted, Depends(read_submitted)]
    ) -> HTMLResponse:
        there(option, {id_ for id_ in options if not id_.startswith(TEST)})
        return one(request, lang, option, chosen_baseline(dict(submitted.fields)))

    def one(request: Request, lang: Lang, option: str, chosen: Baseline | None = None) -> HTMLResponse:
        view, effects = option_view(shelf, found, option, lang), effects_view(drawn.shown, option, lang, chosen)
        return page(
            request, "browse/option.html.j2", lang, status=422 if effects and effects.problem else 200, o=view,
            effects=effects, pictures={line.id: drawn.of_table(line.id, lang) for line in view.tables},
        )  # fmt: skip

    return routes


def _guidelines(shelf: Shelf) -> APIRouter:
    routes = APIRouter()

    @cache
    def questions() -> tuple[Question, ...]:
        return docket(shelf.knowledge)

    @routes.get("/guidelines")
    def guidelines(request: Request, lang: Tongue) -> HTMLResponse:
        lines = [guideline_line(shelf, questions(), id_, lang) for id_ in compare.by_year(shelf.knowledge)]
        return page(request, "browse/guidelines.html.j2", lang, lines=lines)

    @routes.get("/guidelines/{guideline}")
    def guideline(request: Request, lang: Tongue, guideline: str) -> HTMLResponse:
        there(guideline, shelf.knowledge.guidelines)
        return page(request, "browse/guideline.html.j2", lang, g=guideline_view(shelf, questions(), guideline, lang))

    return routes
