"""An error as an answer: a page in the language of the path, problem+json (RFC 9457) for the API, or an
OperationOutcome for FHIR."""

from __future__ import annotations

import json
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from decidua.errors import ContentError, DeciduaError, PatientConflictError, PatientSyntaxError
from decidua.fhir.outcome import MEDIA as FHIR
from decidua.fhir.outcome import outcome
from decidua.language import Lang, Model, say
from decidua.web.drawing_pages import draw
from decidua.web.refused import Refused

MEDIA = "application/problem+json"
KNOWN = {404: "refused.not-found", 405: "refused.method"}
TITLED = (403, 404, 413, 429, 500, 503)
"""Statuses whose page has a title of its own."""


class Problem(Model):
    """RFC 9457. `detail`: one clear sentence, or a line for each problem of a file; `key`: its permanent name."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    key: str
    language: Lang


def told(request: Request, error: Exception) -> Response:
    """The answer to a request that went wrong."""
    refused = as_refused(error)
    lang = language_of(request)
    detail = (error if isinstance(error, DeciduaError) else refused).message(lang)
    if request.scope["path"].startswith("/api/"):
        problem = Problem(
            title=HTTPStatus(refused.status).phrase, status=refused.status, detail=detail, key=refused.key,
            language=lang,
        )  # fmt: skip
        return Response(problem.model_dump_json(), refused.status, refused.headers, MEDIA)
    if f"{request.scope['path']}/".startswith("/fhir/"):
        said = json.dumps(outcome(refused.status, detail, lang), ensure_ascii=False)
        return Response(said, refused.status, refused.headers, FHIR)
    return _page(request, refused, detail, lang)


def as_refused(error: Exception) -> Refused:
    """What status an error stands for. Anything unforeseen is 500, and nothing of it is told."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, DeciduaError):
        return Refused(_status(error), error.key)
    if isinstance(error, RequestValidationError):
        return _parameter(error)
    if isinstance(error, HTTPException):
        key = KNOWN.get(error.status_code, "refused.request")
        return Refused(error.status_code, key, headers=error.headers)
    return Refused(500, "refused.unforeseen")


def _status(error: DeciduaError) -> int:
    if isinstance(error, ContentError):
        return 500
    if isinstance(error, PatientSyntaxError):
        return 400
    return 409 if isinstance(error, PatientConflictError) else 422


def _parameter(error: RequestValidationError) -> Refused:
    """The first parameter that is wrong, by name; its value is not repeated."""
    first = error.errors()[0]
    name = str(first["loc"][-1]) if len(first["loc"]) > 1 else "body"
    kinds = {"missing": "refused.parameter-missing", "extra_forbidden": "refused.parameter-unknown"}
    return Refused(422, kinds.get(first["type"], "refused.parameter"), name=_short(name))


def _short(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:60]


def language_of(request: Request) -> Lang:
    """Of the path, else as asked (`lang`), else of the browser, else English."""
    start = request.scope["path"][1:3]
    asked = start if start in ("en", "ko") else request.query_params.get("lang")
    if asked in ("en", "ko"):
        return "ko" if asked == "ko" else "en"
    return "ko" if request.headers.get("accept-language", "").strip().lower().startswith("ko") else "en"


def _page(request: Request, refused: Refused, detail: str, lang: Lang) -> Response:
    """A part of a page for a part of a page. Where not even the page of errors can be drawn, its sentence alone."""
    part = request.headers.get("hx-request") == "true"
    template = "error_part.html.j2" if part else "error.html.j2"
    headers = {**refused.headers, **({"HX-Reswap": "innerHTML"} if part else {})}
    try:
        title = say(lang, f"refused.title-{refused.status}") if refused.status in TITLED else say(lang, "refused.title")
        html = draw(request, template, lang, title=title, lines=detail.splitlines(), sent=request.method != "GET")
    except Exception:  # the page of errors must not be an error
        return PlainTextResponse(detail, refused.status, headers)
    return HTMLResponse(html, refused.status, headers)
