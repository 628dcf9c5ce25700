"""`/smart/`: out to the EHR, and back with a code; the page that comes is the consult form, filled.

    /smart/launch?iss=…&launch=…   from inside the EHR
    /smart/start?ehr=<name>        from here: the clinician chooses the patient at the EHR
    /smart/callback?code=…&state=… back; the record is read, the token forgotten, the page drawn

Who could allow this at a listed EHR is let in: beyond this machine that counts as signing in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from decidua.errors import PatientError
from decidua.intake.fhir import read_fhir
from decidua.language import Lang
from decidua.service.cds.gate import Gate
from decidua.service.cds.record import NAME, Record
from decidua.service.cds.tongue import tongue
from decidua.service.ehr.settings import Ehr, EhrSettings, server_of
from decidua.service.log import Audit
from decidua.service.settings import Settings
from decidua.service.sign_in import COOKIE, LASTS, SignIn
from decidua.service.smart.configuration import Configurations
from decidua.service.smart.exchange import granted, record_of
from decidua.service.smart.waiting import LASTS as WAITS
from decidua.service.smart.waiting import Waiting, cookie_name, opened, sealed
from decidua.web.consult.launched import launched_page
from decidua.web.drawing_pages import page
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf

PREFIX = "/smart"
Opaque = Annotated[str, Query(max_length=4000)]
_OPAQUE = re.compile(r"[\x20-\x7e]{1,4000}")


def smart_routes(shelf: Shelf, settings: Settings, gate: Gate, sign_in: SignIn) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    if settings.ehr is None or not settings.ehr.launches or gate.reach is None:
        return routes
    launches = _Launches(shelf, settings, settings.ehr, gate, sign_in, Configurations(gate.reach))

    @routes.get(f"{PREFIX}/launch")
    async def launch(request: Request, iss: Opaque, launch: Opaque) -> Response:
        return await launches.out(request, launches.listed(iss), iss, launch)

    @routes.get(f"{PREFIX}/start")
    async def start(request: Request, ehr: Opaque) -> Response:
        known = launches.named(ehr)
        return await launches.out(request, known, known.fhir_servers[0], None)

    @routes.get(f"{PREFIX}/callback")
    async def callback(request: Request) -> Response:
        return await launches.back(request)

    @routes.get("/{lang}/records")
    def records(request: Request, lang: Lang) -> HTMLResponse:
        return page(request, "records.html.j2", lang, names=[one.name for one in launches.ehr.ehrs if one.smart])

    return routes


@dataclass
class _Launches:
    shelf: Shelf
    settings: Settings
    ehr: EhrSettings
    gate: Gate
    sign_in: SignIn
    configurations: Configurations

    def listed(self, server: str) -> Ehr:
        """Nobody is asked for the sake of an address that is not listed."""
        found = self.ehr.for_launch(server)
        if found is None:
            raise Refused(403, "smart.not-listed")
        return found

    def named(self, name: str) -> Ehr:
        found = next((one for one in self.ehr.ehrs if one.name == name and one.smart), None)
        if found is None:
            raise Refused(404, "smart.not-listed")
        return found

    @property
    def returns(self) -> str:
        return f"{self.ehr.base}{PREFIX}/callback"

    async def out(self, request: Request, ehr: Ehr, given: str, launch: str | None) -> Response:
        """To the authorization server. `launch`: what the EHR gave to be shown again there."""
        server = server_of(ehr, given)
        assert server is not None
        assert ehr.smart is not None
        if launch is not None and not _OPAQUE.fullmatch(launch):
            raise Refused(400, "refused.request")
        found = await self.configurations.of(ehr, server)
        lang = tongue(request, ehr.language)
        waiting = Waiting(ehr.name, server, found.token_endpoint, found.issuer, lang)
        asked = {
            "response_type": "code", "client_id": ehr.smart.client_id, "redirect_uri": self.returns,
            "scope": found.scopes(launched=launch is not None), "state": waiting.state, "aud": server,
            "code_challenge": waiting.challenge, "code_challenge_method": "S256",
            **({"launch": launch} if launch is not None else {}),
        }  # fmt: skip
        joint = "&" if "?" in found.authorization_endpoint else "?"
        answer = RedirectResponse(f"{found.authorization_endpoint}{joint}{urlencode(asked)}", 303)
        answer.set_cookie(
            cookie_name(waiting.state), sealed(self.settings.key, waiting), max_age=WAITS, path=PREFIX, httponly=True,
            secure=self.settings.secure, samesite="lax",
        )  # fmt: skip
        return answer

    async def back(self, request: Request) -> Response:
        """With a code, or with a no. Whatever comes of it, the cookie of this launch is spent."""
        audit = Audit(request.scope.get("decidua.request", "-"), "smart")
        with audit.watching():
            answer = await self._back(request, audit)
        audit.answered(1)
        return answer

    async def _back(self, request: Request, audit: Audit) -> Response:
        state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
        waiting = opened(self.settings.key, request.cookies.get(cookie_name(state), ""), state)
        if waiting is None:
            raise Refused(400, "smart.state")
        spent = {"Set-Cookie": f"{cookie_name(state)}=; Max-Age=0; Path={PREFIX}; HttpOnly; SameSite=lax"}
        try:
            return self._spent(await self._filled(request, waiting, code, audit), state)
        except Refused as refused:
            raise Refused(refused.status, refused.key, headers={**refused.headers, **spent}, **refused.parts) from None

    async def _filled(self, request: Request, waiting: Waiting, code: str, audit: Audit) -> Response:
        ehr = self.named(waiting.ehr)
        audit.ehr, issuer = ehr.name, request.query_params.get("iss")
        if issuer is not None and issuer.rstrip("/") not in (waiting.issuer.rstrip("/"), waiting.server.rstrip("/")):
            raise Refused(400, "smart.state")
        if "error" in request.query_params or not _OPAQUE.fullmatch(code):
            raise Refused(403, "smart.denied")
        assert ehr.smart is not None
        assert self.gate.reach is not None
        given = await granted(self.gate.reach, waiting, ehr.smart.client_id, code, self.returns)
        record = await record_of(self.gate.reach, self.shelf.knowledge, waiting, given)
        audit.data = record.origin
        return await run_in_threadpool(self._drawn, request, waiting, given.patient, record)

    def _drawn(self, request: Request, waiting: Waiting, patient: str, record: Record) -> HTMLResponse:
        knowledge = self.shelf.knowledge
        try:
            mapped = read_fhir(
                record.pages, name=NAME, vocabulary=knowledge.vocabulary, stated=knowledge.stated, patient=patient
            )
        except PatientError as error:
            raise Refused(422, "smart.record", why=error.message(waiting.lang)) from None
        return launched_page(
            request, self.shelf, waiting.lang, mapped, server=waiting.server, patient=patient, missing=record.missing
        )

    def _spent(self, answer: Response, state: str) -> Response:
        answer.delete_cookie(cookie_name(state), path=PREFIX, httponly=True, samesite="lax")
        if self.settings.token is not None:
            answer.set_cookie(
                COOKIE, self.sign_in.cookie(), max_age=LASTS, httponly=True, samesite="strict",
                secure=self.settings.secure,
            )  # fmt: skip
        return answer
