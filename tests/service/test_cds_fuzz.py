"""Whatever an EHR sends as a record or as orders, the answer is cards or one sentence: never an unforeseen error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cards.specification import faults
from hypothesis import given
from hypothesis import strategies as st

from decidua.service.settings import Settings
from service.local_ehr import LOSSES, PATIENT, call, patient, prefetch, searchset
from service.running import live

VIEW, SELECT = "/cds-services/decidua-patient-view", "/cds-services/decidua-order-select"
KINDS = ("Patient", "Observation", "Condition", "Procedure", "AllergyIntolerance", "MedicationRequest", "Medication",
         "MedicationStatement", "DiagnosticReport", "OperationOutcome", "Bundle", "Group", "")  # fmt: skip
NAMES = ("id", "status", "code", "coding", "system", "subject", "reference", "valueQuantity", "value", "unit", "entry",
         "resource", "link", "url", "relation", "contained", "birthDate", "effectiveDateTime", "medicationReference",
         "reasonCode", "reasonReference", "component", "text", "type")  # fmt: skip
WORDS = st.sampled_from(["final", "active", f"Patient/{PATIENT}", "#1", "11614-5", "http://loinc.org", "2024-13-45",
                         "9999", "next", "Bundle", "history", "\\u0000", "é", ""])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False, allow_infinity=False) | WORDS
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
RESOURCES = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6).flatmap(
    lambda parts: st.sampled_from(KINDS).map(lambda kind: {"resourceType": kind, **parts})
)
RECORDS = st.dictionaries(
    st.sampled_from(["patient", "observations", "conditions", "medications", "extra"]),
    RESOURCES | st.lists(RESOURCES, max_size=3).map(lambda some: searchset(LOSSES, *some)) | JSON, max_size=4,
)  # fmt: skip


@pytest.fixture(scope="module")
def trial() -> Iterator[httpx.Client]:
    with live(Settings(cds_hooks=True)) as base, httpx.Client(base_url=base, timeout=60) as client:
        yield client


def told(answer: httpx.Response) -> None:
    assert answer.status_code in (200, 400, 412, 422), answer.text
    if answer.status_code == 200:
        assert faults("response", answer.json()) == []
    else:
        assert len(answer.json()["detail"].splitlines()) == 1
        assert answer.json()["key"].startswith("cds.")


@given(record=RECORDS)
def test_any_record(trial: httpx.Client, record: dict[str, Any]) -> None:
    told(trial.post(VIEW, json=call(prefetch={**prefetch(), **record})))


@given(orders=st.lists(RESOURCES, max_size=3), selections=st.lists(WORDS, min_size=1, max_size=2))
def test_any_order(trial: httpx.Client, orders: list[Any], selections: list[str]) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in orders]}
    context = {"userId": "Practitioner/1", "patientId": PATIENT, "selections": selections, "draftOrders": bundle}
    told(trial.post(SELECT, json=call("order-select", context=context, prefetch=prefetch(patient=patient()))))
