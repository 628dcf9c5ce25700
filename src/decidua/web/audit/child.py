"""An audit in a process of its own: it can be ended at once, and takes all that it read with it.

It sends ("rows", done, total or None) as it goes, then ("reports", …) with what may be shown, in each language, or
("error", …). Counts that are hidden never leave it.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

from decidua.errors import DeciduaError
from decidua.guidelines import Knowledge

EVERY = 0.2
"""Seconds between two messages about rows."""
Open = Callable[[], Knowledge]


@dataclass(frozen=True)
class Task:
    path: Path
    by: tuple[str, ...]
    least: int
    as_of: date | None = None


def audit_in_child(pipe: Connection, opened: Open, task: Task) -> None:
    """Ctrl-C is the service's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pipe.send(("reports", _reports(pipe, opened, task)))
    except DeciduaError as error:
        pipe.send(("error", error))
    except Exception as error:  # a message may quote what was read: only the kind is told
        pipe.send(("failed", type(error).__name__))


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
