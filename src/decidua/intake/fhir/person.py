"""The Patient resource: age on the as-of date and country; a gender that is worth a second look."""

from __future__ import annotations

from decimal import Decimal

from decidua.errors import PatientError
from decidua.facts import Range, Value, read_value
from decidua.facts.vocabulary import Code
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located
from decidua.intake.fhir.codes import Match
from decidua.intake.fhir.heard import Hearing, Row
from decidua.intake.fhir.times import age, maybe_span, span_of


def hear_patient(hearing: Hearing, one: Located) -> str | None:
    """Adds age and country. The given gender is returned if it is not `female`."""
    patient = one.resource
    assert isinstance(patient, r.Patient)
    if patient.modifierExtension or patient.implicitRules:
        hearing.notes.unused(one.place, one.kind, "fhir.modifier")
        return None
    _age(hearing, one, patient)
    _country(hearing, one, patient)
    return None if patient.gender == "female" else patient.gender or "-"


def _age(hearing: Hearing, one: Located, patient: r.Patient) -> None:
    match, place = _match("age", "birthDate"), f"{one.place}.birthDate"
    if patient.birthDate is None:
        return
    try:
        born = span_of(patient.birthDate, "birthDate")
        if hearing.later(born):
            raise PatientError("fhir.born-later", as_of=hearing.as_of)
        value = age(born, hearing.as_of)
        for end in (value.low, value.high) if isinstance(value, Range) else (value,):
            read_value(hearing.vocabulary.facts["age"], f"{end} a")
    except PatientError as error:
        hearing.notes.refused(place, one.kind, error, match)
        return
    # One row on the as-of date: whatever age was written down before, this one is newer.
    hearing.rows.append(Row(match, hearing.as_of, value, _words(value), place, one.kind))


def _words(value: Value) -> str:
    if isinstance(value, Range):
        return f"{value.low}–{value.high}"
    return str(value) if isinstance(value, Decimal) else ""


def _match(fact: str, element: str) -> Match:
    return Match(fact, Code(system="FHIR", code=f"Patient.{element}", display=element, status="verified"), whole=True)


def _country(hearing: Hearing, one: Located, patient: r.Patient) -> None:
    """Only a code that the fact has: `UK` or a name would be guessed at."""
    fact, match, place = hearing.vocabulary.facts["country"], _match("country", "address"), f"{one.place}.address"
    given = {address.country for address in patient.address or () if address.country and _holds(hearing, address)}
    if not given:
        return
    if len(given) > 1:
        hearing.notes.unused(place, one.kind, "fhir.countries", match, given=", ".join(sorted(given)))
        return
    country = given.pop()
    if country in fact.choices and country != "other":
        hearing.rows.append(Row(match, hearing.as_of, country, country, place, one.kind))
    else:
        hearing.notes.unused(place, one.kind, "fhir.country", match, given=country)


def _holds(hearing: Hearing, address: r.Address) -> bool:
    try:
        end = maybe_span(address.period.end if address.period else None, "address.period")
    except PatientError:
        return False
    return address.use != "old" and not (end is not None and end.last < hearing.as_of)
