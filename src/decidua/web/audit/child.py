"""An audit in a process of its own: it can be ended at once, and takes all that it read with it.

It sends ("rows", done, total or None) as it goes, then ("reports", …) with what may be shown, in each language, or
("error", …), or ("memory",) where it may have no more. Counts that are hidden never leave it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

from decidua.errors import DeciduaError
from decidua.guidelines import Knowledge

EVERY = 0.2
"""Seconds between two messages about rows."""
LOOK = 0.05
"""Seconds between two looks at its memory."""
TOO_MUCH = 77
"""Exit code of a child that held more memory than it may."""
Open = Callable[[], Knowledge]


@dataclass(frozen=True)
class Task:
    path: Path
    by: tuple[str, ...]
    least: int
    as_of: date | None = None
    memory: int = 4_000
    """Megabytes that the process may hold."""


def audit_in_child(pipe: Connection, opened: Open, task: Task) -> None:
    """Ctrl-C is the service's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(task.memory)
    try:
        pipe.send(("reports", _reports(pipe, opened, task)))
    except DeciduaError as error:
        pipe.send(("error", error))
    except MemoryError:
        pipe.send(("memory",))
    except Exception as error:  # a message may quote what was read: only the kind is told
        pipe.send(("failed", type(error).__name__))


def _limit(megabytes: int) -> None:
    """Ends this process once it holds more. Between two looks the system refuses it much more than that: Python then
    raises MemoryError, and the engine ends the process with SIGABRT. A system without such limits has none."""
    try:
        import resource
    except ImportError:
        return
    size = (2 * megabytes + 1_000) * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what was read is in no file

    def watch() -> None:
        while _held() <= megabytes * 1_000_000:
            sleep(LOOK)
        os._exit(TOO_MUCH)

    Thread(target=watch, daemon=True).start()


def _held() -> int:
    """Bytes in memory now; on systems without /proc the most so far, which may count what the parent held."""
    import resource

    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


def _reports(pipe: Connection, opened: Open, task: Task) -> dict[str, str]:
    import polars as pl

    from decidua.answers import Answers
    from decidua.audit.opening import Wanted, open_cohort
    from decidua.audit.run import run
    from decidua.language import LANGUAGES
    from decidua.reports.audit.build import build_audit_report

    knowledge, say = opened(), _Rows(pipe)
    table = open_cohort(knowledge, Wanted((str(task.path),), as_of=task.as_of), say.reading)
    say.total = table.description.patients or int(table.frame.select(pl.len()).collect().item())
    audit = run(Answers(knowledge), table, groups=task.by, progress=say.auditing)
    description = table.description if table.description.columns else None
    return {
        lang: build_audit_report(
            audit, knowledge, lang, least=task.least, description=description
        ).model_dump_json()
        for lang in LANGUAGES
    }  # fmt: skip


class _Rows:
    def __init__(self, pipe: Connection) -> None:
        self.pipe, self.total, self.last = pipe, 0, 0.0

    def reading(self, rows: int) -> None:
        self._send(rows, None)

    def auditing(self, rows: int) -> None:
        self._send(rows, self.total)

    def _send(self, rows: int, total: int | None) -> None:
        if monotonic() - self.last >= EVERY:
            self.last = monotonic()
            self.pipe.send(("rows", rows, total))
