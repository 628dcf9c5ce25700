"""A process beside the service for computations that need NumPy and SciPy, and that a hostile file could make endless.

A thread cannot be stopped, a process can: at its deadline it is ended and the next task starts a new one. What is read
and pooled there leaves the service's memory as it was, but for the answer. (NumPy may be in the service too: pages
that draw a shipped table import it.)
Arguments and results pass through a pipe, nothing through a file.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from decidua.errors import DeciduaError
from decidua.web.refused import Refused

T = TypeVar("T")
SECONDS = 20.0
"""For one task, the start of the process included."""
PATIENCE = 20.0
"""Seconds in line for the process."""
CALLERS = 2
"""Who computes and who waits. Each holds one of the service's few threads, so more are turned away at once."""
MEMORY = 4 << 30
"""Bytes of address space; where the system can hold a process to it."""


class UnforeseenError(Exception):
    """A task that failed: its type only, because a message may quote what was sent."""


class Worker:
    """One process, started when it is first needed; tasks wait in line."""

    def __init__(self) -> None:
        self._turn, self._callers = Lock(), BoundedSemaphore(CALLERS)
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def run(self, task: Callable[..., T], *arguments: object, seconds: float = SECONDS) -> T:
        """`task(*arguments)`, where all of it can be pickled. To be called from a thread, it blocks.

        Raises the task's DeciduaError, or Refused 503 when the line, the time or the memory is not enough.
        """
        if not self._callers.acquire(blocking=False):
            raise Refused(503, "refused.busy", headers={"Retry-After": "5"})
        try:
            return self._in_turn(task, arguments, seconds)
        finally:
            self._callers.release()

    def _in_turn(self, task: Callable[..., T], arguments: tuple[object, ...], seconds: float) -> T:
        if not self._turn.acquire(timeout=PATIENCE):
            raise Refused(503, "refused.busy", headers={"Retry-After": "5"})
        try:
            return self._run(task, arguments, seconds)
        finally:
            self._turn.release()

    def _run(self, task: Callable[..., T], arguments: tuple[object, ...], seconds: float) -> T:
        pipe = self._ready()
        try:
            pipe.send((task, arguments))
            if not pipe.poll(seconds):
                raise Refused(503, "refused.overtime", headers={"Retry-After": "30"})
            result, error = pipe.recv()
        except (OSError, EOFError):
            self.close()
            raise Refused(503, "refused.overtime", headers={"Retry-After": "30"}) from None
        except BaseException:
            self.close()
            raise
        if error is not None:
            raise error
        answer: T = result
        return answer

    def _ready(self) -> Connection:
        if self._process is None or self._pipe is None or not self._process.is_alive():
            self.close()
            context = get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), name="decidua-worker", daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe

    def close(self) -> None:
        """Ends the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


WORKER = Worker()
"""That of this process; there is nothing to set up."""


def _serve(pipe: Connection) -> None:
    """Task after task, until the service has gone. Ctrl-C is the service's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory()
    while True:
        try:
            task, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_outcome(task, arguments))
        del task, arguments


def _outcome(task: Callable[..., Any], arguments: tuple[object, ...]) -> tuple[Any, Exception | None]:
    try:
        return task(*arguments), None
    except DeciduaError as error:
        return None, error
    except MemoryError:
        return None, Refused(503, "refused.overtime")
    except Exception as error:
        return None, UnforeseenError(type(error).__name__)


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such bound
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
