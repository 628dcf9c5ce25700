"""From draft orders to options: by codes only, hers only, with their reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decidua.fhir.canonical import OPTIONS_SYSTEM
from decidua.fhir.cards import Draft, drafts
from decidua.fhir.cards.orders import order_tables
from decidua.guidelines import Knowledge
from decidua.intake.fhir.resources import Coding, Concept

ATC, LOINC, SCT = "http://www.whocc.no/atc", "http://loinc.org", "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
IVIG = {"coding": [{"system": ATC, "code": "J06BA02"}]}
LOSS = {"coding": [{"system": SCT, "code": "102878001"}]}


def order(kind: str = "MedicationRequest", **elements: Any) -> dict[str, Any]:
    coded = {"medicationCodeableConcept": IVIG} if kind == "MedicationRequest" else {}
    return {"resourceType": kind, "id": "1", "status": "draft", "intent": "order", **coded, **elements}


def read(knowledge: Knowledge, *orders: dict[str, Any], conditions: dict[str, Concept] | None = None) -> list[Draft]:
    raw = [json.dumps(one).encode() for one in orders]
    return drafts(knowledge, raw, ["MedicationRequest/1", "ServiceRequest/1"], "p", conditions or {})


def concept(system: str, code: str, **more: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, **more}]}


@pytest.mark.parametrize(
    ("one", "options"),
    [
        (order(), ("ivig",)),
        (order(medicationCodeableConcept=concept(RXNORM, "67108")), ("heparin",)),
        (order(medicationCodeableConcept=concept(OPTIONS_SYSTEM, "lit")), ("lit",)),
        (order("ServiceRequest", code=concept(LOINC, "3016-3")), ("test:tsh",)),
        (order("ServiceRequest", code=concept(OPTIONS_SYSTEM, "test:nk-cells")), ("test:nk-cells",)),
        (order(medicationCodeableConcept=concept(RXNORM, "617993")), ()),
        (order(medicationCodeableConcept={"text": "IVIG 400 mg/kg"}), ()),
        (order(medicationCodeableConcept=concept(LOINC, "J06BA02")), ()),
        (order(doNotPerform=True), ()),
        (order(subject={"reference": "Patient/other"}), ()),
        (order(modifierExtension=[{"url": "https://x.test", "valueBoolean": True}]), ()),
        ({"resourceType": "NutritionOrder", "id": "1"}, ()),
    ],
)
def test_which_option(knowledge: Knowledge, one: dict[str, Any], options: tuple[str, ...]) -> None:
    assert [option for draft in read(knowledge, one) for option in draft.options] == list(options)


def test_a_medication_by_reference(knowledge: Knowledge) -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": IVIG}
    by_reference = {"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/m"}}
    inside = {"medicationReference": {"reference": "#m"}, "medicationCodeableConcept": None, "contained": [drug]}
    assert [one.options for one in read(knowledge, order(**by_reference), drug)] == [("ivig",)]
    assert [one.options for one in read(knowledge, order(**inside))] == [("ivig",)]
    assert read(knowledge, order(**by_reference)) == []


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({}, "none"),
        ({"reasonCode": [LOSS]}, "pregnancy-loss"),
        ({"reasonCode": [concept(ICD10CM, "O26.23")]}, "pregnancy-loss"),
        ({"reasonCode": [concept(ICD10CM, "o2623")]}, "pregnancy-loss"),
        ({"reasonCode": [concept(ICD10CM, "I82.4")]}, "other"),
        ({"reasonCode": [{"text": "recurrent miscarriage"}]}, "other"),
        ({"reasonReference": [{"reference": "Condition/c"}]}, "pregnancy-loss"),
        ({"reasonReference": [{"reference": "https://ehr.test/fhir/Condition/c/_history/2"}]}, "pregnancy-loss"),
        ({"reasonReference": [{"reference": "Condition/elsewhere"}]}, "other"),
        ({"reasonCode": [concept(ICD10CM, "I82.4"), LOSS]}, "pregnancy-loss"),
    ],
)
def test_the_reason(knowledge: Knowledge, elements: dict[str, Any], reason: str) -> None:
    conditions = {"Condition/c": Concept([Coding(SCT, "102878001")])}
    [draft] = read(knowledge, order(**elements), conditions=conditions)
    assert draft.reason == reason


def test_a_code_from_memory_is_said(knowledge: Knowledge) -> None:
    assert [one.memory for one in read(knowledge, order())] == [False]
    assert [one.memory for one in read(knowledge, order(medicationCodeableConcept=concept(RXNORM, "67108")))] == [True]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"resourceType": 3}', b"\xff", b"[" * 100_000])
def test_what_cannot_be_read_is_no_order(knowledge: Knowledge, raw: bytes) -> None:
    assert drafts(knowledge, [raw], ["MedicationRequest/1"], "p", {}) == []


def test_the_table_names_what_exists(knowledge: Knowledge) -> None:
    for option, facts in order_tables().options.items():
        assert option in knowledge.options
        assert set(facts) <= set(knowledge.vocabulary.facts)
    taken = {fact for facts in order_tables().options.values() for fact in facts}
    assert taken == {fact for fact in knowledge.vocabulary.facts if fact.startswith("on_")}
