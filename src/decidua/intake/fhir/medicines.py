"""Medicines: yes where one is taken on the as-of date. Nothing here ever says no.

    MedicationStatement       active, and its period holds the as-of date
    MedicationRequest         active, an order (or a plan that the patient reports), begun and not run out
    MedicationAdministration  in progress

A medicine that was stopped may have given way to another of its class; one that is not in the bundle may be taken
all the same. So `completed`, `stopped`, `not-taken` and silence all leave the fact unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from decidua.errors import PatientError
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located
from decidua.intake.fhir.codes import Match
from decidua.intake.fhir.heard import Hearing
from decidua.intake.fhir.times import Span, maybe_span

ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
TAKEN = {"MedicationStatement": "active", "MedicationRequest": "active", "MedicationAdministration": "in-progress"}

When = tuple[Span | None, Span | None]
"""Start and end; None is open."""


def hear_medicine(hearing: Hearing, one: Located) -> None:
    medicine = one.resource
    assert isinstance(medicine, r.Medicine)
    concept = _concept(hearing, one, medicine)
    if concept is None:
        hearing.notes.unmapped(one.place, one.kind, "fhir.no-medication")
        return
    allowed = {id_ for id_ in hearing.vocabulary.facts if id_.startswith("on_")}
    match = hearing.one_match(one, one.place, concept, allowed)
    if match is None:
        return
    try:
        _judge(hearing, one, medicine, match)
    except PatientError as error:
        hearing.refuse(one, error, match)


def _concept(hearing: Hearing, one: Located, medicine: r.Medicine) -> r.Concept | None:
    if medicine.medicationCodeableConcept is not None:
        return medicine.medicationCodeableConcept
    found = hearing.references.find(medicine.medicationReference, one)
    resource = found.resource if found else None
    good = isinstance(resource, r.Medication) and resource.status != "entered-in-error"
    return resource.code if good and isinstance(resource, r.Medication) else None


def _judge(hearing: Hearing, one: Located, medicine: r.Medicine, match: Match) -> None:
    unused, status = hearing.notes.unused, medicine.status or "-"
    if medicine.modifierExtension or medicine.implicitRules:
        unused(one.place, one.kind, "fhir.modifier", match)
    elif status == "entered-in-error":
        unused(one.place, one.kind, "fhir.entered-in-error", match, status=status)
    elif status != TAKEN[one.kind] or not meant(medicine):
        unused(one.place, one.kind, "fhir.not-taken", match, status=_status(medicine))
    elif late := next((start for start, _ in _times(medicine) if hearing.later(start)), None):
        unused(one.place, one.kind, "fhir.later", match, date=late.first, as_of=hearing.as_of)
    elif ended := next((end for _, end in _times(medicine) if end and end.last < hearing.as_of), None):
        unused(one.place, one.kind, "fhir.ended", match, date=ended.last)
    else:
        hearing.flag(one, match, True)


def meant(medicine: r.Medicine) -> bool:
    """Whether a request is one to take the medicine."""
    if not isinstance(medicine, r.MedicationRequest):
        return True
    reported = bool(medicine.reportedBoolean or medicine.reportedReference)
    return not medicine.doNotPerform and (medicine.intent in ORDERS or (medicine.intent == "plan" and reported))


def _status(medicine: r.Medicine) -> str:
    status = medicine.status or "-"
    if isinstance(medicine, r.MedicationRequest):
        return f"{status}, {'doNotPerform' if medicine.doNotPerform else medicine.intent or '-'}"
    return status


def _times(medicine: r.Medicine) -> Iterator[When]:
    if isinstance(medicine, r.MedicationRequest):
        yield maybe_span(medicine.authoredOn, "authoredOn"), None
        yield _period(medicine.dispenseRequest.validityPeriod if medicine.dispenseRequest else None, "validityPeriod")
        for dosage in medicine.dosageInstruction or ():
            repeat = dosage.timing.repeat if dosage.timing else None
            yield _period(repeat.boundsPeriod if repeat else None, "boundsPeriod")
    elif isinstance(medicine, r.MedicationStatement | r.MedicationAdministration):
        yield maybe_span(medicine.effectiveDateTime, "effective"), None
        yield _period(medicine.effectivePeriod, "effective")


def _period(period: r.Period | None, field: str) -> When:
    return (maybe_span(period.start, field), maybe_span(period.end, field)) if period else (None, None)
