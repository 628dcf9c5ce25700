"""Limits of time and number: a slow sender, a long computation or too many at once get one sentence."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decidua.service.settings import Limits
from decidua.web.refused import Refused


class Bounds:
    """A thread that computes cannot be stopped; when its time is over, only its answer is given up."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.limits = app, limits
        self.under_way = 0
        self.tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if head_of(scope) > self.limits.head:
            raise Refused(431, "refused.head-large", limit=self.limits.head)
        if self.under_way >= self.limits.at_once:
            raise Refused(503, "refused.busy", headers={"Retry-After": "5"})
        exchange = Exchange(receive, send, self.limits, has_body=_has_body(scope))
        self.under_way += 1
        task = asyncio.create_task(self._answer(scope, exchange))
        self.tasks.add(task)
        task.add_done_callback(self._done)
        await exchange.watch(task)

    async def _answer(self, scope: Scope, exchange: Exchange) -> None:
        await self.app(scope, exchange.receive, exchange.send)

    def _done(self, task: asyncio.Task[None]) -> None:
        """An overdue computation counts until it ends. What it raises then is nobody's."""
        self.under_way -= 1
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()


class Exchange:
    """One request and its answer against the clock."""

    def __init__(self, receive: Receive, send: Send, limits: Limits, *, has_body: bool) -> None:
        self._receive, self._send, self.limits = receive, send, limits
        self.loop = asyncio.get_running_loop()
        self.due_by = self.loop.time() + limits.receiving
        self.received, self.started, self.size = not has_body, False, 0
        self.overdue = asyncio.Event()
        self.timer = self.loop.call_later(limits.answering + limits.receiving * has_body, self.overdue.set)

    async def receive(self) -> Message:
        if self.received:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(self.due_by - self.loop.time(), 0))
        except TimeoutError:
            raise Refused(408, "refused.slow") from None
        self.size += len(message.get("body", b""))
        if self.size > self.limits.body:
            raise Refused(413, "refused.body-large", limit=self.limits.body)
        if not message.get("more_body", False):
            self._all_received()
        return message

    def _all_received(self) -> None:
        self.received = True
        self.timer.cancel()
        self.timer = self.loop.call_later(self.limits.answering, self.overdue.set)

    async def send(self, message: Message) -> None:
        """Nothing is sent of an answer that came too late; one that has begun may take its time."""
        if not self.overdue.is_set():
            self.started = True
            self.timer.cancel()
            await self._send(message)

    async def watch(self, task: asyncio.Task[None]) -> None:
        """Wait for the app. Raises what it raises, or Refused 503 when its time is over."""
        overdue = asyncio.create_task(self.overdue.wait())
        try:
            await asyncio.wait({task, overdue}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            overdue.cancel()
            self.timer.cancel()
        if not task.done():
            raise Refused(503, "refused.overtime", headers={"Retry-After": "30"})
        task.result()


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def head_of(scope: Scope) -> int:
    """Bytes of the address and the headers."""
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return headers + len(scope.get("raw_path") or b"") + len(scope["query_string"])
