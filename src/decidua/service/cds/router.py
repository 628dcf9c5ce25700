"""`/cds-services`: discovery for anybody, calls and feedback for EHRs that the settings list.

switched on                        who may call
not                                nobody: discovery lists nothing and says why
--cds-hooks, on this machine only  anybody on this machine, with prefetched data; a trial
--ehr FILE with cds_hooks: true    EHRs of the file, each call with a token (JWT)
"""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from decidua.fhir.cards import Cards, Discovery, Setting
from decidua.fhir.cards.models import Sent
from decidua.fhir.cards.naming import IN_SCOPE
from decidua.fhir.cards.services import SERVICES, discovery, nothing, templates
from decidua.language import Lang
from decidua.service.api.declared import WITH_BODY, Nothing, body_of, statuses, taken
from decidua.service.cds.answer import cards_for
from decidua.service.cds.call import Call, read_call
from decidua.service.cds.described import CALL, EXAMPLE, FEEDBACK, FEEDBACK_EXAMPLE
from decidua.service.cds.feedback import read_feedback
from decidua.service.cds.gate import PREFIX, Gate
from decidua.service.cds.record import Access, gather
from decidua.service.cds.tongue import tongue
from decidua.service.ehr.settings import Ehr, server_of
from decidua.service.log import Audit
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf

LARGEST = 6_000_000
"""Bytes of a call."""
JSON = ("application/json",)
ServiceId = Annotated[str, Path(json_schema_extra={"enum": list(SERVICES)})]
NoQuery = Annotated[Nothing, Query()]


class Noted(Sent):
    """`kept`: whether there is a file for feedback."""

    kept: bool


def cds_routes(shelf: Shelf, gate: Gate) -> APIRouter:
    routes, service = APIRouter(tags=["cds"]), _Service(shelf, gate)

    @routes.get(
        PREFIX, response_model=Discovery, response_model_exclude_none=True, responses=statuses(),
        summary="api.cds.discovery.summary", description="api.cds.discovery.description",
    )  # fmt: skip
    async def discover(request: Request, _: NoQuery) -> Response:
        return service.discover(tongue(request, "en"))

    @routes.post(
        PREFIX + "/{id}", response_model=Cards, responses=statuses(404, 412, *WITH_BODY),
        summary="api.cds.call.summary", description="api.cds.call.description",
        openapi_extra=body_of({"application/json": {"schema": CALL, "example": EXAMPLE}}, "api.cds.call.body"),
    )  # fmt: skip
    async def call(request: Request, id: ServiceId, _: NoQuery) -> Response:
        return await service.call(request, id)

    @routes.post(
        PREFIX + "/{id}/feedback", response_model=Noted, responses=statuses(404, *WITH_BODY),
        summary="api.cds.feedback.summary", description="api.cds.feedback.description",
        openapi_extra=body_of(
            {"application/json": {"schema": FEEDBACK, "example": FEEDBACK_EXAMPLE}}, "api.cds.feedback.body"
        ),
    )  # fmt: skip
    async def feedback(request: Request, id: ServiceId, _: NoQuery) -> Response:
        return await service.feedback(request, id)

    return routes


async def _thrown_away(request: Request) -> None:
    """The body of a caller who is nobody is taken off the connection, so that it can be used again, and not kept."""
    async for _ in request.stream():
        continue


class _Service:
    def __init__(self, shelf: Shelf, gate: Gate) -> None:
        self.shelf, self.gate = shelf, gate
        self.templates = templates(shelf.knowledge)
        self.kept: dict[Lang, bytes] = {}

    def discover(self, lang: Lang) -> Response:
        if lang not in self.kept:
            found = discovery(self.shelf.knowledge, lang) if self.gate.on else nothing(self.shelf.knowledge, lang)
            self.kept[lang] = found.model_dump_json(exclude_none=True).encode()
        return Response(self.kept[lang], media_type=JSON[0])

    async def call(self, request: Request, id_: str) -> Response:
        audit = Audit(request.scope.get("decidua.request", "-"), id_ if id_ in SERVICES else "-")
        with audit.watching():
            made = await self._cards(request, id_, audit)
        audit.answered(len(made.cards))
        return Response(made.model_dump_json(exclude_none=True), media_type=JSON[0])

    async def _cards(self, request: Request, id_: str, audit: Audit) -> Cards:
        """Who calls is asked first: of a caller who is nobody, no body is read."""
        ehr = await self._caller(request, id_, audit)
        call = read_call(await taken(request, JSON, LARGEST), SERVICES[id_])
        audit.instance = call.hookInstance.lower()
        if call.by_patient:
            return Cards(cards=())
        record = await gather(self.templates, call.prefetch or {}, call.context.patientId, self._access(call, ehr))
        audit.data = record.origin
        lang = tongue(request, ehr.language if ehr else "en")
        setting = Setting(self.gate.base, lang, bool(ehr and ehr.smart), record.missing)
        return Cards(cards=await run_in_threadpool(cards_for, self.shelf, call, record, setting))

    async def _caller(self, request: Request, id_: str, audit: Audit) -> Ehr | None:
        try:
            if id_ not in SERVICES:
                raise Refused(404, "cds.no-service", services=", ".join(SERVICES))
            ehr = await self.gate.caller(request)
        except Refused:
            await _thrown_away(request)
            raise
        audit.ehr = ehr.name if ehr else "local"
        return ehr

    def _access(self, call: Call, ehr: Ehr | None) -> Access | None:
        """Only to a server that is listed for this EHR, and only with the token that the call brought for it."""
        server = server_of(ehr, call.fhirServer) if ehr else None
        if server is None or call.fhirAuthorization is None or self.gate.reach is None:
            return None
        until = asyncio.get_running_loop().time() + self.gate.reach.seconds
        return Access(server, call.fhirAuthorization.access_token, self.gate.reach, until)

    async def feedback(self, request: Request, id_: str) -> Response:
        audit = Audit(request.scope.get("decidua.request", "-"), f"{id_ if id_ in SERVICES else '-'}/feedback")
        with audit.watching():
            await self._caller(request, id_, audit)
            store, topics = self.gate.store, (IN_SCOPE, *self.shelf.knowledge.options)
            comments = store is not None and store.settings.comments
            found = read_feedback(await taken(request, JSON, LARGEST), topics, comments=comments)
            if store is not None:
                await run_in_threadpool(store.keep, audit.ehr, id_, found)
        audit.answered(len(found))
        return JSONResponse({"kept": store is not None})
