"""The parts of FHIR R4 resources that are read, as msgspec structs; every other element is skipped by the decoder.

A bundle is decoded in two steps: its entries stay raw, so that one resource that is wrong costs only itself, and a
type that is not read is still listed. A line of NDJSON is one resource: `decode` takes it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec
from msgspec import Raw, Struct


class Coding(Struct, gc=False):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class Concept(Struct):
    coding: list[Coding] | None = None
    text: str | None = None

    @property
    def codings(self) -> list[Coding]:
        return self.coding or []


class Reference(Struct, gc=False):
    reference: str | None = None
    type: str | None = None


class Period(Struct, gc=False):
    start: str | None = None
    end: str | None = None


class Quantity(Struct, gc=False):
    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Ratio(Struct):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Interval(Struct):
    low: Quantity | None = None
    high: Quantity | None = None


class Anything(Struct, gc=False):
    """An element that is only seen to be there."""


class Resource(Struct, kw_only=True):
    """What all resources share. A modifier extension may turn a meaning round, so it must not be skipped."""

    id: str | None = None
    contained: list[Raw] | None = None
    modifierExtension: list[Anything] | None = None
    implicitRules: str | None = None


class Answered(Resource, kw_only=True):
    """What an observation and each of its components have: a code, and a value or the reason for none."""

    code: Concept | None = None
    valueQuantity: Quantity | None = None
    valueCodeableConcept: Concept | None = None
    valueBoolean: bool | None = None
    valueInteger: int | None = None
    valueRatio: Ratio | None = None
    valueRange: Interval | None = None
    valueString: str | None = None
    valueDateTime: str | None = None
    valueTime: str | None = None
    valuePeriod: Period | None = None
    valueSampledData: Anything | None = None
    dataAbsentReason: Concept | None = None
    interpretation: list[Concept] | None = None


VALUES = tuple(name for name in Answered.__struct_fields__ if name.startswith("value"))


class Address(Struct, gc=False):
    country: str | None = None
    use: str | None = None
    period: Period | None = None


class Patient(Resource, kw_only=True):
    birthDate: str | None = None
    gender: str | None = None
    address: list[Address] | None = None


class Component(Answered, kw_only=True):
    """Of the elements of a resource it has only an id and modifier extensions."""


class Observation(Answered, kw_only=True):
    status: str | None = None
    subject: Reference | None = None
    focus: list[Reference] | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    effectiveInstant: str | None = None
    component: list[Component] | None = None
    hasMember: list[Reference] | None = None


class DiagnosticReport(Resource, kw_only=True):
    status: str | None = None
    subject: Reference | None = None
    result: list[Reference] | None = None


class Condition(Resource, kw_only=True):
    clinicalStatus: Concept | None = None
    verificationStatus: Concept | None = None
    code: Concept | None = None
    subject: Reference | None = None
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    recordedDate: str | None = None
    abatementDateTime: str | None = None
    abatementPeriod: Period | None = None
    abatementString: str | None = None
    abatementAge: Anything | None = None
    abatementRange: Anything | None = None


class Procedure(Resource, kw_only=True):
    status: str | None = None
    code: Concept | None = None
    subject: Reference | None = None
    performedDateTime: str | None = None
    performedPeriod: Period | None = None


class AllergyIntolerance(Resource, kw_only=True):
    clinicalStatus: Concept | None = None
    verificationStatus: Concept | None = None
    type: str | None = None
    code: Concept | None = None
    patient: Reference | None = None
    recordedDate: str | None = None
    onsetDateTime: str | None = None


class Medicine(Resource, kw_only=True):
    """What the three resources on a medicine share."""

    status: str | None = None
    medicationCodeableConcept: Concept | None = None
    medicationReference: Reference | None = None
    subject: Reference | None = None


class Bounds(Struct):
    boundsPeriod: Period | None = None


class Timing(Struct):
    repeat: Bounds | None = None


class Dosage(Struct):
    timing: Timing | None = None


class Dispense(Struct):
    validityPeriod: Period | None = None


class MedicationRequest(Medicine, kw_only=True):
    intent: str | None = None
    doNotPerform: bool | None = None
    reportedBoolean: bool | None = None
    reportedReference: Reference | None = None
    authoredOn: str | None = None
    dosageInstruction: list[Dosage] | None = None
    dispenseRequest: Dispense | None = None


class MedicationStatement(Medicine, kw_only=True):
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None


class MedicationAdministration(Medicine, kw_only=True):
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None


class Medication(Resource, kw_only=True):
    status: str | None = None
    code: Concept | None = None


class Link(Struct, gc=False):
    relation: str | None = None
    url: str | None = None


class Entry(Struct):
    fullUrl: str | None = None
    resource: Raw = Raw(b"")


class Bundle(Struct):
    resourceType: str | None = None
    type: str | None = None
    entry: list[Entry] | None = None
    link: list[Link] | None = None


class Head(Struct, gc=False):
    """Enough of any resource to know what it is."""

    resourceType: str | None = None
    id: str | None = None


BUNDLE = msgspec.json.Decoder(Bundle)
HEAD = msgspec.json.Decoder(Head)
TYPES: Mapping[str, type[Resource]] = {
    kind.__name__: kind
    for kind in (
        Patient, Observation, DiagnosticReport, Condition, Procedure, AllergyIntolerance, MedicationRequest,
        MedicationStatement, MedicationAdministration, Medication,
    )
}  # fmt: skip
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in TYPES.items()}


def decode(kind: str, raw: bytes | Raw) -> Resource | None:
    """One resource of a type that is read, else None. Raises msgspec.ValidationError for a wrong element."""
    decoder = _DECODERS.get(kind)
    return None if decoder is None else decoder.decode(raw)
