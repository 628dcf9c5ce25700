"""`GET /content`: everything that answers are made from, as it stands in the files, with its hash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import TypeAdapter

from decidua import __version__
from decidua.facts import Constraint, Fact, FactGroup
from decidua.guidelines import Guideline, Knowledge, NamedCriterion, Option, Reading, Statement
from decidua.guidelines.model import Background, Chance, NotCovered
from decidua.language import Model
from decidua.provenance import Discrepancy, Source
from decidua.reports.models import ContentView
from decidua.service.api.declared import Nothing, statuses
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf


@dataclass(frozen=True)
class Kind:
    """One kind of content: its name in the address, its shape, where it lies."""

    name: str
    model: type[Model]
    of: Callable[[Knowledge], Mapping[str, Model]]


KINDS = (
    Kind("sources", Source, lambda k: k.sources),
    Kind("groups", FactGroup, lambda k: k.vocabulary.groups),
    Kind("facts", Fact, lambda k: k.vocabulary.facts),
    Kind("constraints", Constraint, lambda k: {c.id: c for c in k.vocabulary.constraints}),
    Kind("criteria", NamedCriterion, lambda k: k.named),
    Kind("guidelines", Guideline, lambda k: k.guidelines),
    Kind("statements", Statement, lambda k: k.statements),
    Kind("options", Option, lambda k: k.options),
    Kind("readings", Reading, lambda k: k.readings),
    Kind("discrepancies", Discrepancy, lambda k: k.discrepancies),
    Kind("background", Background, lambda k: k.background),
    Kind("chances", Chance, lambda k: k.chances),
    Kind("not-covered", NotCovered, lambda k: k.not_covered),
)


class Overview(Model):
    """Which content this is, and how many items of each kind it holds."""

    software: str
    content: ContentView
    kinds: dict[str, int]


def content_routes(shelf: Shelf) -> APIRouter:
    routes = APIRouter(tags=["content"])

    @routes.get("/content", response_model=Overview, responses=statuses(), summary="api.content.summary",
                description="api.content.description")  # fmt: skip
    def overview(_: Annotated[Nothing, Query()]) -> Overview:
        knowledge = shelf.knowledge
        statements = knowledge.statements.values()
        reviewed = sum(s.review.level == "clinician" for s in statements)
        return Overview(
            software=f"decidua {__version__}",
            content=ContentView(hash=knowledge.content.hash, statements=len(statements), reviewed=reviewed),
            kinds={kind.name: len(kind.of(knowledge)) for kind in KINDS},
        )

    for kind in KINDS:
        _add(routes, shelf, kind)
    return routes


def _add(routes: APIRouter, shelf: Shelf, kind: Kind) -> None:
    """All items of a kind by id, and one by its id."""
    every: Any = dict[str, kind.model]  # type: ignore[name-defined]
    written: TypeAdapter[Any] = TypeAdapter(every)

    def all_of(_: Annotated[Nothing, Query()]) -> Response:
        items = written.dump_json(dict(kind.of(shelf.knowledge)), by_alias=True)
        return Response(items, media_type="application/json")

    def one_of(id: Annotated[str, Path(description="api.content.id")], _: Annotated[Nothing, Query()]) -> Response:
        found = kind.of(shelf.knowledge).get(id)
        if found is None:
            raise Refused(404, "refused.unknown-item")
        return Response(found.model_dump_json(by_alias=True), media_type="application/json")

    routes.add_api_route(
        f"/content/{kind.name}", all_of, response_model=every, responses=statuses(), name=f"all_{kind.name}",
        summary=f"api.content.{kind.name}", description="api.content.many",
    )  # fmt: skip
    routes.add_api_route(
        f"/content/{kind.name}/{{id}}", one_of, response_model=kind.model, responses=statuses(404),
        name=f"one_{kind.name}", summary=f"api.content.{kind.name}-one", description="api.content.one",
    )  # fmt: skip
