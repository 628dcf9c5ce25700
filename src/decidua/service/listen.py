"""From an address to a running service: the socket, the protocol with its patience, one process or several."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.supervisors.multiprocess import Multiprocess

from decidua.errors import UsageError
from decidua.guidelines import Knowledge
from decidua.service.answered import HEADERS
from decidua.service.app import create_app
from decidua.service.log import set_up_log
from decidua.service.settings import LOOPBACK, SHORTEST_TOKEN, Settings
from decidua.web.shelf import open_shelf

if TYPE_CHECKING:
    from decidua.service.ehr.settings import EhrSettings

HEADERS_WITHIN = 10.0
"""Seconds for the head of a request to arrive, from the first byte or from the start of the connection."""
LINGER = 1.0
"""Seconds in which the rest of a body is thrown away, so that the client comes to read why it was refused."""
HEAD = 32_768
"""Bytes of a request's head that are kept while it is not whole yet."""
TOKEN = "DECIDUA_TOKEN"
_HEADERS = [(name.encode(), value.encode()) for name, value in {**HEADERS, "Cache-Control": "no-store"}.items()]


class TimedProtocol(H11Protocol):
    """Hangs up on a client that takes its time over the head of a request (slow loris), or that goes on sending a
    body which was answered already."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        wire = transport.get_extra_info("socket")
        if wire is not None:  # asyncio does so only for sockets that were made with a protocol number; bind's are not
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        else:
            self._rest()

    def send_400_response(self, msg: str) -> None:
        """What is no request never reaches the app; its answer has the app's headers all the same."""
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *_HEADERS]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=msg.encode("ascii")),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(LINGER, self._hang_up, self.cycle)

    def _hang_up(self, answered: object) -> None:
        """Unless the body has come to its end, so that the connection is free, or serves the next request."""
        if self.cycle is answered and self.conn.their_state is h11.SEND_BODY:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEADERS_WITHIN, self.transport.abort)

    def _rest(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UsageError where the port is taken or the address is not this machine's."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError("error.serve-port", port=port) from None
        reason = error.strerror or type(error).__name__
        raise UsageError("error.serve-host", host=host, reason=reason) from None
    except (OverflowError, UnicodeError):
        raise UsageError("error.serve-host", host=host, reason="not an address") from None


def settings_for(
    host: str, names: tuple[str, ...], token: str | None, *, tls: bool, log_requests: bool,
    cohorts: Path | None = None, ehr: EhrSettings | None = None, cds_hooks: bool = False,
) -> Settings:  # fmt: skip
    """Raises UsageError for an address that others can reach, without an access token, or with services for EHRs of
    which none is listed."""
    if token is None and not is_loopback(host):
        raise UsageError("error.serve-token", host=host, least=SHORTEST_TOKEN)
    if cds_hooks and ehr is None and not is_loopback(host):
        raise UsageError("error.cds-ehr", host=host)
    everywhere = host in ("0.0.0.0", "::")
    own = {socket.gethostname().lower()} if everywhere else {host.lower()}
    known = LOOPBACK | own | {name.lower() for name in names} | ({ehr.host} if ehr else set())
    secure = tls or (ehr is not None and ehr.base.startswith("https:"))
    return Settings(
        frozenset(known), everywhere, token, secure=secure, log_requests=log_requests, cohorts=cohorts, ehr=ehr,
        cds_hooks=cds_hooks or (ehr is not None and ehr.cds_hooks),
    )  # fmt: skip


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_token(file: Path | None) -> str | None:
    """The access token of a file, else of the environment; None for neither. Raises UsageError for a short one."""
    try:
        token = file.read_text("utf-8").strip() if file else os.environ.get(TOKEN)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError("error.serve-token-file", file=file, reason=reason) from None
    if token is not None and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
        raise UsageError("error.serve-token-short", least=SHORTEST_TOKEN)
    return token


def address_of(bound: socket.socket, host: str) -> str:
    """The address to open in a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{bound.getsockname()[1]}/"


def run(bound: socket.socket, settings: Settings, opened: Callable[[], Knowledge], workers: int) -> None:
    """Until Ctrl-C or SIGTERM. `opened` is picklable: with several workers each process opens the content itself."""
    set_up_log(requests=settings.log_requests)
    if workers == 1:
        uvicorn.Server(config_for(partial(made, settings, opened), factory=True)).run([bound])
        return
    with TemporaryDirectory(prefix="decidua-") as folder:  # only its owner can look into it; it holds digests
        shared = replace(settings, replay=Path(folder) / "used-tokens") if settings.ehr else settings
        config = config_for(partial(made, shared, opened), factory=True, workers=workers)
        Multiprocess(config, [bound]).run()


def config_for(app: FastAPI | Callable[[], FastAPI], *, factory: bool = False, workers: int = 1) -> uvicorn.Config:
    """How it is served; nothing that uvicorn would write of a request is written."""
    return uvicorn.Config(
        app, factory=factory, workers=workers, http=TimedProtocol, ws="none", lifespan="on", log_config=None,
        access_log=False, server_header=False, proxy_headers=False, h11_max_incomplete_event_size=HEAD,
        timeout_keep_alive=15, timeout_graceful_shutdown=5, timeout_worker_healthcheck=30, limit_concurrency=1000,
    )  # fmt: skip


def made(settings: Settings, opened: Callable[[], Knowledge]) -> FastAPI:
    """The app, in the process that will run it."""
    set_up_log(requests=settings.log_requests)
    return create_app(open_shelf(opened()), settings, opened)
