"""The one audit of the page: what it is doing, or what it found. It is forgotten when it is ended or nobody comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from signal import SIGABRT
from threading import Lock, Thread, Timer
from time import monotonic
from typing import Literal

from decidua.errors import DeciduaError, UsageError
from decidua.guidelines import Knowledge
from decidua.language import Lang
from decidua.reports.audit.models import AuditReport
from decidua.web.audit.child import TOO_MUCH, Task, audit_in_child
from decidua.web.audit.folder import chosen
from decidua.web.audit.groups import groups_of

LONGEST = 3600.0
"""Seconds that an audit may take."""
IDLE = 900.0
"""Seconds without a visit, after which it is forgotten."""
AFTER_LEAVING = 60.0
ENDING = 10.0
"""Seconds in which a child that says nothing more has ended."""
OF_MEMORY = (TOO_MUCH, -SIGABRT)
LOST = UsageError("error.audit-page-lost")

Phase = Literal["none", "reading", "auditing", "done", "failed"]


@dataclass(frozen=True)
class State:
    """`total` None: not known yet. `error`: why it ended. `began`: on the clock of `monotonic`."""

    phase: Phase = "none"
    file: str = ""
    rows: int = 0
    total: int | None = None
    began: float = 0.0
    reports: dict[str, str] | None = None
    error: DeciduaError | None = None

    @property
    def running(self) -> bool:
        return self.phase in ("reading", "auditing")

    @property
    def rate(self) -> float:
        return self.rows / max(monotonic() - self.began, 0.001)

    @property
    def left(self) -> int | None:
        """Seconds."""
        if not self.total or not self.rows:
            return None
        return round((self.total - self.rows) / max(self.rate, 0.001))


class Audits:
    """`folder` None: none may be started. `opened` makes the content anew, in the audit's own process, which may hold
    `memory` megabytes."""

    def __init__(
        self, folder: Path | None = None, opened: Callable[[], Knowledge] | None = None, memory: int = 4_000
    ) -> None:  # fmt: skip
        self.folder, self.opened, self.memory = folder, opened, memory
        self._lock = Lock()
        self._knowledge: Knowledge | None = None
        self._state = State()
        self._process: BaseProcess | None = None
        self._forget: Timer | None = None
        self._read: tuple[str, AuditReport] | None = None
        """The report that was last asked for, as text and as read."""

    @property
    def state(self) -> State:
        """Asking for it is a visit."""
        self._expect(IDLE)
        return self._state

    def report(self, lang: Lang) -> AuditReport:
        """Raises UsageError where there is none (any more)."""
        reports = self.state.reports
        if reports is None:
            raise UsageError("error.audit-page-nothing")
        if self._read is None or self._read[0] is not reports[lang]:
            self._read = reports[lang], AuditReport.model_validate_json(reports[lang])
        return self._read[1]

    def groups(self, name: str) -> tuple[str, ...]:
        """Those that a file of the folder offers. Raises UsageError, CohortError."""
        if self.folder is None or self.opened is None:
            raise UsageError("error.audit-page-file")
        if self._knowledge is None:
            self._knowledge = self.opened()
        return groups_of(self._knowledge, chosen(self.folder, name))

    def start(self, name: str, by: tuple[str, ...], least: int, as_of: date | None = None) -> None:
        """Raises UsageError while another one runs, or for a file that is not in the folder."""
        if self.folder is None or self.opened is None:
            raise UsageError("error.audit-page-file")
        path = chosen(self.folder, name)
        with self._lock:
            if self._state.running:
                raise UsageError("error.audit-page-busy")
            self._state = State("reading", name, began=monotonic())
            context = get_context("spawn")
            ours, theirs = context.Pipe(duplex=False)
            task = Task(path.resolve(), by, least, as_of, self.memory)
            self._process = context.Process(
                target=audit_in_child, args=(theirs, self.opened, task), name="decidua-audit", daemon=True
            )
            self._process.start()
            theirs.close()
            Thread(target=self._listen, args=(ours, self._process), daemon=True).start()

    def end(self) -> None:
        """Ends what runs and forgets what was found."""
        with self._lock:
            process, self._process, self._state, self._read = self._process, None, State(), None
            if self._forget is not None:
                self._forget.cancel()
                self._forget = None
        if process is not None:
            process.kill()
            process.join()

    def left(self) -> None:
        """The page was left: it is forgotten soon, unless somebody comes back."""
        if self._state.phase != "none":
            self._expect(AFTER_LEAVING)

    def _expect(self, seconds: float) -> None:
        with self._lock:
            if self._forget is not None:
                self._forget.cancel()
                self._forget = None
            if self._state.phase != "none":
                self._forget = Timer(seconds, self.end)
                self._forget.daemon = True
                self._forget.start()

    def _listen(self, pipe: Connection, process: BaseProcess) -> None:
        """In a thread of its own, until the child has said its last."""
        end = monotonic() + LONGEST
        try:
            while pipe.poll(max(end - monotonic(), 0)):
                if self._heard(pipe.recv(), process):
                    return
            self._now(process, State("failed", error=UsageError("error.audit-page-time", minutes=LONGEST // 60)))
        except (EOFError, OSError):
            process.join(ENDING)
            self._now(process, State("failed", error=self._memory() if process.exitcode in OF_MEMORY else LOST))
        finally:
            pipe.close()
            process.kill()
            process.join()

    def _heard(self, message: tuple[object, ...], process: BaseProcess) -> bool:
        """Whether it was the last."""
        match message:
            case ("rows", int(rows), total):
                known = total if isinstance(total, int) else None
                began = self._state.began if (self._state.total is None) == (known is None) else monotonic()
                phase: Phase = "reading" if known is None else "auditing"
                self._now(process, replace(self._state, phase=phase, rows=rows, total=known, began=began))
                return False
            case ("reports", dict(reports)):
                self._now(process, replace(self._state, phase="done", reports=reports))
            case ("error", DeciduaError() as error):
                self._now(process, State("failed", self._state.file, error=error))
            case ("memory",):
                self._now(process, State("failed", self._state.file, error=self._memory()))
            case _:
                self._now(process, State("failed", self._state.file, error=LOST))
        return True

    def _memory(self) -> UsageError:
        return UsageError("error.audit-page-memory", limit=f"{self.memory:,}")

    def _now(self, process: BaseProcess, state: State) -> None:
        """What a child says counts only while it is the one that runs."""
        with self._lock:
            if self._process is process:
                self._state = state
