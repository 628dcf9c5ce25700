"""`POST /consult`: what each guideline says for one patient. The body is the patient file, as JSON or YAML."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from decidua.consult import consult
from decidua.errors import PatientConflictError
from decidua.intake import Intake, read_patient
from decidua.intake.source import LIMIT
from decidua.language import Lang, say
from decidua.reports.build import build_report
from decidua.reports.models import Report
from decidua.service.api.declared import WITH_BODY, Choices, Day, Flag, body_of, statuses, taken
from decidua.service.api.patient import patient_schema
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf

YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
MEDIA = ("application/json", *YAML)
NAME = "patient"
"""What errors call the body, in place of a file's name: `patient:3` is its third line."""


class ConsultQuery(Choices):
    """None of these says anything about the patient, so they may stand in the address."""

    option: list[str] = Query([], description="api.consult.option", max_length=200)
    guideline: list[str] = Query([], description="api.consult.guideline", max_length=20)
    lang: Lang = Query("en", description="api.lang")
    why: Flag = Query(True, description="api.consult.why")
    deciding: Flag = Query(True, description="api.consult.deciding")
    as_of: Day | None = Query(None, description="api.consult.as-of")


async def patient_body(request: Request) -> bytes:
    return await taken(request, MEDIA, LIMIT)


def consult_routes(shelf: Shelf) -> APIRouter:
    routes = APIRouter(tags=["consult"])

    @routes.post(
        "/consult", response_model=Report, responses=statuses(404, 409, *WITH_BODY),
        summary="api.consult.summary", description="api.consult.description",
        openapi_extra=body_of(_bodies(shelf), "api.consult.body"),
    )  # fmt: skip
    def consult_one(body: Annotated[bytes, Depends(patient_body)], query: Annotated[ConsultQuery, Query()]) -> Response:
        _there("option", query.option, shelf.knowledge.options)
        _there("guideline", query.guideline, shelf.knowledge.guidelines)
        intake = read_patient(
            body, name=NAME, vocabulary=shelf.knowledge.vocabulary, stated=shelf.knowledge.stated, as_of=query.as_of
        )
        report = _report(shelf, intake, query)
        return Response(report.model_dump_json(), media_type="application/json")

    return routes


def _there(kind: str, given: list[str], names: object) -> None:
    for name in given:
        if name not in names:  # type: ignore[operator]
            raise Refused(404, f"refused.unknown-{kind}")


def _report(shelf: Shelf, intake: Intake, query: ConsultQuery) -> Report:
    try:
        consultation = consult(shelf.answers, intake.patient, query.option, query.guideline)
    except PatientConflictError as error:
        place = intake.places.get(str(error.parts.get("name")))
        raise error.at(place) if place else error from None
    warnings = [say(query.lang, key, **parts) for key, parts in intake.warnings]
    return build_report(
        consultation, query.lang, title=intake.title, warnings=warnings, why=query.why, deciding=query.deciding
    )


def _bodies(shelf: Shelf) -> dict[str, Any]:
    example = {"losses": 3, "clinical_losses": 3, "unexplained": "yes", "aps": "no"}
    schema = patient_schema(shelf.knowledge)
    return {media: {"schema": schema, "example": example} for media in ("application/json", YAML[0])}
