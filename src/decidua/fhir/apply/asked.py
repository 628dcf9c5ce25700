"""The Parameters of `$apply`: which plan, which patient, which data.

R4 names `planDefinition`, `subject` and what describes the user and the setting; CPG on FHIR adds `canonical` or `url`
with `version`, `data` and `useServerData`. `asOf` is our own. The server keeps no patient, so `data` must be there.
A parameter that is not known is refused, because it may ask for something else than is answered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import msgspec
from msgspec import Raw, Struct

from decidua.errors import PatientError, PatientSyntaxError, UsageError
from decidua.intake.fhir.resources import Head
from decidua.intake.problems import quoted

NAME = "Parameters"
"""What errors call the body."""
PLAN = ("planDefinition", "canonical", "url", "version")
IDLE = (
    "encounter", "practitioner", "organization", "userType", "userLanguage", "userTaskContext", "setting",
    "settingContext",
)  # fmt: skip
"""Named by R4; accepted, and they change nothing: no guideline here speaks of them."""
KNOWN = (*PLAN, "subject", "data", "useServerData", "asOf", *IDLE)
_SUBJECT = re.compile(r"(?:\S{1,2000}/)?Patient/([A-Za-z0-9.-]{1,64})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Parameter(Struct):
    name: str | None = None
    valueString: str | None = None
    valueCanonical: str | None = None
    valueUri: str | None = None
    valueUrl: str | None = None
    valueBoolean: bool | None = None
    valueDate: str | None = None
    resource: Raw = Raw(b"")

    @property
    def text(self) -> str | None:
        return self.valueString or self.valueCanonical or self.valueUri or self.valueUrl


class Parameters(Struct):
    resourceType: str | None = None
    parameter: list[Parameter] | None = None


class Plan(Head):
    """As much of a PlanDefinition as says which one it is."""

    url: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class Asked:
    """`plan`: canonical URL, with `|version` where one is asked for; None: the one in the address."""

    plan: str | None
    subject: str
    """The reference as it was given."""
    patient: str
    """The id in it."""
    data: bytes
    as_of: date | None


_BODY = msgspec.json.Decoder(Parameters)
_PLAN = msgspec.json.Decoder(Plan)


def read_asked(body: bytes) -> Asked:
    """Raises PatientSyntaxError where this is no Parameters in JSON, else UsageError or PatientError."""
    given = _by_name(_decoded(body).parameter or [])
    subject = _one(given, "subject")
    if subject is None or subject.text is None:
        raise UsageError("apply.subject-missing")
    match = _SUBJECT.fullmatch(subject.text)
    if match is None:
        raise UsageError("apply.subject", given=quoted(subject.text))
    server = _one(given, "useServerData")
    if server is not None and server.valueBoolean is not False:
        raise UsageError("apply.server-data")
    data = _one(given, "data")
    if data is None or not bytes(data.resource):
        raise UsageError("apply.data-missing")
    return Asked(_plan(given), subject.text, match[1], bytes(data.resource), _as_of(_one(given, "asOf")))


def _decoded(body: bytes) -> Parameters:
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise PatientSyntaxError("apply.xml", where=NAME)
    try:
        parameters = _BODY.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        raise PatientSyntaxError("fhir.deep", where=NAME) from None
    except msgspec.ValidationError as error:
        raise PatientSyntaxError("apply.shape", where=NAME, problem=quoted(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        key = "apply.truncated" if "truncated" in str(error) else "fhir.json"
        raise PatientSyntaxError(key, where=NAME, problem=quoted(str(error))) from None
    if parameters.resourceType != "Parameters":
        raise PatientSyntaxError("apply.not-parameters", where=NAME, given=quoted(parameters.resourceType or "-"))
    return parameters


def _by_name(parameters: Collection[Parameter]) -> Mapping[str, list[Parameter]]:
    found: dict[str, list[Parameter]] = {}
    for one in parameters:
        if one.name not in KNOWN:
            raise UsageError("apply.unknown", given=quoted(one.name or "-"), allowed=", ".join(KNOWN))
        found.setdefault(one.name or "", []).append(one)
    return found


def _one(given: Mapping[str, list[Parameter]], name: str) -> Parameter | None:
    found = given.get(name, [])
    if len(found) > 1:
        raise UsageError("apply.several", name=name, count=len(found))
    return found[0] if found else None


def _plan(given: Mapping[str, list[Parameter]]) -> str | None:
    named = {name: one for name in PLAN if (one := _one(given, name)) is not None}
    version = named.pop("version", None)
    if len(named) > 1 or (version is not None and "url" not in named):
        raise UsageError("apply.plans", given=", ".join(named))
    if not named:
        return None
    (name, one), *_ = named.items()
    text = _of_resource(one) if name == "planDefinition" and bytes(one.resource) else one.text
    if not text:
        raise UsageError("apply.plan-empty", name=name)
    return f"{text}|{version.text}" if version is not None else text


def _of_resource(one: Parameter) -> str | None:
    """A plan that is sent must be one of ours: conditions are not evaluated from foreign text."""
    try:
        plan = _PLAN.decode(one.resource)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise PatientSyntaxError("apply.shape", where=NAME, problem=quoted(str(error))) from None
    if plan.resourceType != "PlanDefinition" or not plan.url:
        return None
    return f"{plan.url}|{plan.version}" if plan.version else plan.url


def _as_of(one: Parameter | None) -> date | None:
    if one is None:
        return None
    text = one.valueDate or one.valueString or ""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise PatientError("apply.as-of") from None
