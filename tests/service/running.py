"""The real app on a free port of this machine, in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import uvicorn

from decidua.guidelines import read_knowledge
from decidua.service.app import create_app
from decidua.service.listen import config_for
from decidua.service.settings import Settings
from decidua.web.shelf import Shelf, open_shelf


@cache
def shipped_shelf() -> Shelf:
    """The shipped content, opened once for all tests of this process."""
    return open_shelf(read_knowledge())


@contextmanager
def live(
    settings: Settings | Callable[[str], Settings] | None = None, shelf: Shelf | None = None
) -> Iterator[str]:  # fmt: skip
    """`with live() as base:` gives the base address, such as http://127.0.0.1:43127, without a slash at its end.

    `settings` may be made from that address.
    """
    with socket.create_server(("127.0.0.1", 0)) as bound:
        base = f"http://127.0.0.1:{bound.getsockname()[1]}"
        app = create_app(shelf or shipped_shelf(), settings(base) if callable(settings) else settings)
        server = uvicorn.Server(config_for(app))
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        _wait_for(server, thread)
        try:
            yield base
        finally:
            server.should_exit = True
            thread.join(10)


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    end = time.monotonic() + 20
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the service did not start")
        time.sleep(0.01)
