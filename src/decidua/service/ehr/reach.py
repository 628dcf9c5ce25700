"""Outgoing requests: to listed servers, at addresses that may be reached, within time, size and number.

A name is resolved once for a connection, each address is judged, and the connection is made to an address that was
judged: a name that changes its mind between the two (DNS rebinding) gains nothing. No redirect is followed, no proxy
of the environment is used, nothing is decompressed, no cookie is kept. A server that fails is left alone for a while,
and never has more than a few requests waiting on it, so that no other caller notices.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import httpcore

from decidua.service.ehr.addresses import Network, is_secure, may_be_reached, origin_of
from decidua.service.ehr.unreachable import UnreachableError

AT_ONCE = 48
"""Requests to one server under way; each call makes several."""
FAILURES, REST = 3, 15.0
"""Failures in a row after which a server is left alone, and for how many seconds."""
LARGEST = 6_000_000
"""Bytes of one answer."""
CONNECTING = 3.0
"""Seconds for one address to answer, before the next is tried."""
OF_SERVER = ("slow", "connection", "name")
"""Failures that say that a server is not well."""
Socket = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


@dataclass(frozen=True)
class Answer:
    status: int
    content: str
    body: bytes


@dataclass
class Server:
    """How one origin has done lately."""

    under_way: int = 0
    failures: int = 0
    rests_until: float = 0.0


Found = tuple[Any, ...]
"""What `getaddrinfo` says of one address."""


class Guard(httpcore.AsyncNetworkBackend):
    """Connects to addresses that may be reached. TLS still asks for the name, so a certificate must be the name's."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self.networks = networks
        self.below = httpcore.AnyIOBackend()
        self.looking: dict[tuple[str, int], asyncio.Future[list[Found]]] = {}

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Socket] | None = None,
    ) -> httpcore.AsyncNetworkStream:  # fmt: skip
        addresses = await self._addresses(host, port)
        timeout = CONNECTING if timeout is None else min(timeout, CONNECTING)
        for address in addresses[:-1]:
            try:
                return await self.below.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self.below.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        """Up to three addresses that may be reached."""
        found = await self._looked_up(host, port)
        told = dict.fromkeys(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found)
        good = [one for one in told if may_be_reached(ip_address(one), self.networks)]
        if not good:
            raise UnreachableError("address")
        return good[:3]

    async def _looked_up(self, host: str, port: int) -> list[Found]:
        """One look-up of a name at a time, shared by all who wait for it: a resolver that hangs holds one thread,
        whoever gives up waiting."""
        task = self.looking.get((host, port))
        if task is None or task.done():
            looked = asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            task = self.looking[host, port] = asyncio.ensure_future(looked)
        try:
            return list(await asyncio.shield(task))
        except OSError:
            raise UnreachableError("name") from None


@dataclass
class Reach:
    """One for an app. `seconds`: for one request, if its caller sets no shorter time."""

    networks: Sequence[Network]
    seconds: float = 5.0
    servers: dict[tuple[str, str, int], Server] = field(default_factory=dict)
    _pool: httpcore.AsyncConnectionPool | None = None

    def pool(self) -> httpcore.AsyncConnectionPool:
        """Made on first use, in the loop that uses it."""
        if self._pool is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=Guard(self.networks), max_connections=100,
                max_keepalive_connections=20, keepalive_expiry=15, retries=0,
            )  # fmt: skip
        return self._pool

    async def ask(
        self, url: str, *, token: str | None = None, form: bytes | None = None, accept: str = "application/json",
        until: float | None = None,
    ) -> Answer:  # fmt: skip
        """GET, or POST of a form. `until`: by the loop's clock, when all has to be there. Raises UnreachableError.

        The token goes into a header, and nowhere else.
        """
        origin = origin_of(url)
        if origin is None or not is_secure(url, self.networks):
            raise UnreachableError("address")
        server = self.servers.setdefault(origin, Server())
        if server.rests_until > time.monotonic():
            raise UnreachableError("resting")
        if server.under_way >= AT_ONCE:
            raise UnreachableError("busy")
        server.under_way += 1
        try:
            answer = await self._within(url, _headers(token, form, accept), form, until)
        except UnreachableError as error:
            if error.why in OF_SERVER:
                _failed(server)
            raise
        finally:
            server.under_way -= 1
        server.failures = 0
        return answer

    async def _within(
        self, url: str, headers: Mapping[str, str], form: bytes | None, until: float | None
    ) -> Answer:  # fmt: skip
        latest = asyncio.get_running_loop().time() + self.seconds
        try:
            async with asyncio.timeout_at(latest if until is None else min(latest, until)):
                return await self._exchange(url, headers, form)
        except (TimeoutError, httpcore.TimeoutException):
            raise UnreachableError("slow") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, ValueError):
            raise UnreachableError("connection") from None

    async def _exchange(self, url: str, headers: Mapping[str, str], form: bytes | None) -> Answer:
        method = "GET" if form is None else "POST"
        body = bytearray()
        async with self.pool().stream(method, url, headers=list(headers.items()), content=form) as response:
            if 300 <= response.status < 400:
                raise UnreachableError("redirect")
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > LARGEST:
                    raise UnreachableError("large")
        content = next((value for name, value in response.headers if name.lower() == b"content-type"), b"")
        return Answer(response.status, content.decode("latin-1"), bytes(body))

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.aclose()


def _headers(token: str | None, form: bytes | None, accept: str) -> dict[str, str]:
    headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "decidua"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if form is not None:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(form))}
    return headers


def _failed(server: Server) -> None:
    server.failures += 1
    if server.failures >= FAILURES:
        server.rests_until = time.monotonic() + REST
