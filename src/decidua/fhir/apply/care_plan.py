"""A plan met with a patient: a CarePlan whose contained RequestGroup has the actions that apply.

An action applies if every condition of it names a decision that is true. Of an action with a definition the request
that it asks for is contained too, as a draft; of any other, a GuidanceResponse: what is open, or what is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from decidua.fhir.apply.decided import Decided
from decidua.fhir.apply.guidance import guidance, nothing_asked
from decidua.fhir.apply.messages import MESSAGES, Said, outcome_of
from decidua.fhir.canonical import Resource, both, extension, spoken
from decidua.fhir.plans import CERTAINTY, STRENGTH
from decidua.guidelines import Knowledge
from decidua.language import Text

COPIED = (
    "title", "_title", "description", "_description", "textEquivalent", "code", "documentation", "condition",
    "selectionBehavior",
)  # fmt: skip
"""What a request's action takes over from the plan's. Strength and certainty have no place in it: they are notes."""
GRADES = {STRENGTH: "apply.strength", CERTAINTY: "apply.certainty"}
GROUP, OUTCOME = "actions", "messages"


@dataclass
class _Made:
    """The resources that stand in the CarePlan beside the group, in the order of their actions."""

    knowledge: Knowledge
    plan: str
    subject: str
    decided: Decided
    activities: Mapping[str, Resource]
    requests: list[Resource] = field(default_factory=list)

    def actions(self, planned: Sequence[Resource]) -> list[Resource]:
        return [self._action(action) for action in planned if all(name in self.decided for name in _names(action))]

    def _action(self, action: Resource) -> Resource:
        inner = self.actions(action.get("action", []))
        resource = self._request(action) or self._guidance(action) or (None if inner else self._nothing(action))
        if resource:
            self.requests.append(resource)
        return {
            **{key: action[key] for key in COPIED if key in action},
            **({"resource": {"reference": f"#{resource['id']}"}} if resource else {}),
            **({"action": inner} if inner else {}),
        }

    def _request(self, action: Resource) -> Resource | None:
        definition = action.get("definitionCanonical")
        activity = self.activities.get(str(definition))
        return (
            request(activity, str(definition), self.subject, f"request-{len(self.requests) + 1}") if activity else None
        )

    def _guidance(self, action: Resource) -> Resource | None:
        open_ = next((self.decided[name] for name in _names(action) if self.decided[name]), None)
        if open_ is None:
            return None
        return guidance(self.knowledge, f"open-{len(self.requests) + 1}", self.plan, self.subject, open_)

    def _nothing(self, action: Resource) -> Resource:
        return nothing_asked(f"told-{len(self.requests) + 1}", self.plan, self.subject, action)


def _names(action: Resource) -> Iterator[str]:
    return (condition["expression"]["expression"] for condition in action.get("condition", []))


def care_plan(
    knowledge: Knowledge, plan: Resource, activities: Mapping[str, Resource], decided: Decided, subject: str,
    said: Said,
) -> Resource:  # fmt: skip
    """`activities` by canonical with version; `subject`: the reference to the patient, as it was given."""
    address = f"{plan['url']}|{plan['version']}"
    made = _Made(knowledge, address, subject, decided, activities)
    actions = made.actions(plan["action"])
    head = {
        "instantiatesCanonical": [address], "status": "draft", "intent": "proposal", "subject": {"reference": subject},
    }  # fmt: skip
    group = {"resourceType": "RequestGroup", "id": GROUP, **head, **({"action": actions} if actions else {})}
    outcome = outcome_of(OUTCOME, said)
    messages = {"extension": [extension(MESSAGES, valueReference={"reference": f"#{OUTCOME}"})]} if outcome else {}
    return {
        "resourceType": "CarePlan",
        "language": "en",
        "text": plan["text"],
        "contained": [group, *made.requests, *([outcome] if outcome else [])],
        **messages,
        **head,
        **{key: plan[key] for key in ("title", "_title") if key in plan},
        "note": [both("text", note) for note in (*_printed(plan), *said.notes)],
        "activity": [{"reference": {"reference": f"#{GROUP}"}}],
    }


def _printed(plan: Resource) -> list[Text]:
    """Strength and certainty of a recommendation, as printed."""
    graded = [one for one in plan["action"][0].get("extension", []) if one["url"] in GRADES]
    return [spoken(GRADES[one["url"]], printed=one["valueCodeableConcept"]["text"]) for one in graded]


def request(activity: Resource, canonical: str, subject: str, id_: str) -> Resource:
    """ActivityDefinition/$apply: the request of its kind, a draft and a proposal; nothing is ordered."""
    medicine = activity["kind"] == "MedicationRequest"
    what = {"medicationCodeableConcept": activity["productCodeableConcept"]} if medicine else {"code": activity["code"]}
    dosage = {"dosageInstruction": activity["dosage"]} if medicine and "dosage" in activity else {}
    return {
        "resourceType": activity["kind"],
        "id": id_,
        "instantiatesCanonical": [canonical],
        "status": "draft",
        "intent": activity["intent"],
        **({"doNotPerform": True} if activity.get("doNotPerform") else {}),
        **what,
        "subject": {"reference": subject},
        **dosage,
    }
