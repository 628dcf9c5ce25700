"""HL7's validator accepts every exported resource: no error, and no warning but those that are explained here."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from decidua.answers import Answers
from decidua.fhir.apply import care_plan, decided
from decidua.fhir.apply.messages import said_of
from decidua.fhir.artefacts import Artefacts
from decidua.fhir.canonical import version_of
from decidua.fhir.capability import capability
from decidua.fhir.export import export_evidence, export_fhir
from decidua.fhir.outcome import ISSUES, outcome
from decidua.fhir.women import women
from decidua.guidelines import Knowledge, read_knowledge
from decidua.intake.fhir import read_fhir
from standards import validator

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(
        not validator.built(), reason="Java or the validator is absent: scripts/engines builds it (Maven, npm)"
    ),
]
Resource = dict[str, Any]

EXPLAINED = {
    "R4": (
        "dom-6:",  # Patients and Observations of the test bundles carry no narrative; every artefact does.
        "should have a performer",  # Nobody performed a test patient's results,
        "should have an effective",  # and the examples of statements print no day.
        "http://loinc.org",  # LOINC is not in the validator, and may not be shipped.
        "ValueSet 'http://terminology.hl7.org/ValueSet/",  # Example bindings of THO; our grades are text as printed.
        "in the value set 'CpgCommonProcessVs'",  # Our own coding of the option stands beside CPG's.
        "so expression validation may not be correct",  # It has no libraries; public engines run them.
    ),
    "R5": (
        "No code provided, and a code should be provided",  # A measure or an interval in the print's words, uncoded.
    ),
}

ANSWERED = ("Details for #actions matching against profile",)
"""Of what the service answers: a remark on how a reference to a contained resource was followed."""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return read_knowledge()


def resources_of(files: Mapping[str, bytes]) -> list[Resource]:
    read = [json.loads(content) for name, content in files.items() if name.endswith(".json")]
    return [one for one in read if "resourceType" in one]


@pytest.mark.parametrize(("release", "export"), [("R4", export_fhir), ("R5", export_evidence)])
def test_every_resource_is_accepted(
    knowledge: Knowledge, release: str, export: Callable[[Knowledge], Mapping[str, bytes]], tmp_path: Path
) -> None:
    resources = resources_of(export(knowledge))
    checked, issues = validator.validate(release, resources, tmp_path)
    assert checked == len(resources) > 200
    assert [one for one in issues if one.severity in ("error", "fatal")] == []
    assert [one for one in issues if not any(why in one.says for why in EXPLAINED[release])] == []


def test_what_the_service_answers_is_accepted(knowledge: Knowledge, tmp_path: Path) -> None:
    """The CarePlans of every plan for the examples of its statements, errors, and what the service says of itself."""
    answers, version = Answers(knowledge), version_of(knowledge.content)
    artefacts = Artefacts(knowledge, lambda: answers)
    made = [capability(artefacts.kinds, version, secured=True), *artefacts.of("OperationDefinition").values()]
    made += [{**outcome(status, "One sentence: <b>.\nAnother."), "id": f"wrong-{status}"} for status in ISSUES]
    for number, woman in enumerate(women(answers)):
        entries = [entry for entry in woman["entry"] if entry["resource"]["resourceType"] != "Parameters"]
        plan = artefacts.of("PlanDefinition").get(woman["id"].rpartition("-")[0])
        for one in [plan] if plan else []:
            made.append({**_applied(answers, artefacts, one, {**woman, "entry": entries}), "id": f"plan-{number}"})
    for guideline in knowledge.guidelines:
        nobody = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "woman"}}]}
        plan = artefacts.of("PlanDefinition")[guideline]
        made.append({**_applied(answers, artefacts, plan, nobody), "id": f"all-{guideline}"})
    known = [*artefacts.of("CodeSystem").values(), *artefacts.of("ValueSet").values()]
    checked, issues = validator.validate("R4", [*known, *json.loads(json.dumps(made))], tmp_path)
    assert checked == len(known) + len(made) > 100
    assert [one for one in issues if one.severity in ("error", "fatal")] == []
    assert [one for one in issues if not any(why in one.says for why in (*EXPLAINED["R4"], *ANSWERED))] == []


def _applied(answers: Answers, artefacts: Artefacts, plan: Resource, given: Resource) -> Resource:
    knowledge = answers.knowledge
    mapped = read_fhir(
        [json.dumps(given).encode()], name="data", vocabulary=knowledge.vocabulary, stated=knowledge.stated,
        as_of=date(2026, 11, 1), patient="woman",
    )  # fmt: skip
    intake = mapped.intake
    found = decided(answers, artefacts.subject_of(plan), intake.patient)
    said = said_of(knowledge, intake.patient, intake.warnings)
    return care_plan(knowledge, plan, artefacts.by_canonical("ActivityDefinition"), found, "Patient/woman", said)


def test_the_validator_finds_what_is_wrong(knowledge: Knowledge, tmp_path: Path) -> None:
    """Each change breaks one rule: of FHIR, of a binding, of CPG's profile, of an extension."""
    plans = (one for one in resources_of(export_fhir(knowledge)) if one["resourceType"] == "PlanDefinition")
    plan = next(one for one in plans if one["id"] == "asri-2025.ivig.selected")

    def without_status(one: Resource) -> None:
        del one["status"]

    def wrong_status(one: Resource) -> None:
        one["status"] = "final"

    def wrong_kind(one: Resource) -> None:
        one["type"]["coding"][0]["code"] = "order-set"

    def without_capability(one: Resource) -> None:
        del one["extension"]

    def unknown_extension(one: Resource) -> None:
        one["action"][0]["extension"].append({"url": "http://hl7.org/fhir/x", "valueString": "x"})

    def wrong_direction(one: Resource) -> None:
        one["action"][0]["extension"][-1]["valueCodeableConcept"]["coding"][0]["code"] = "sideways"

    breaks = (without_status, wrong_status, wrong_kind, without_capability, unknown_extension, wrong_direction)
    broken = []
    for index, change in enumerate(breaks):
        one = copy.deepcopy(plan)
        change(one)
        broken.append({**one, "id": f"broken-{index}"})
    _, issues = validator.validate("R4", [plan, *broken], tmp_path)
    wrong = {one.resource for one in issues if one.severity in ("error", "fatal")}
    assert wrong == {f"PlanDefinition/broken-{index}" for index in range(len(breaks))}
