"""The outermost layer: what is sent with every answer, what is noted of it, and errors as answers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from time import perf_counter

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decidua.errors import DeciduaError
from decidua.service.log import note_request, note_unforeseen
from decidua.service.problems import told

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
CALLED = "/cds-services"
"""Addresses that pages of EHRs may call."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


class Answered:
    """Nothing passes it without its headers, and no error reaches the server below, which would print it."""

    def __init__(self, app: ASGIApp, origins: frozenset[str] = frozenset()) -> None:
        self.app, self.origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, request_id, status, asked = perf_counter(), secrets.token_hex(8), 0, scope["method"]
        scope = {**scope, "decidua.request": request_id}
        if asked == "HEAD":  # every page can be asked for its headers; the server below drops the body
            scope = {**scope, "method": "GET"}

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                _add_headers(headers, request_id)
                if scope["path"].startswith(CALLED):
                    self._open_to(headers, Headers(scope=scope).get("origin", ""))
            await send(message)

        try:
            await self.app(scope, receive, sent)
        except ClientDisconnect:
            status = status or 499
        except Exception as error:
            if not isinstance(error, DeciduaError):
                note_unforeseen(request_id, route_of(scope), error)
            if not status:
                await told(Request(scope), error)(scope, receive, sent)
        note_request(request_id, asked if asked in METHODS else "-", route_of(scope), status, perf_counter() - began)

    def _open_to(self, headers: MutableHeaders, origin: str) -> None:
        """CORS: pages of listed EHRs may read what is answered to calls, with a token and without cookies."""
        headers.add_vary_header("Origin")
        if origin in self.origins:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Allow-Methods"] = "GET, POST"
            headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            headers["Access-Control-Max-Age"] = "600"


def _add_headers(headers: MutableHeaders, request_id: str) -> None:
    """What changes with its content may be kept (static files say so themselves); all else is never stored."""
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Request-Id"] = request_id


def route_of(scope: Scope) -> str:
    """The pattern of the route that was met, such as `/api/v1/evidence/{table}`; `-` for none."""
    return str(getattr(scope.get("route"), "path", "-"))
