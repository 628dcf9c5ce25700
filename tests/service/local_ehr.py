"""An EHR on this machine, for the tests: keys, tokens, a FHIR server and, for SMART, an authorization server."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import anyio
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from decidua.intake.fhir import tables
from decidua.service.ehr.settings import EhrSettings

PATIENT = "1288992"
CLIENT = "decidua-test"
Json = dict[str, Any]


def patient(id_: str = PATIENT) -> Json:
    return {"resourceType": "Patient", "id": id_, "gender": "female", "birthDate": "1990-04-02"}


def observation(id_: str, code: str, value: int, system: str = "http://loinc.org") -> Json:
    return {
        "resourceType": "Observation", "id": id_, "status": "final", "effectiveDateTime": "2024-01-15",
        "code": {"coding": [{"system": system, "code": code}]}, "subject": {"reference": f"Patient/{PATIENT}"},
        "valueInteger": value,
    }  # fmt: skip


def searchset(*resources: Json, next_page: str | None = None) -> Json:
    links = {"link": [{"relation": "next", "url": next_page}]} if next_page else {}
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources], **links}


LOSSES = observation("losses", "11614-5", 4)
UNEXPLAINED = {key: value for key, value in observation("cause", "unexplained", 0, tables().own).items()
               if key != "valueInteger"} | {"valueBoolean": True}  # fmt: skip
RECORD: Json = {"Patient": patient(), "Observation": searchset(LOSSES, UNEXPLAINED)}


def prefetch(**given: Any) -> Json:
    """Everything that is asked for, as a client sends it along; four losses unless said otherwise."""
    empty = dict.fromkeys(("conditions", "allergies", "medications", "statements", "procedures"))
    return {"patient": patient(), "observations": searchset(LOSSES, UNEXPLAINED), **empty, **given}


def call(hook: str = "patient-view", **parts: Any) -> Json:
    context = {"userId": "Practitioner/example", "patientId": PATIENT}
    made = {"hook": hook, "hookInstance": str(uuid4()), "context": context, "prefetch": prefetch(), **parts}
    return {key: value for key, value in made.items() if value is not None}


def order(code: str = "L03AA02", **more: Any) -> Json:
    """A call on an order for G-CSF, unless said otherwise."""
    drug = {"coding": [{"system": "http://www.whocc.no/atc", "code": code}]}
    one = {"resourceType": "MedicationRequest", "id": "1", "status": "draft", "intent": "order",
           "medicationCodeableConcept": drug, "subject": {"reference": f"Patient/{PATIENT}"}, **more}  # fmt: skip
    context = {"userId": "Practitioner/example", "patientId": PATIENT, "selections": ["MedicationRequest/1"],
               "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": one}]}}  # fmt: skip
    return call("order-select", context=context)


@cache
def elliptic(name: str = "one") -> ec.EllipticCurvePrivateKey:  # noqa: ARG001  # a key for each name
    return ec.generate_private_key(ec.SECP384R1())


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def jwk(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, kid: str, **more: Any) -> Json:
    public: Any = key.public_key()
    made = (RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm).to_jwk(public, as_dict=True)
    return {**made, "kid": kid, "use": "sig", **more}


@dataclass
class LocalEhr:
    """`base`: its address. `asked`: every path with its query that it was asked for, and the token beside it."""

    base: str = ""
    keys: list[Json] = field(default_factory=lambda: [jwk(elliptic(), "one"), jwk(rsa_key(), "rsa")])
    record: Json = field(default_factory=lambda: dict(RECORD))
    asked: list[tuple[str, str]] = field(default_factory=list)
    hangs: bool = False
    elsewhere: str | None = None
    """Where it redirects every request of its FHIR server to."""
    codes: dict[str, Json] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    patient_in_context: str | None = PATIENT
    authorization: Json = field(default_factory=dict)
    """The parameters of the last request for authorization."""

    @property
    def issuer(self) -> str:
        return f"{self.base}/"

    @property
    def fhir(self) -> str:
        return f"{self.base}/fhir"

    def token(self, audience: str, key: Any = None, alg: str = "ES384", head: Json | None = None, **claims: Any) -> str:
        """A good token for an address, unless said otherwise; a claim of None is left out."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + 120, "jti": str(uuid4()), **claims}
        header = {"kid": "rsa" if alg == "RS384" else "one", "typ": "JWT", **(head or {})}
        signing = key or (rsa_key() if alg == "RS384" else elliptic())
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(kept, signing, algorithm=alg, headers=header)

    def access(self) -> Json:
        """What a call brings for this FHIR server."""
        token = f"token-{uuid4()}"
        self.tokens.add(token)
        granted = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.read",
                   "subject": CLIENT}  # fmt: skip
        return {"fhirServer": self.fhir, "fhirAuthorization": granted}

    def settings(self, **more: Any) -> EhrSettings:
        one = {"name": "local-ehr", "issuer": self.issuer, "keys": {"url": f"{self.base}/jwks.json"},
               "fhir_servers": [self.fhir], **more.pop("ehr", {})}  # fmt: skip
        given = {"address": "http://127.0.0.1", "cds_hooks": True, "networks": ["127.0.0.0/8"], "ehrs": [one], **more}
        return EhrSettings.model_validate(given)

    # ---- its pages ---------------------------------------------------------------------------------------------

    def app(self) -> Starlette:
        return Starlette(routes=[
            Route("/jwks.json", self._jwks), Route("/fhir/.well-known/smart-configuration", self._configuration),
            Route("/fhir/{rest:path}", self._fhir), Route("/authorize", self._authorize),
            Route("/allowed", self._allowed), Route("/token", self._token, methods=["POST"]),
            Route("/start", self._start), Route("/favicon.ico", lambda _: Response(status_code=204)),
        ])  # fmt: skip

    async def _noted(self, request: Request) -> None:
        query = f"?{request.url.query}" if request.url.query else ""
        self.asked.append((f"{request.url.path}{query}", request.headers.get("authorization", "")))
        if self.hangs:
            await anyio.sleep(60)

    async def _jwks(self, request: Request) -> Response:
        await self._noted(request)
        return JSONResponse({"keys": self.keys})

    async def _fhir(self, request: Request) -> Response:
        await self._noted(request)
        if self.elsewhere:
            return RedirectResponse(self.elsewhere)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return JSONResponse({"resourceType": "OperationOutcome"}, 401)
        kind = request.path_params["rest"].partition("/")[0]
        page = request.query_params.get("page")
        found = self.record.get(f"{kind}?page={page}" if page else kind)
        if found is None:
            found = searchset()
        return Response(json.dumps(found), media_type="application/fhir+json")

    async def _configuration(self, request: Request) -> Response:
        await self._noted(request)
        return JSONResponse({
            "issuer": self.fhir, "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token", "code_challenge_methods_supported": ["S256"],
            "capabilities": ["launch-ehr", "launch-standalone", "client-public", "context-ehr-patient",
                             "permission-patient", "permission-v2"],
            "grant_types_supported": ["authorization_code"],
        })  # fmt: skip

    async def _start(self, request: Request) -> Response:
        """A page of the EHR with the button that launches this service."""
        to = f"{request.query_params['app']}/smart/launch?{urlencode({'iss': self.fhir, 'launch': 'abc-123'})}"
        return HTMLResponse(f'<!doctype html><title>EHR</title><a id="launch" href="{to}">Launch</a>')

    async def _authorize(self, request: Request) -> Response:
        """The page on which a clinician allows it."""
        self.authorization = dict(request.query_params)
        return HTMLResponse(
            f'<!doctype html><title>Allow</title><a id="allow" href="/allowed?{request.url.query}">Allow</a>'
        )

    async def _allowed(self, request: Request) -> Response:
        code = f"code-{uuid4()}"
        self.codes[code] = dict(request.query_params)
        back = {"code": code, "state": request.query_params["state"], "iss": self.fhir}
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{urlencode(back)}", 303)

    async def _token(self, request: Request) -> Response:
        await self._noted(request)
        form = dict(await request.form())
        asked = self.codes.pop(str(form.get("code")), None)
        verifier = str(form.get("code_verifier")).encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        good = asked is not None and all((
            challenge == asked["code_challenge"], asked["code_challenge_method"] == "S256",
            form.get("redirect_uri") == asked["redirect_uri"], form.get("client_id") == asked["client_id"] == CLIENT,
            form.get("grant_type") == "authorization_code", asked["aud"] == self.fhir,
        ))  # fmt: skip
        if not good or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = f"smart-token-{uuid4()}"
        self.tokens.add(token)
        said = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": asked["scope"]}
        context = {"patient": self.patient_in_context} if self.patient_in_context else {}
        return JSONResponse({**said, **context})


@contextmanager
def local_ehr() -> Iterator[LocalEhr]:
    """On a free port of this machine, in a thread of its own."""
    ehr = LocalEhr()
    with socket.create_server(("127.0.0.1", 0)) as bound:
        ehr.base = f"http://127.0.0.1:{bound.getsockname()[1]}"
        config = uvicorn.Config(ehr.app(), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield ehr
        finally:
            server.should_exit = True
            thread.join(10)
