"""Diagnoses, procedures, allergies, medicines, the person, past pregnancies."""

from __future__ import annotations

from decimal import Decimal

import pytest

from decidua.facts import Range
from decidua.intake.fhir import tables
from intake.fhir_reading import (
    LOINC,
    SCT,
    WOMAN,
    ReadFhir,
    Resource,
    about,
    bundle,
    concept,
    note,
    notes,
    observation,
    status,
    values,
)

ICD, CM, ATC = "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm", "http://www.whocc.no/atc"
RX = "http://www.nlm.nih.gov/research/umls/rxnorm"
SLE, EGG = concept("55464009", SCT), concept("91930004", SCT)


def coded(*codes: str) -> Resource:
    return {"coding": [{"code": code} for code in codes]}


CONDITIONS: list[tuple[str, Resource, Resource, bool | None]] = [
    ("sle", SLE, status(), True),
    ("sle", SLE, {}, True),
    ("sle", concept("M32", ICD), status(), True),
    ("sle", concept("M32.1", ICD), status(), True),
    ("sle", concept("M321", ICD), status(), True),
    ("sle", concept("M33.1", ICD), status(), None),
    ("sle", concept("M32.1", CM), status(), None),  # facts.yaml has no ICD-10-CM code for it
    ("aps", concept("D68.61", CM), status(), True),
    ("aps", concept("D68.61", ICD), status(), None),
    ("sle", SLE, status("refuted", None), False),
    ("sle", concept("M32.1", ICD), status("refuted", None), None),  # one form refuted is not all
    ("sle", SLE, status("unconfirmed"), None),
    ("sle", SLE, status("provisional"), None),
    ("sle", SLE, status("differential"), None),
    ("sle", SLE, status("entered-in-error"), None),
    ("sle", SLE, status("guessed"), None),
    ("sle", SLE, {"clinicalStatus": coded("413322009", "resolved")}, None),  # in another system first
    ("sle", SLE, {"verificationStatus": coded("410605003", "confirmed")}, True),
    ("sle", SLE, {"verificationStatus": coded("410516002", "refuted")}, False),
    ("sle", SLE, {"verificationStatus": coded("confirmed", "entered-in-error")}, None),
    ("sle", SLE, {"verificationStatus": coded("confirmed", "refuted")}, None),
    ("sle", SLE, status(clinical="remission"), True),
    ("sle", SLE, status(clinical="resolved"), None),
    ("sle", SLE, status(clinical="inactive"), None),
    ("sle", SLE, {**status(), "abatementDateTime": "2020"}, None),
    ("sle", SLE, {**status(), "abatementString": "gone"}, None),
    ("sle", SLE, {**status(), "onsetDateTime": "2024-06-02"}, None),
    ("sle", SLE, {**status(), "recordedDate": "2024-06-02"}, None),
    ("sle", SLE, {**status(), "onsetDateTime": "last year"}, None),
    ("sle", SLE, {**status(), "modifierExtension": [{"url": "http://x.example"}]}, None),
    ("thrombosis", concept("thrombosis"), status(clinical="resolved"), True),  # it asks for the past too
    ("sle", concept("no-known-problems", "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"), {}, None),
]


@pytest.mark.parametrize(("fact", "code", "more", "expected"), CONDITIONS, ids=range(len(CONDITIONS)))
def test_conditions(read_bundle: ReadFhir, fact: str, code: Resource, more: Resource, expected: bool | None) -> None:
    mapped = read_bundle(about("Condition", code, **more))
    assert values(mapped).get(fact) is expected
    outcome = notes(mapped, "used")
    assert (("Condition/condition-1", "fhir.used") in outcome) is (expected is not None)
    assert len(mapped.notes) == 1  # and whatever it was, it is accounted for


def test_a_missing_diagnosis_is_not_absent(read_bundle: ReadFhir) -> None:
    assert not values(read_bundle(about("Condition", concept("J45", ICD), **status())))


def test_codes_that_name_two_facts(read_bundle: ReadFhir) -> None:
    both = {"coding": [*SLE["coding"], *concept("D68.61", CM)["coding"]]}
    mapped = read_bundle(about("Condition", both, **status()))
    assert not values(mapped)
    assert note(mapped, "Condition/condition-1").key == "fhir.two-facts"


@pytest.mark.parametrize(
    ("what", "expected"), [("completed", True), ("not-done", None), ("in-progress", None), ("entered-in-error", None)]
)
def test_procedures(read_bundle: ReadFhir, what: str, expected: bool | None) -> None:
    mapped = read_bundle(about("Procedure", concept("done_tsh"), status=what, performedDateTime="2023"))
    assert values(mapped).get("done_tsh") is expected
    later = about("Procedure", concept("done_tsh"), status=what, performedDateTime="2025")
    assert "done_tsh" not in values(read_bundle(later))


