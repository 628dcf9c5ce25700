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
from datetime import UTC, datetime

LOGGER = logging.getLogger("decidua.service")
SILENT = ("uvicorn.access", "uvicorn.error", "python_multipart", "asyncio")
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
    for name in SILENT:
        other = logging.getLogger(name)
        other.handlers, other.propagate = [logging.NullHandler()], False


def note_request(request_id: str, method: str, route: str, status: int, seconds: float) -> None:
    said = {"request": request_id, "method": method, "route": route, "status": status, "ms": round(seconds * 1000)}
    LOGGER.info("request", extra={"said": said})


def note_unforeseen(request_id: str, route: str, error: BaseException) -> None:
    said = {"request": request_id, "route": route, "type": type(error).__name__, "place": _place(error)}
    LOGGER.error("unforeseen", extra={"said": said})


def _place(error: BaseException) -> list[str]:
    """The last steps of our own code on the way to the error, as `file:line function`."""
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if "decidua" in step.filename] or steps[-1:]
    return [f"{step.filename.rpartition('decidua/')[2]}:{step.lineno} {step.name}" for step in own[-3:]]
