"""A GuidanceResponse for what is open: which data would settle it, or that only the authors of the source can.

`data-required` says that more data are needed, so it stands only where there are such: for a dispute about how the
source is read no data will do. Then the status is `success`, and the note has the question.
"""

from __future__ import annotations

from decidua.fhir.apply.decided import Open
from decidua.fhir.canonical import ANSWERS_SYSTEM, Resource, both, concept, spoken
from decidua.fhir.libraries import requirement
from decidua.fhir.plans import question
from decidua.guidelines import Knowledge
from decidua.language import Text

SAYS = {"needs-data": "apply.needs", "disputed": "export.disputed-says"}


def guidance(knowledge: Knowledge, id_: str, plan: str, subject: str, open_: Open) -> Resource:
    """`plan`: its canonical URL with version. It stands contained, so it carries no narrative."""
    needed = [requirement(knowledge.vocabulary.facts[fact]) for fact in open_.facts]
    return {
        "resourceType": "GuidanceResponse",
        "id": id_,
        "moduleCanonical": plan,
        "status": "data-required" if open_.word == "needs-data" else "success",
        "subject": {"reference": subject},
        "reasonCode": [concept([{"system": ANSWERS_SYSTEM, "code": open_.word}])],
        "note": [_note(text) for text in _notes(knowledge, open_)],
        **({"dataRequirement": needed} if needed else {}),
    }


def nothing_asked(id_: str, plan: str, subject: str, action: Resource) -> Resource:
    """For an action that asks for nothing (silence, lack of evidence): R4 wants a resource or inner actions in each."""
    told = {key: action[key] for key in ("description", "_description") if key in action}
    return {
        "resourceType": "GuidanceResponse",
        "id": id_,
        "moduleCanonical": plan,
        "status": "success",
        "subject": {"reference": subject},
        "reasonCode": [concept(text=action["title"])],
        **({"note": [{key.replace("description", "text"): value for key, value in told.items()}]} if told else {}),
    }


def _notes(knowledge: Knowledge, open_: Open) -> list[Text]:
    labels = [spoken(f"answer.{answer}") for answer in open_.possible]
    possible = Text(en="; ".join(one.en for one in labels), ko="; ".join(one.ko for one in labels))
    said = [spoken(SAYS[open_.word]), *([spoken("apply.possible", answers=possible)] if labels else [])]
    asked = [question(knowledge, reading) for reading in open_.readings]
    return [*said, *(_spoken(one) for one in asked)]


def _spoken(entry: Resource) -> Text:
    [translated] = entry["_display"]["extension"]
    ko = next(part["valueString"] for part in translated["extension"] if part["url"] == "content")
    return Text(en=entry["display"], ko=ko)


def _note(text: Text) -> Resource:
    return both("text", text)
