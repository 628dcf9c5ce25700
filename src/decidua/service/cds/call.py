"""A call of a service as it is sent: its shape, and what of it can be trusted to be what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from uuid import UUID

import msgspec
from msgspec import Raw, Struct

from decidua.intake.problems import quoted
from decidua.web.refused import Refused

ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
TOKEN = re.compile(r"[\x21-\x7e]{1,8000}")


class Authorization(Struct, kw_only=True):
    access_token: str
    token_type: str
    expires_in: int
    scope: str
    subject: str
    patient: str | None = None


class Entry(Struct, gc=False):
    resource: Raw = Raw(b"")


class Orders(Struct):
    """The Bundle of draft orders; each stays undecoded."""

    resourceType: str
    entry: list[Entry] | None = None


class Context(Struct, kw_only=True):
    userId: str
    patientId: str
    encounterId: str | None = None
    selections: list[str] | None = None
    draftOrders: Orders | None = None


class Call(Struct, kw_only=True):
    hook: str
    hookInstance: str
    context: Context
    fhirServer: str | None = None
    fhirAuthorization: Authorization | None = None
    prefetch: Mapping[str, Raw] | None = None

    @property
    def by_patient(self) -> bool:
        """Whether the user is the patient, or somebody close to her: what is said here is for clinicians."""
        return self.context.userId.rpartition("/")[0].rpartition("/")[2] in ("Patient", "RelatedPerson")


_CALL = msgspec.json.Decoder(Call)


def read_call(body: bytes, hook: str) -> Call:
    """Raises Refused 400 with one sentence; it names the place of a fault, and repeats no value."""
    try:
        call = _CALL.decode(body)
    except RecursionError:
        raise Refused(400, "cds.call-json") from None
    except msgspec.ValidationError as error:
        raise Refused(400, "cds.call-shape", problem=quoted(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(400, "cds.call-json") from None
    wrong = next(_wrong(call, hook), None)
    if wrong is not None:
        raise Refused(400, "cds.call-shape", problem=wrong)
    return call


def _wrong(call: Call, hook: str) -> Iterator[str]:
    context, access = call.context, call.fhirAuthorization
    if call.hook != hook:
        yield f"this service is for the hook {hook} - at `$.hook`"
    if not _is_uuid(call.hookInstance):
        yield "Expected a UUID - at `$.hookInstance`"
    if not context.userId:
        yield "Expected `str` of length >= 1 - at `$.context.userId`"
    if not ID.fullmatch(context.patientId):
        yield "Expected a FHIR id - at `$.context.patientId`"
    if access is not None and (call.fhirServer is None or access.token_type != "Bearer"):
        yield "Expected `fhirServer` and the type `Bearer` - at `$.fhirAuthorization`"
    if access is not None and not TOKEN.fullmatch(access.access_token):
        yield "Expected a token - at `$.fhirAuthorization.access_token`"
    if context.draftOrders is not None and context.draftOrders.resourceType != "Bundle":
        yield "Expected a Bundle - at `$.context.draftOrders`"
    if context.selections == [] or (hook == "order-select" and context.selections is None):
        yield "Expected `array` of length >= 1 - at `$.context.selections`"
    if hook == "order-select" and context.draftOrders is None:
        yield "Expected a Bundle - at `$.context.draftOrders`"


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
