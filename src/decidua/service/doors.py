"""Who may ask: the right host, no other site, and beyond this machine only who has signed in.

What is asked for is `scope["path"]`, never the address as Starlette puts it together: that begins with the Host.

Host: an address of the service must be one of its names, else a foreign name was made to point here (DNS
rebinding). Origin: a request that could change or compute something must not come from another site. Browsers say so
in `Sec-Fetch-Site`, or in `Origin`; a program says neither, and has no cookie that could be abused.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from fastapi import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from decidua.service.settings import PROGRAMS, Settings
from decidua.service.sign_in import SignIn
from decidua.web.refused import Refused

SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/static/", "/en/sign-in", "/ko/sign-in")
"""What is seen without signing in: the page for it, and what every copy of the software ships."""

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:/?#@\[\]\s]+)(:\d{1,5})?", re.IGNORECASE | re.ASCII)


class Doors:
    """Lets a request in or raises Refused."""

    def __init__(self, app: ASGIApp, settings: Settings, sign_in: SignIn) -> None:
        self.app, self.settings, self.sign_in = app, settings, sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        check_host(request, self.settings)
        signed_in = self.sign_in.admits(request)
        if request.method not in SAFE:
            check_origin(request, vouched=bool(self.settings.token) and signed_in)
        if not signed_in and not scope["path"].startswith(OPEN):
            await self._turn_away(request)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _turn_away(self, request: Request) -> RedirectResponse:
        """A person is led to the page for signing in; a program is told what is missing."""
        path = request.scope["path"]
        if request.method == "GET" and not path.startswith(PROGRAMS) and "hx-request" not in request.headers:
            lang = path[1:3] if path[1:3] in ("en", "ko") else "en"
            return RedirectResponse(f"/{lang}/sign-in", 303)
        raise Refused(401, "refused.token", headers={"WWW-Authenticate": "Bearer"})


def check_host(request: Request, settings: Settings) -> None:
    """Raises Refused 400 unless there is one Host and it is ours."""
    hosts = request.headers.getlist("host")
    name = name_of(hosts[0]) if len(hosts) == 1 else ""
    if name not in settings.names and not (settings.any_address and _is_address(name)):
        raise Refused(400, "refused.host")


def name_of(host: str) -> str:
    """`127.0.0.1` of `127.0.0.1:8000`, `::1` of `[::1]:8000`; empty for anything else."""
    match = _HOST.fullmatch(host)
    return match[1].strip("[]").lower().rstrip(".") if match else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def check_origin(request: Request, *, vouched: bool) -> None:
    """Raises Refused 403 for a request that another site made the browser send.

    Pages are sent with `Referrer-Policy: no-referrer`, so a browser calls the origin of their forms `null`; then
    `Sec-Fetch-Site` tells. Where that is missing too (plain HTTP between machines), the cookie vouches: it is
    `SameSite=Strict`, so no other site can make the browser send it. A site is a host name whatever its port: pages
    of another service on the same host are not told apart from ours there.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    elif origin in (None, "null"):
        ours = origin is None or vouched or request.scope["path"].endswith("/sign-in")
    else:
        ours = origin.partition("://")[2] == request.headers.get("host")
    if not ours:
        raise Refused(403, "refused.origin")
