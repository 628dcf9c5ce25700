"""A Ctrl-C that stops long work between two parts of it, so that nothing is torn down in its middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


class _Stopped(Exception):
    """Ctrl-C was pressed."""


@contextmanager
def stopping() -> Iterator[Callable[[], None]]:
    """Gives what is asked between two parts of the work whether to go on; after a Ctrl-C it is not.

    Python would raise in the middle of whatever runs, which may be the engine's own code or a place where an
    exception is only printed.
    """
    import signal
    import threading

    pressed = threading.Event()

    def check() -> None:
        if pressed.is_set():
            raise _Stopped

    main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)
    try:
        if main:
            signal.signal(signal.SIGINT, lambda *_: pressed.set())
        yield check
    except _Stopped:
        raise click.Abort from None
    finally:
        if main:
            signal.signal(signal.SIGINT, before)


def beside(work: Callable[[], None]) -> None:
    """In a thread of its own: only the main thread hears a Ctrl-C, and not while an engine has it."""
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        while wait([done], timeout=0.1).not_done:
            pass
        done.result()
