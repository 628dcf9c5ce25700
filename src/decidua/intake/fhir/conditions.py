"""Diagnoses, procedures and allergies: yes where they are asserted, no where they are refuted, else unknown.

    verification                            diagnosis, allergy
    confirmed, or not said                  yes, if it is not over, or if the fact asks for the past too
    refuted                                 no, if the code is what the fact says and not a part of it
    unconfirmed, provisional, differential  unknown
    entered-in-error                        nothing

What is not in the bundle is not absent. `No known allergies` is what nobody knows of, and is not taken for a no.
"""

from __future__ import annotations

from collections.abc import Collection

from decidua.errors import PatientError
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located
from decidua.intake.fhir.codes import Match
from decidua.intake.fhir.heard import Hearing
from decidua.intake.fhir.times import maybe_span

ABSENT_UNKNOWN = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
OVER = frozenset({"inactive", "resolved"})
KNOWN = frozenset({"confirmed", "refuted", "unconfirmed", "provisional", "differential"})


def booleans(hearing: Hearing, *without: str) -> set[str]:
    """The facts that are yes or no, without those whose ids begin with one of `without`."""
    facts = hearing.vocabulary.facts.values()
    return {fact.id for fact in facts if fact.type == "boolean" and not fact.id.startswith(without or ("\0",))}


def hear_condition(hearing: Hearing, one: Located) -> None:
    condition = one.resource
    assert isinstance(condition, r.Condition)
    match = _match(hearing, one, condition.code, booleans(hearing, "on_"))
    if match is None:
        return
    try:
        began = maybe_span(condition.onsetDateTime or _start(condition.onsetPeriod) or condition.recordedDate, "onset")
        ended = maybe_span(condition.abatementDateTime or _start(condition.abatementPeriod), "abatement")
    except PatientError as error:
        hearing.refuse(one, error, match)
        return
    if hearing.later(began):
        hearing.notes.unused(one.place, one.kind, "fhir.later", match, date=began and began.first, as_of=hearing.as_of)
        return
    said_over = condition.abatementString or condition.abatementAge or condition.abatementRange
    over = said_over is not None or (ended is not None and not hearing.later(ended))
    _judge(hearing, one, match, codes_of(condition.verificationStatus), codes_of(condition.clinicalStatus), over)


def _start(period: r.Period | None) -> str | None:
    return period.start if period else None


def _match(hearing: Hearing, one: Located, concept: r.Concept | None, allowed: Collection[str]) -> Match | None:
    """The fact; nothing where a modifier extension may say the contrary."""
    if one.resource.modifierExtension or one.resource.implicitRules:
        match = next(iter(hearing.codes.matches(concept)), None)
        hearing.notes.unused(one.place, one.kind, "fhir.modifier", match)
        return None
    if any(coding.system == ABSENT_UNKNOWN for coding in (concept.codings if concept else ())):
        hearing.notes.unmapped(one.place, one.kind, "fhir.none-known")
        return None
    return hearing.one_match(one, one.place, concept, allowed)


def codes_of(concept: r.Concept | None) -> frozenset[str]:
    """Every code: a status may stand in another system beside FHIR's own, in any order."""
    return frozenset(coding.code for coding in (concept.codings if concept else ()) if coding.code)


def _judge(
    hearing: Hearing, one: Located, match: Match, verified: frozenset[str], clinical: frozenset[str], over: bool
) -> None:
    unused = hearing.notes.unused
    if "entered-in-error" in verified:
        unused(one.place, one.kind, "fhir.entered-in-error", match, status="entered-in-error")
    elif "refuted" in verified and "confirmed" not in verified:
        if match.whole:
            hearing.flag(one, match, False)
        else:
            unused(one.place, one.kind, "fhir.part-refuted", match)
    elif verified and ("confirmed" not in verified or len(verified & KNOWN) > 1):
        unused(one.place, one.kind, "fhir.unconfirmed", match, status=_named(verified))
    elif (over or clinical & OVER) and match.fact not in hearing.tables.past:
        unused(one.place, one.kind, "fhir.over", match, status=_named(clinical))
    else:
        hearing.flag(one, match, True)


def _named(codes: Collection[str]) -> str:
    return ", ".join(sorted(codes)) or "-"


def hear_procedure(hearing: Hearing, one: Located) -> None:
    procedure = one.resource
    assert isinstance(procedure, r.Procedure)
    match = _match(hearing, one, procedure.code, booleans(hearing, "on_", "allergy_"))
    if match is None:
        return
    try:
        when = maybe_span(procedure.performedDateTime or _start(procedure.performedPeriod), "performed")
    except PatientError as error:
        hearing.refuse(one, error, match)
        return
    if hearing.later(when):
        hearing.notes.unused(one.place, one.kind, "fhir.later", match, date=when and when.first, as_of=hearing.as_of)
    elif procedure.status == "completed":
        hearing.flag(one, match, True)
    else:
        key = "fhir.entered-in-error" if procedure.status == "entered-in-error" else "fhir.status"
        hearing.notes.unused(one.place, one.kind, key, match, status=procedure.status or "-")


def hear_allergy(hearing: Hearing, one: Located) -> None:
    """By the code of an allergy, or by the substance of a medicine that is asked for as an allergy."""
    allergy = one.resource
    assert isinstance(allergy, r.AllergyIntolerance)
    allergens = hearing.tables.allergens
    allowed = {id_ for id_ in hearing.vocabulary.facts if id_.startswith("allergy_") or id_ in allergens}
    match = _match(hearing, one, allergy.code, allowed)
    if match is None:
        return
    if match.fact in allergens:
        match = Match(allergens[match.fact], match.code, whole=False)
    try:
        when = maybe_span(allergy.onsetDateTime or allergy.recordedDate, "recordedDate")
    except PatientError as error:
        hearing.refuse(one, error, match)
        return
    if hearing.later(when):
        hearing.notes.unused(one.place, one.kind, "fhir.later", match, date=when and when.first, as_of=hearing.as_of)
    elif allergy.type == "intolerance" and match.fact not in hearing.tables.past:
        hearing.notes.unused(one.place, one.kind, "fhir.intolerance", match)
    else:
        _judge(hearing, one, match, codes_of(allergy.verificationStatus), codes_of(allergy.clinicalStatus), over=False)
