"""`PlanDefinition/$apply`: ours, and that of the public clinical-reasoning engine (Java) on the exported package.

For every option of a guideline exactly one action applies, and it is the answer that the reference gives; so an engine
that takes null for a no is not silent. Action by action, and request by request, the two say the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import pytest

from decidua.answers import Answers
from decidua.facts import Patient, Value, close
from decidua.fhir.apply import care_plan, decided
from decidua.fhir.apply.messages import Said
from decidua.fhir.canonical import Resource, spoken
from decidua.fhir.export import resources
from decidua.fhir.observations import bundle
from decidua.fhir.women import women
from decidua.intake.fhir import read_fhir
from standards import validator
from standards.test_export_decisions import GUIDELINES
from standards.test_export_facts import closed

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(
        not validator.built(), reason="Java or the engine of $apply is absent: scripts/engines builds it (Maven, npm)"
    ),
]
GENERATED = int(os.environ.get("DECIDUA_APPLY_PATIENTS", "3"))
DAY = date(2026, 11, 1)
OPEN = {"needs-data": "export.needs-title", "disputed": "export.disputed-title"}
APART = ("_title", "_description", "_textEquivalent", "extension", "resource", "action")
"""The engine drops translations, and takes over extensions that R4 does not allow there; resources and inner actions
are compared by themselves."""

Case = tuple[str, Resource, Mapping[str, Value] | None, dict[str, Any]]
"""Plan, bundle, what is known of a generated woman, and the engine's CarePlan."""


@pytest.fixture(scope="module")
def answers() -> Answers:
    from decidua.guidelines import read_knowledge

    return Answers(read_knowledge())


@pytest.fixture(scope="module")
def artefacts(answers: Answers) -> list[Resource]:
    return json.loads(json.dumps(resources(answers, "0")))


@pytest.fixture(scope="module")
def cases(answers: Answers, artefacts: list[Resource], tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Generated women on every plan, and the examples of each recommendation on its own."""
    plans = [one["id"] for one in artefacts if one["resourceType"] == "PlanDefinition"]
    asked = [(plans, *one) for one in _generated(answers)]
    asked += [([plan], example, None) for plan, example in _examples(answers, plans)]
    scratch = tmp_path_factory.mktemp("apply")
    made = validator.apply(artefacts, [(ids, given) for ids, given, _ in asked], scratch)
    return [(plan, given, known, next(made)) for ids, given, known in asked for plan in ids]


def _generated(answers: Answers) -> Iterator[tuple[Resource, Mapping[str, Value]]]:
    vocabulary = answers.knowledge.vocabulary
    for i, woman in enumerate(islice(closed(answers, 20261126), GENERATED)):
        yield bundle(f"p{i}", vocabulary, woman, DAY.isoformat()), close(vocabulary, woman)[0]


def _examples(answers: Answers, plans: Sequence[str]) -> Iterator[tuple[str, Resource]]:
    for made in women(answers):
        plan = made["id"].rpartition("-")[0]
        resources = [entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] != "Parameters"]
        if plan in plans:
            yield plan, {**made, "entry": [{"resource": _dated(one)} for one in resources]}


def _dated(one: Resource) -> Resource:
    """Intake counts what says how things stand now only if its day is known; the exported CQL is looser there."""
    return {**one, "effectiveDateTime": DAY.isoformat()} if one["resourceType"] == "Observation" else one


def contained(plan: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in plan["contained"] if one["resourceType"] == kind]


def actions(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    [group] = contained(plan, "RequestGroup")
    return group.get("action", [])


def compared(action: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """An action without what only one side has, with the request that it leads to and its inner actions."""
    named = {f"#{one['id']}": one for one in plan["contained"]}
    leads = named.get(action.get("resource", {}).get("reference"), {})
    request = leads if leads.get("resourceType", "").endswith("Request") else {}
    return {
        **{key: value for key, value in action.items() if key not in APART},
        "request": {key: value for key, value in bare(request).items() if key not in ("id", "status")},
        "action": [compared(inner, plan) for inner in action.get("action", [])],
    }


def bare(node: Any) -> Any:
    """Without translations beside primitive elements of a request: the engine keeps some and drops others."""
    if isinstance(node, dict):
        return {key: bare(value) for key, value in node.items() if not key.startswith("_")}
    return [bare(part) for part in node] if isinstance(node, list) else node


def ours(
    answers: Answers, artefacts: Sequence[Resource], plan: str, given: Resource, patient: str = "woman",
    version: str = "0",
) -> Resource:  # fmt: skip
    """Our `$apply` on the same bundle, from its bytes on."""
    knowledge = answers.knowledge
    by_kind = {(one["resourceType"], one["id"]): one for one in artefacts}
    activities = {f"{one['url']}|{version}": one for (kind, _), one in by_kind.items() if kind == "ActivityDefinition"}
    mapped = read_fhir(
        [json.dumps(given).encode()], name="data", vocabulary=knowledge.vocabulary, stated=knowledge.stated,
        as_of=DAY, patient=patient,
    )  # fmt: skip
    found = decided(answers, plan, Patient(mapped.intake.patient.values))
    return care_plan(knowledge, by_kind["PlanDefinition", plan], activities, found, f"Patient/{patient}", Said(()))


def test_the_engine_has_no_message_of_an_error(cases: list[Case]) -> None:
    """It swallows exceptions, of a condition and of a request, and says so in an OperationOutcome only."""
    assert [contained(plan, "OperationOutcome") for *_, plan in cases if contained(plan, "OperationOutcome")] == []


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_exactly_one_action_of_every_option_applies(answers: Answers, cases: list[Case], guideline: str) -> None:
    options = answers.knowledge.options
    mine = [(known, plan) for name, _, known, plan in cases if name == guideline and known is not None]
    assert len(mine) == GENERATED
    for known, plan in mine:
        standings = [answers.standing(guideline, option, known) for option in options]
        words = [standing.answer if standing else "impossible" for standing in standings]
        said = [spoken(OPEN.get(word, f"answer.{word}")).en for word in words]
        shown = [[one["title"], *(inner["title"] for inner in one.get("action", []))] for one in actions(plan)]
        assert shown == [[option.label.en, word] for option, word in zip(options.values(), said, strict=True)]


def test_ours_says_the_same_action_by_action(answers: Answers, artefacts: list[Resource], cases: list[Case]) -> None:
    met: set[str] = set()
    for plan, given, _, theirs in cases:
        made = ours(answers, artefacts, plan, given)
        mine = [compared(action, made) for action in actions(made)]
        assert mine == [compared(action, theirs) for action in actions(theirs)], plan
        assert made["instantiatesCanonical"] == theirs["instantiatesCanonical"]
        met |= {one["resourceType"] for one in made["contained"]}
    assert met == {"RequestGroup", "GuidanceResponse", "MedicationRequest", "ServiceRequest"}
