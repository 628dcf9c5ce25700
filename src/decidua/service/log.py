"""What the service writes down: one JSON object a line on standard error, never a body, a query or a value.

Of a request: method, the route it met (not the address that was asked for, which a client may have put anything
into), status, time and the number it was given. Of an unforeseen error: its type and place, not its message, which
could quote a patient.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

from decidua.web.refused import Refused

LOGGER = logging.getLogger("decidua.service")
AUDIT = logging.getLogger("decidua.audit")
"""Calls from EHRs: always written, whether or not other requests are."""
SILENT = ("uvicorn.access", "uvicorn.error", "python_multipart", "asyncio", "httpcore")
"""Their messages may quote what was sent; they are not passed on."""


class JsonLine(logging.Formatter):
    """Only what was handed over by name is written; never an exception's text."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = getattr(record, "said", {})
        return json.dumps({"at": at, "level": record.levelname.lower(), "event": record.msg, **said})


def set_up_log(*, requests: bool) -> None:
    """`requests`: a line for every request, not only for errors."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine())
    LOGGER.handlers = [handler]
    LOGGER.propagate = False
    LOGGER.setLevel(logging.INFO if requests else logging.WARNING)
    AUDIT.handlers, AUDIT.propagate = [handler], False
    AUDIT.setLevel(logging.INFO)
    for name in SILENT:
        other = logging.getLogger(name)
        other.handlers, other.propagate = [logging.NullHandler()], False


def note_request(request_id: str, method: str, route: str, status: int, seconds: float) -> None:
    said = {"request": request_id, "method": method, "route": route, "status": status, "ms": round(seconds * 1000)}
    LOGGER.info("request", extra={"said": said})


def note_unforeseen(request_id: str, route: str, error: BaseException) -> None:
    said = {"request": request_id, "route": route, "type": type(error).__name__, "place": _place(error)}
    LOGGER.error("unforeseen", extra={"said": said})


@dataclass
class Audit:
    """One call from an EHR: who (by the name in the settings), which service, with what data, and how it ended.

    `instance` is the call's own number, a random UUID by which the EHR's log and this one can be brought together.
    """

    request: str
    service: str
    ehr: str = "-"
    instance: str = "-"
    data: str = "-"
    began: float = field(default_factory=perf_counter)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Writes the line of a call that ends in an error, foreseen or not, and lets the error pass."""
        try:
            yield
        except Exception as error:
            refused = error if isinstance(error, Refused) else Refused(500, "refused.unforeseen")
            self._note(refused.status, reason=refused.key)
            raise

    def answered(self, count: int) -> None:
        """`count`: of cards, or of items of feedback."""
        self._note(200, count=count)

    def _note(self, status: int, **more: object) -> None:
        said = {"request": self.request, "ehr": self.ehr, "service": self.service, "instance": self.instance,
                "data": self.data, "status": status, "ms": round((perf_counter() - self.began) * 1000)}  # fmt: skip
        AUDIT.info("ehr-call", extra={"said": {**said, **more}})


def _place(error: BaseException) -> list[str]:
    """The last steps of our own code on the way to the error, as `file:line function`."""
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if "decidua" in step.filename] or steps[-1:]
    return [f"{step.filename.rpartition('decidua/')[2]}:{step.lineno} {step.name}" for step in own[-3:]]
