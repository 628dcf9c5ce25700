"""Measures: how often care followed a strong recommendation. Only for statements that care is measured against.

What is unknown is counted apart and is never a no: women for whom it cannot be told whether the statement is meant
are in the initial population alone, and women of whose care nothing is known are excluded from the denominator.
"""

from __future__ import annotations

from decidua.answers import AGAINST
from decidua.fhir.canonical import Resource, both, canonical, concept, header, machine_name, spoken
from decidua.fhir.care import POPULATIONS, Care, measured_care, population_name
from decidua.fhir.plans import citations, library
from decidua.guidelines import Knowledge

TERMS = "http://terminology.hl7.org/CodeSystem"


def measures(knowledge: Knowledge, version: str) -> list[Resource]:
    return [_measure(knowledge, care, version) for care in measured_care(knowledge)]


def _measure(knowledge: Knowledge, care: Care, version: str) -> Resource:
    statement, guideline = care.statement, knowledge.guidelines[care.statement.guideline]
    against = statement.answer in AGAINST
    title = spoken("measure.title", society=guideline.society, option=care.option.label)
    id_ = care.name.replace(" ", ".")
    derived = {"type": "derived-from", "resource": canonical("PlanDefinition", statement.id, version)}
    since = statement.valid_from or f"{guideline.year + 1}-01-01"
    return {
        **header("Measure", f"{id_}.measure", version, title, statement.says),
        "name": f"{machine_name(id_)}Measure",
        "subjectCodeableConcept": concept([{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]),
        "effectivePeriod": {"start": since},
        "relatedArtifact": [derived, *citations(knowledge, statement.cites)],
        "library": [library(guideline.id, version)],
        "scoring": concept([{"system": f"{TERMS}/measure-scoring", "code": "proportion"}]),
        "type": [concept([{"system": f"{TERMS}/measure-type", "code": "process"}])],
        **both("rationale", spoken("measure.rationale")),
        "improvementNotation": concept([{"system": f"{TERMS}/measure-improvement-notation", "code": "increase"}]),
        **both("guidance", spoken("measure.guidance-against" if against else "measure.guidance-for")),
        "group": [{"population": [_population(care, population, against) for population in POPULATIONS]}],
    }


def _population(care: Care, population: str, against: bool) -> Resource:
    key = f"{population}-{'against' if against else 'for'}" if population == "numerator" else population
    return {
        "code": concept([{"system": f"{TERMS}/measure-population", "code": population}]),
        **both("description", spoken(f"measure.{key}")),
        "criteria": {"language": "text/cql-identifier", "expression": population_name(care, population)},
    }
