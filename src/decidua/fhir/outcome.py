"""An error as an OperationOutcome: one issue for each sentence."""

from __future__ import annotations

from collections.abc import Mapping

from decidua.fhir.canonical import Resource, escaped

MEDIA = "application/fhir+json"
ISSUES: Mapping[int, str] = {
    400: "structure", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    408: "timeout", 409: "conflict", 413: "too-long", 415: "not-supported", 422: "processing", 429: "throttled",
    431: "too-long", 500: "exception", 503: "transient",
}  # fmt: skip
"""HTTP status → code of R4's value set issue-type."""


def outcome(status: int, message: str, lang: str = "en") -> Resource:
    """`message`: one clear sentence, or a line for each problem."""
    lines = message.splitlines() or ["-"]
    code = ISSUES.get(status, "processing")
    marks = f'xmlns="http://www.w3.org/1999/xhtml" lang="{lang}" xml:lang="{lang}"'
    body = "".join(f"<p>{escaped(line)}</p>" for line in lines)
    return {
        "resourceType": "OperationOutcome",
        "language": lang,
        "text": {"status": "generated", "div": f"<div {marks}>{body}</div>"},
        "issue": [{"severity": "error", "code": code, "details": {"text": line}} for line in lines],
    }
