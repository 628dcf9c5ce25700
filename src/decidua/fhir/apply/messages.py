"""What has to be said beside the actions: the line on intended use, the day, and what of the data does not count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decidua import __version__
from decidua.facts import Patient
from decidua.fhir.canonical import Resource, both, spoken
from decidua.guidelines import Knowledge
from decidua.intake.problems import Warned
from decidua.language import Text

MESSAGES = "http://hl7.org/fhir/StructureDefinition/cqf-messages"


@dataclass(frozen=True)
class Said:
    """`notes`: stand on every answer. `warnings`: one of what was sent, each with its place."""

    notes: tuple[Text, ...]
    warnings: tuple[Text, ...] = ()


def said_of(knowledge: Knowledge, patient: Patient, warnings: Sequence[Warned]) -> Said:
    statements = knowledge.statements.values()
    reviewed = sum(one.review.level == "clinician" for one in statements)
    parts = {"version": __version__, "hash": knowledge.content.hash, "reviewed": reviewed, "total": len(statements)}
    use = spoken("report.use", **{name: str(part) for name, part in parts.items()})
    day = [spoken("apply.as-of-day", date=patient.as_of.isoformat())] if patient.as_of else []
    return Said((use, *day), tuple(_warned(key, given) for key, given in warnings))


def _warned(key: str, given: Mapping[str, object]) -> Text:
    text = spoken(key, **{name: part if isinstance(part, Text) else str(part) for name, part in given.items()})
    at = given.get("at") or given.get("where")
    return Text(en=f"{at}: {text.en}", ko=f"{at}: {text.ko}") if at else text


def outcome_of(id_: str, said: Said) -> Resource | None:
    """An OperationOutcome of warnings; none where there are none."""
    if not said.warnings:
        return None
    issues = [{"severity": "warning", "code": "informational", "details": both("text", text)} for text in said.warnings]
    return {"resourceType": "OperationOutcome", "id": id_, "issue": issues}