ALLERGIES: list[tuple[str, Resource, Resource, bool | None]] = [
    ("allergy_egg_soy_peanut", EGG, status(), True),
    ("allergy_egg_soy_peanut", EGG, {}, True),
    ("allergy_egg_soy_peanut", EGG, status("unconfirmed"), None),
    ("allergy_egg_soy_peanut", EGG, status("refuted"), None),  # egg is ruled out; soy and peanut are not
    ("allergy_egg_soy_peanut", concept("allergy_egg_soy_peanut"), status("refuted"), False),
    ("allergy_egg_soy_peanut", EGG, status(clinical="resolved"), None),
    ("allergy_egg_soy_peanut", EGG, {**status(), "type": "intolerance"}, None),
    ("allergy_heparin", concept("5224", RX), status(), True),
    ("allergy_heparin", concept("5224", RX), status(clinical="resolved"), True),  # a past reaction counts
    ("allergy_heparin", concept("5224", RX), status("refuted"), None),
    ("allergy_aspirin", concept("B01AC06", ATC), status(), True),
    ("allergy_aspirin", concept("716186003", SCT), status(), None),  # no known allergy
]


@pytest.mark.parametrize(("fact", "code", "more", "expected"), ALLERGIES, ids=range(len(ALLERGIES)))
def test_allergies(read_bundle: ReadFhir, fact: str, code: Resource, more: Resource, expected: bool | None) -> None:
    mapped = read_bundle(about("AllergyIntolerance", code, **more))
    assert values(mapped).get(fact) is expected
    assert not {key for key in values(mapped) if key.startswith("on_")}
    assert len(mapped.notes) == 1


def medicine(kind: str, what: str, **more: object) -> Resource:
    one = about(kind, {}, status=what, medicationCodeableConcept=concept("B01AC06", ATC), **more)
    del one["code"]
    return one


def period(start: str | None, end: str | None) -> Resource:
    return {"effectivePeriod": {key: text for key, text in (("start", start), ("end", end)) if text}}


ORDER = {"intent": "order", "authoredOn": "2024-01-01"}
MEDICINES: list[tuple[Resource, bool]] = [
    (medicine("MedicationStatement", "active"), True),
    (medicine("MedicationStatement", "active", **period("2024", None)), True),
    (medicine("MedicationStatement", "active", **period("2024-01-01", "2024-06-01")), True),
    (medicine("MedicationStatement", "active", **period("2024-01-01", "2024-05-31")), False),
    (medicine("MedicationStatement", "active", **period("2024-06-02", None)), False),
    *[(medicine("MedicationStatement", what), False) for what in
      ("completed", "intended", "stopped", "on-hold", "unknown", "not-taken", "entered-in-error")],
    (medicine("MedicationRequest", "active", **ORDER), True),
    (medicine("MedicationRequest", "active", intent="plan"), False),
    (medicine("MedicationRequest", "active", intent="plan", reportedBoolean=True), True),
    (medicine("MedicationRequest", "active", intent="proposal"), False),
    (medicine("MedicationRequest", "active", **ORDER, doNotPerform=True), False),
    (medicine("MedicationRequest", "active", intent="order", authoredOn="2024-06-02"), False),
    (medicine("MedicationRequest", "active", **ORDER, dispenseRequest={
        "validityPeriod": {"end": "2024-05-01"}}), False),
    (medicine("MedicationRequest", "active", **ORDER, dosageInstruction=[
        {"timing": {"repeat": {"boundsPeriod": {"end": "2024-05"}}}}]), False),
    *[(medicine("MedicationRequest", what, **ORDER), False) for what in
      ("on-hold", "cancelled", "completed", "stopped", "draft", "unknown", "entered-in-error")],
    (medicine("MedicationAdministration", "in-progress", **period("2024-05-30", None)), True),
    (medicine("MedicationAdministration", "completed", effectiveDateTime="2024-05-30"), False),
]  # fmt: skip


@pytest.mark.parametrize(("one", "taken"), MEDICINES, ids=range(len(MEDICINES)))
def test_medicines_say_yes_or_nothing(read_bundle: ReadFhir, one: Resource, taken: bool) -> None:
    mapped = read_bundle(one)
    assert values(mapped) == ({"on_aspirin": True} if taken else {})
    assert len(mapped.notes) == 1


