"""FHIR R4 over HTTP: the artefacts, the CapabilityStatement and PlanDefinition/$apply. JSON only; nothing is kept.

Whose data it is stands in the body, never in the address: `$apply` is asked by POST alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import QueryParams

from decidua.errors import PatientConflictError
from decidua.fhir.apply import Asked, care_plan, decided, read_asked
from decidua.fhir.apply.messages import said_of
from decidua.fhir.artefacts import Artefacts
from decidua.fhir.canonical import BASE, Resource
from decidua.fhir.capability import capability
from decidua.fhir.outcome import MEDIA
from decidua.intake.fhir import Mapped, read_fhir
from decidua.intake.problems import quoted
from decidua.service.api.declared import taken
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf
from decidua.web.submitted import BODY

PREFIX = "/fhir"
TAKEN = (MEDIA, "application/json")
DATA = "data"
"""What errors call the bundle."""
HEADER = ("resourceType", "id", "url", "version", "name", "title", "status", "experimental")
"""What a list without a search shows of a resource; the tag SUBSETTED says that it is not whole."""
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


async def parameters_body(request: Request) -> bytes:
    return await taken(request, TAKEN, BODY)


def fhir_routes(shelf: Shelf, *, secured: bool) -> APIRouter:
    """`secured`: whether the service asks for an access token."""
    routes = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(_json_is_asked)])
    artefacts = Artefacts(shelf.knowledge, lambda: shelf.answers)

    @routes.get("/metadata")
    def metadata() -> Response:
        return _sent(capability(artefacts.kinds, artefacts.version, secured=secured))

    @routes.post("/PlanDefinition/$apply")
    def apply_named(body: Annotated[bytes, Depends(parameters_body)]) -> Response:
        asked = read_asked(body)
        if asked.plan is None:
            raise Refused(422, "apply.plan-missing")
        plan = artefacts.named("PlanDefinition", asked.plan)
        if plan is None:
            raise Refused(404, "apply.plan-unknown", given=quoted(asked.plan))
        return _sent(_applied(shelf, artefacts, plan, asked))

    @routes.post("/PlanDefinition/{id}/$apply")
    def apply_one(id: str, body: Annotated[bytes, Depends(parameters_body)]) -> Response:
        plan = _found(artefacts, "PlanDefinition", id)
        asked = read_asked(body)
        if asked.plan is not None:
            raise Refused(422, "apply.plan-twice", given=quoted(asked.plan))
        return _sent(_applied(shelf, artefacts, plan, asked))

    @routes.get("/{kind}/{id}")
    def read(kind: str, id: str) -> Response:
        return _sent(_found(artefacts, kind, id))

    @routes.get("/{kind}")
    def search(request: Request, kind: str) -> Response:
        return _sent(_searchset(artefacts, _kind(artefacts, kind), request.query_params))

    @routes.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def elsewhere(request: Request, path: str) -> Response:  # noqa: ARG001
        raise Refused(404 if request.method in ("GET", "POST") else 405, "apply.no-address")

    return routes


def _json_is_asked(request: Request) -> None:
    """Refused 406 where only another form would do."""
    accepted = request.headers.get("accept", "*/*").lower()
    shape = request.query_params.get("_format", MEDIA).lower()
    if "xml" in shape or ("json" not in accepted and "*" not in accepted):
        raise Refused(406, "apply.format")


def _sent(resource: Resource) -> Response:
    return Response(json.dumps(resource, ensure_ascii=False), media_type=MEDIA)


def _kind(artefacts: Artefacts, kind: str) -> str:
    if kind not in artefacts.kinds:
        raise Refused(404, "apply.no-kind")
    return kind


def _found(artefacts: Artefacts, kind: str, id_: str) -> Resource:
    found = artefacts.of(_kind(artefacts, kind)).get(id_)
    if found is None:
        raise Refused(404, "apply.not-found", kind=kind)
    return found


def _searchset(artefacts: Artefacts, kind: str, asked: QueryParams) -> Resource:
    if set(asked) - {"url", "version", "_format"}:
        raise Refused(422, "apply.search")
    url, version = asked.get("url"), asked.get("version")
    keep: Callable[[Resource], Resource] = _subset if url is None else lambda one: one
    found = [
        keep(one)
        for one in artefacts.of(kind).values()
        if url in (None, one["url"], f"{one['url']}|{one['version']}") and version in (None, one["version"])
    ]
    entries = [{"fullUrl": f"{BASE}/{kind}/{one['id']}", "resource": one, "search": {"mode": "match"}} for one in found]
    made: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    return {**made, **({"entry": entries} if entries else {})}


def _subset(resource: Resource) -> Resource:
    short = {key: resource[key] for key in HEADER if key in resource}
    return {"resourceType": short.pop("resourceType"), "id": short.pop("id"), "meta": {"tag": [SUBSETTED]}, **short}


def _applied(shelf: Shelf, artefacts: Artefacts, plan: Resource, asked: Asked) -> Resource:
    knowledge, answers = shelf.knowledge, shelf.answers
    mapped = read_fhir(
        [asked.data], name=DATA, vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=asked.as_of,
        patient=asked.patient,
    )  # fmt: skip
    intake = mapped.intake
    try:
        found = decided(answers, artefacts.subject_of(plan), intake.patient)
    except PatientConflictError as error:
        raise _placed(error, mapped) from None
    said = said_of(knowledge, intake.patient, intake.warnings)
    return care_plan(knowledge, plan, artefacts.by_canonical("ActivityDefinition"), found, asked.subject, said)


def _placed(error: PatientConflictError, mapped: Mapped) -> Exception:
    place = mapped.intake.places.get(str(error.parts.get("name")))
    return error.at(place) if place else error
