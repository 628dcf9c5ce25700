"""What the operations declare alike: the statuses of errors, and a request's body that is taken as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BeforeValidator, ConfigDict

from decidua.language import Lang, Model
from decidua.service.problems import MEDIA
from decidua.web.refused import Refused
from decidua.web.submitted import read_body

ALWAYS = (400, 401, 403, 422, 429, 431, 503)
"""May meet any operation: a wrong host, no token, another site, a wrong parameter, too many tries, a head that is too
large, too busy."""
WITH_BODY = (408, 413, 415)

Responses = dict[int | str, dict[str, Any]]


def statuses(*more: int) -> Responses:
    """The declaration of every error that an operation may answer with."""
    problem = {"$ref": "#/components/schemas/Problem"}
    return {
        code: {"description": f"api.status-{code}", "content": {MEDIA: {"schema": problem}}}
        for code in sorted({*ALWAYS, *more})
    }  # fmt: skip


def body_of(content: Mapping[str, Any], description: str) -> dict[str, Any]:
    """For `openapi_extra`: a required body in one of several media types."""
    return {"requestBody": {"required": True, "description": description, "content": dict(content)}}


def _as_written(allowed: str) -> BeforeValidator:
    """Only what stands in the description: pydantic alone would read 0 as a day in 1970, and `t` as true."""

    def check(given: object) -> object:
        if isinstance(given, str) and not re.fullmatch(allowed, given):
            raise ValueError(allowed)
        return given

    return BeforeValidator(check)


Day = Annotated[date, _as_written(r"\d{4}-\d{2}-\d{2}")]
Flag = Annotated[bool, _as_written("true|false")]


class Choices(Model):
    """Base of the queries of operations. Built at once: FastAPI reads its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=False)


class Nothing(Choices):
    """An operation without choices: any parameter is one too many."""


class InLanguage(Choices):
    """The query of operations whose only choice is the language."""

    lang: Lang = Query("en", description="api.lang")


async def taken(request: Request, media: tuple[str, ...], limit: int) -> bytes:
    """The body as sent. Raises Refused: 415 for a media type that is not listed, 413 above `limit` bytes."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in media:
        raise Refused(415, "refused.media", allowed=", ".join(media))
    return await read_body(request, limit)