def test_a_medication_by_reference(read_bundle: ReadFhir) -> None:
    code = concept("P01BA02", ATC)
    one = {**medicine("MedicationStatement", "active"), "medicationReference": {"reference": "#m"}}
    del one["medicationCodeableConcept"]
    held = {**one, "contained": [{"resourceType": "Medication", "id": "m", "code": code}]}
    assert values(read_bundle(held)) == {"on_hydroxychloroquine": True}
    apart = {**one, "medicationReference": {"reference": "Medication/m/_history/2"}}
    medication = {"resourceType": "Medication", "id": "m", "code": code}
    assert values(read_bundle(apart, medication)) == {"on_hydroxychloroquine": True}
    assert note(read_bundle(apart), f"{one['resourceType']}/{one['id']}").key == "fhir.no-medication"
    round_ = {**one, "medicationReference": {"reference": f"MedicationStatement/{one['id']}"}}
    assert values(read_bundle(round_)) == {}  # a reference to itself


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("1990-06-01", Decimal(34)),
        ("1990-06-02", Decimal(33)),
        ("1992-02-29", Decimal(32)),
        ("1990", Range(Decimal(33), Decimal(34))),
        ("1990-06", Range(Decimal(33), Decimal(34))),
        ("1990-07", Decimal(33)),
        ("2024-06-02", None),
        ("1890-01-01", None),
        ("2020-01-01", None),
        ("unknown", None),
    ],
)
def test_age_on_the_as_of_date(read_bundle: ReadFhir, born: str, age: object) -> None:
    mapped = read_bundle(bundle(patient={**WOMAN, "birthDate": born}))
    assert values(mapped).get("age") == age
    assert note(mapped, "Patient/p.birthDate").outcome == ("not-used" if age is None else "used")
    assert born not in str([one.parts for one in mapped.notes])  # a birth date is not shown back


@pytest.mark.parametrize(
    ("addresses", "country"),
    [
        ([{"country": "KR"}], "KR"),
        ([{"country": "KR"}, {"country": "KR"}], "KR"),
        ([{"country": "KR"}, {"country": "US", "use": "old"}], "KR"),
        ([{"country": "KR"}, {"country": "US", "period": {"end": "2020"}}], "KR"),
        ([{"country": "KR"}, {"country": "US"}], None),
        ([{"country": "UK"}], None),
        ([{"country": "Korea"}], None),
        ([{"country": "other"}], None),
        ([{"city": "Seoul"}], None),
    ],
)
def test_country(read_bundle: ReadFhir, addresses: list[Resource], country: str | None) -> None:
    assert values(read_bundle(bundle(patient={**WOMAN, "address": addresses}))).get("country") == country


@pytest.mark.parametrize(("gender", "warned"), [("female", False), ("male", True), ("unknown", True), (None, True)])
def test_gender(read_bundle: ReadFhir, gender: str | None, warned: bool) -> None:
    mapped = read_bundle(bundle(patient={"resourceType": "Patient", "id": "p", "gender": gender}))
    assert ("fhir.gender" in [key for key, _ in mapped.intake.warnings]) is warned


def pregnancy(id_: str, day: str | None, *components: Resource) -> Resource:
    return observation("pregnancy", day, id_, component=list(components))


def part(key: str, **value: object) -> Resource:
    return {"code": concept(key), **value}


def chosen(key: str, choice: str) -> Resource:
    return part(key, valueCodeableConcept=concept(choice, tables().choices))


def test_past_pregnancies(read_bundle: ReadFhir) -> None:
    weeks = {"valueQuantity": {"value": 59, "code": "d", "system": "http://unitsofmeasure.org"}}
    mapped = read_bundle(
        pregnancy("b", "2022-03-14", chosen("outcome", "clinical-loss"), part("weeks", **weeks)),
        pregnancy("a", "2021", chosen("outcome", "biochemical"), chosen("confirmed", "hcg-only")),
        observation("pregnancies_complete", valueBoolean=True),
    )
    known, rows = values(mapped), mapped.intake.pregnancies
    assert rows is not None
    assert [row.outcome for row in rows] == ["biochemical", "clinical-loss"]
    assert rows[1].weeks == 59
    assert [known[fact] for fact in ("losses", "clinical_losses", "consecutive_losses", "live_births")] == [2, 1, 2, 0]
    assert mapped.intake.pregnancies_complete is True


def test_a_list_with_a_row_that_cannot_be_read_is_not_counted(read_bundle: ReadFhir) -> None:
    mapped = read_bundle(
        pregnancy("a", "2021-01-01", chosen("outcome", "clinical-loss")),
        pregnancy("b", "2030-01-01", chosen("outcome", "clinical-loss")),
        observation("tsh", valueQuantity={"value": 2, "unit": "mIU/L"}),
    )
    assert set(values(mapped)) == {"tsh"}
    assert note(mapped, "Observation/b").key == "error.date-later"


def test_counts_by_public_codes(read_bundle: ReadFhir) -> None:
    births = observation("x", id_="births", code=concept("11636-8", LOINC), valueQuantity={"value": 1, "code": "1"})
    assert values(read_bundle(births))["live_births"] == 1
