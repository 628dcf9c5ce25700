"""A Questionnaire for the facts: what is left unanswered is unknown."""

from __future__ import annotations

from decidua.facts import Fact
from decidua.fhir.canonical import CHOICES_SYSTEM, UCUM, Resource, both, codings, extension, header, spoken
from decidua.fhir.terminology import choice_codes
from decidua.guidelines import Knowledge

UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
TYPES = {"boolean": "boolean", "choice": "choice", "integer": "integer", "number": "quantity"}


def questionnaire(knowledge: Knowledge, version: str) -> Resource:
    """One item a fact, in groups; none is required, none has an initial value."""
    title, says = spoken("export.questionnaire-title"), spoken("export.questionnaire-says")
    groups = [_group(knowledge, group) for group in knowledge.vocabulary.groups]
    made = header("Questionnaire", "facts", version, title, says)
    return {**made, "name": "DeciduaFactsQuestionnaire", "subjectType": ["Patient"], "item": groups}


def _group(knowledge: Knowledge, id_: str) -> Resource:
    group = knowledge.vocabulary.groups[id_]
    facts = [fact for fact in knowledge.vocabulary.facts.values() if fact.group == id_]
    absence = {"linkId": f"{id_}.absence", **both("text", group.absence), "type": "display"}
    items = [absence, *map(_item, facts)]
    return {"linkId": id_, **both("text", group.label), "type": "group", "item": items}


def _item(fact: Fact) -> Resource:
    kind = "quantity" if fact.units else TYPES[fact.type]
    units = [
        extension(UNIT_OPTION, valueCoding={"system": UCUM, "code": unit.code, "display": unit.label})
        for unit in fact.units
    ]
    made = {
        **({"extension": units} if units else {}),
        "linkId": fact.id,
        "code": codings(fact),
        **both("text", fact.label),
        "type": kind,
    }
    if fact.choices:
        made["answerOption"] = [
            {"valueCoding": {"system": CHOICES_SYSTEM, "code": code, **both("display", label)}}
            for code, label, _ in choice_codes(fact)
        ]
    if fact.help:
        made["item"] = [{"linkId": f"{fact.id}.help", **both("text", fact.help), "type": "display"}]
    return made
