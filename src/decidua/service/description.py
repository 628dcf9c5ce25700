"""The OpenAPI 3.1 description of the API, in either language, and the address where it is served.

Operations name their sentences by words keys (`api.…`); here the sentences take their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from decidua import __version__
from decidua.guidelines import Knowledge
from decidua.language import Lang, words
from decidua.service.api import PREFIX
from decidua.service.api.declared import InLanguage
from decidua.service.api.patient import LABEL
from decidua.service.api_page import schemas, sections
from decidua.service.problems import Problem
from decidua.web.drawing_pages import page

SPOKEN = ("summary", "description", "title")
TAGS = ("consult", "content", "evidence", "pool", "cds")


@cache
def described(app: FastAPI, lang: Lang) -> dict[str, Any]:
    """The whole description; it follows from the code and the content, so it is made once."""
    made = get_openapi(
        title="Decidua", version=__version__, openapi_version="3.1.0", summary="api.summary",
        description="api.description", routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        tags=[{"name": name, "description": f"api.tag-{name}"} for name in TAGS],
    )  # fmt: skip
    made["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    if app.state.settings.token is not None:
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
    spoken: dict[str, Any] = _spoken(made, {**words(lang), **_labels(app.state.shelf.knowledge, lang)})
    return spoken


def _labels(knowledge: Knowledge, lang: Lang) -> dict[str, str]:
    """Facts and named criteria by what stands for their labels."""
    facts = {f"{LABEL}{id_}": fact.label[lang] for id_, fact in knowledge.vocabulary.facts.items()}
    return facts | {f"{LABEL}{id_}": named.label[lang] for id_, named in knowledge.named.items()}


def _spoken(part: Any, said: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _sentence(value, said) if key in SPOKEN else _spoken(value, said) for key, value in part.items()}
    return [_spoken(item, said) for item in part] if isinstance(part, list) else part


def _sentence(value: Any, said: Mapping[str, str]) -> Any:
    """The sentence of a key; a property that is called `title` is a part like any other."""
    if isinstance(value, str):
        return said.get("api.status-200" if value == "Successful Response" else value, value)
    return _spoken(value, said)


def description_routes() -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get(f"{PREFIX}/openapi.json")
    def openapi(request: Request, query: Annotated[InLanguage, Query()]) -> Response:
        return JSONResponse(described(request.app, query.lang))

    @routes.get("/{lang}/api")
    def for_people(request: Request, lang: Lang) -> Response:
        description = described(request.app, lang)
        return page(request, "api.html.j2", lang, api=description, sections=sections(description),
                    shapes=schemas(description), prefix=PREFIX)  # fmt: skip

    return routes
