"""The access token, and the cookie of who has shown it.

The cookie holds a random number, the time when it ends and a signature over both with a key that is made anew at
every start: nothing has to be kept for it, every worker knows it, and it says nothing of the token or the user.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict, deque
from ipaddress import IPv6Network, ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from decidua.language import Lang
from decidua.service.settings import PROGRAMS, Settings
from decidua.web.drawing_pages import page
from decidua.web.refused import Refused
from decidua.web.submitted import Submitted, read_submitted

COOKIE = "decidua"
LASTS = 12 * 3600
"""Seconds that a sign-in holds: a working day."""
TRIES, WITHIN = 10, 60.0
"""Wrong tokens from one address before it must wait, and the seconds after which they are forgotten."""
ADDRESSES = 1000


class SignIn:
    """Compares in constant time, counts wrong tokens by address. The right one is let in whoever guesses beside."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def admits(self, request: Request) -> bool:
        """Whether the request needs no token, or carries a cookie or, from a program, the token. Raises Refused 401 or
        429 for a wrong token. A page takes no token but by its form: there a wrong one must not bar the way."""
        if self.settings.token is None or self._valid(request.cookies.get(COOKIE, "")):
            return True
        if not request.scope["path"].startswith(PROGRAMS):
            return False
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return False
        self.check(request, given.strip())
        return True

    def check(self, request: Request, given: str) -> None:
        """Raises Refused: 401 for a wrong token, 429 where too many were wrong."""
        if hmac.compare_digest(given.encode(), (self.settings.token or "").encode()):
            return
        address = counted_as(request.client.host if request.client else "-")
        recent = self._recent(address)
        if len(recent) >= TRIES:
            raise Refused(429, "refused.tries", headers={"Retry-After": str(int(WITHIN))}, seconds=int(WITHIN))
        recent.append(time.monotonic())
        self.wrong[address] = recent
        raise Refused(401, "refused.token-wrong", headers={"WWW-Authenticate": "Bearer"})

    def _recent(self, address: str) -> deque[float]:
        now = time.monotonic()
        recent = deque(at for at in self.wrong.pop(address, ()) if now - at < WITHIN)
        if recent:
            self.wrong[address] = recent
        while len(self.wrong) > ADDRESSES:
            self.wrong.popitem(last=False)
        return recent

    def cookie(self) -> str:
        said = f"{secrets.token_hex(16)}.{int(time.time()) + LASTS}"
        return f"{said}.{self._signature(said)}"

    def _valid(self, cookie: str) -> bool:
        said, _, signature = cookie.rpartition(".")
        if not said.isascii() or not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return False
        return int(said.rpartition(".")[2]) > time.time()

    def _signature(self, said: str) -> str:
        return hmac.digest(self.settings.key, said.encode(), "sha256").hex()


def counted_as(host: str) -> str:
    """Under which name the guesses of an address are counted: IPv6 by /64, which is what one subscriber has."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))


def sign_in_pages(sign_in: SignIn) -> APIRouter:
    """The form for the token, and the way out."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/{lang}/sign-in")
    def form(request: Request, lang: Lang) -> Response:
        return page(request, "sign_in.html.j2", lang, problem=None)

    @routes.post("/{lang}/sign-in")
    def enter(request: Request, lang: Lang, submitted: Annotated[Submitted, Depends(read_submitted)]) -> Response:
        given = dict(submitted.fields).get("token", "")
        try:
            sign_in.check(request, given.strip())
        except Refused as refused:
            return page(request, "sign_in.html.j2", lang, problem=refused.message(lang), status=refused.status)
        answer = RedirectResponse(f"/{lang}/consult", 303)
        answer.set_cookie(
            COOKIE, sign_in.cookie(), max_age=LASTS, httponly=True, samesite="strict",
            secure=sign_in.settings.secure,
        )  # fmt: skip
        return answer

    @routes.post("/{lang}/sign-out")
    def leave(lang: Lang) -> Response:
        answer = RedirectResponse(f"/{lang}/sign-in", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=sign_in.settings.secure)
        return answer

    return routes
