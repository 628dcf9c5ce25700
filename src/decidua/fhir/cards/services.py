"""Discovery: the two services, and the data that they ask a client to send along (prefetch templates)."""

from __future__ import annotations

from collections.abc import Mapping

from decidua.fhir.cards.models import Discovery, Hook, Service
from decidua.guidelines import Knowledge
from decidua.intake.fhir import tables
from decidua.language import Lang, say

PATIENT = "{{context.patientId}}"
REQUIRED = ("patient", "observations", "conditions")
"""Without these nothing can be said of her; without the others what they hold is unknown, and the card says so."""
SERVICES: Mapping[str, Hook] = {"decidua-patient-view": "patient-view", "decidua-order-select": "order-select"}
WHY = "example.decidua.why-no-services"
_ELSEWHERE = ("on_", "done_")
"""Facts that come from other resources than observations."""


def templates(knowledge: Knowledge) -> Mapping[str, str]:
    """Key → query, within the subset that CDS Hooks 2.0 recommends. Of observations only those that a fact has a code
    for are asked for: no more of her record is sent than can be read."""
    return {
        "patient": f"Patient/{PATIENT}",
        "observations": f"Observation?patient={PATIENT}&code={','.join(observation_codes(knowledge))}",
        "conditions": f"Condition?patient={PATIENT}",
        "allergies": f"AllergyIntolerance?patient={PATIENT}",
        "medications": f"MedicationRequest?patient={PATIENT}&status=active",
        "statements": f"MedicationStatement?patient={PATIENT}&status=active",
        "procedures": f"Procedure?patient={PATIENT}",
    }


def observation_codes(knowledge: Knowledge) -> list[str]:
    facts = [fact for fact in knowledge.vocabulary.facts.values() if not fact.id.startswith(_ELSEWHERE)]
    public = [code for fact in facts for code in fact.codes] + [code for code in tables().codes if code.system]
    codes = [code.code for code in public if code.system in ("LOINC", "OMOP", "local")]
    return list(dict.fromkeys([*codes, "pregnancy", *(fact.id for fact in facts), *sorted(knowledge.stated)]))


def discovery(knowledge: Knowledge, lang: Lang) -> Discovery:
    reviewed, total = reviewed_of(knowledge)
    return Discovery(services=tuple(
        Service(
            hook=hook, id=id_, title=say(lang, f"cds.{hook}-title"), description=say(lang, f"cds.{hook}-description"),
            prefetch=templates(knowledge),
            usageRequirements=say(lang, "cds.usage", reviewed=reviewed, total=total),
        )
        for id_, hook in SERVICES.items()
    ))  # fmt: skip


def nothing(knowledge: Knowledge, lang: Lang) -> Discovery:
    """No services, and why."""
    reviewed, total = reviewed_of(knowledge)
    return Discovery(services=(), extension={WHY: say(lang, "cds.off", reviewed=reviewed, total=total)})


def reviewed_of(knowledge: Knowledge) -> tuple[int, int]:
    """Statements that a clinician has reviewed, and all."""
    return sum(one.review.level == "clinician" for one in knowledge.statements.values()), len(knowledge.statements)
