"""The CQL libraries as FHIR Library resources, text and ELM inside."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable

from decidua.answers import Answers
from decidua.criteria.elm import Elm
from decidua.facts import Fact
from decidua.fhir.bounds import bound
from decidua.fhir.canonical import Resource, canonical, codings, concept, header, spoken
from decidua.fhir.cql import cql_text
from decidua.fhir.elm import elm
from decidua.fhir.facts_library import NAME, facts_elm, facts_text
from decidua.fhir.rules import Rules, on_fhir, rules
from decidua.guidelines import Knowledge
from decidua.language import Text

TYPES = "http://terminology.hl7.org/CodeSystem/library-type"


def libraries(answers: Answers, version: str) -> list[Resource]:
    """For each guideline the rules on parameters and on FHIR; the facts; and the list of the package."""
    knowledge = answers.knowledge
    found = [_facts(knowledge, version)]
    for guideline in knowledge.guidelines.values():
        made = rules(answers, guideline.id, version)
        found += [_rules(made, "rules", guideline.name), _rules(on_fhir(made, NAME), "on-fhir", guideline.name)]
    return found


def texts(answers: Answers, version: str) -> Iterable[tuple[str, str, Elm]]:
    """(name, CQL, ELM) of every library."""
    knowledge = answers.knowledge
    yield NAME, facts_text(knowledge, version), facts_elm(knowledge, version)
    for guideline in knowledge.guidelines:
        made = rules(answers, guideline, version)
        for one in (made, on_fhir(made, NAME)):
            yield one.name, cql_text(one), elm(one)


def _facts(knowledge: Knowledge, version: str) -> Resource:
    text, tree = facts_text(knowledge, version), facts_elm(knowledge, version)
    title, says = spoken("export.facts-title"), spoken("export.facts-says")
    needs = [requirement(fact) for fact in knowledge.vocabulary.facts.values()]
    made = _library(NAME, version, title, says, text, tree)
    return {**made, "dataRequirement": needs, "content": made.pop("content")}


def _rules(made: Rules, key: str, name: Text) -> Resource:
    title, says = (spoken(f"export.{key}-{part}", name=name) for part in ("title", "says"))
    found = _library(made.name, made.version, title, says, cql_text(made), elm(made))
    content = found.pop("content")
    if made.facts:
        needed = {"type": "depends-on", "resource": canonical("Library", made.facts, made.version)}
        found["relatedArtifact"] = [needed]
    inputs = [] if made.facts else list(_inputs(made.knowledge))
    return {**found, "parameter": [*inputs, *_outputs(made)], "content": content}


def _library(name: str, version: str, title: Text, says: Text, text: str, tree: Elm) -> Resource:
    return {
        **header("Library", name, version, title, says),
        "name": name,
        "type": concept([{"system": TYPES, "code": "logic-library"}]),
        "content": [_content("text/cql", text), _content("application/elm+json", json.dumps(tree))],
    }


def _content(kind: str, text: str) -> Resource:
    return {"contentType": kind, "data": base64.b64encode(text.encode()).decode()}


def _inputs(knowledge: Knowledge) -> Iterable[Resource]:
    for fact in knowledge.vocabulary.facts.values():
        names = [bound(fact.id, side) for side in ("low", "high")] if fact.numeric else [fact.id]
        kind = "decimal" if fact.numeric else "boolean" if fact.type == "boolean" else "string"
        yield from (_parameter(name, "in", kind) for name in names)
    yield from (_parameter(name, "in", "boolean") for name in sorted(knowledge.stated))


def _outputs(made: Rules) -> Iterable[Resource]:
    """The decisions that name no way of reading; each is always there."""
    names = (decision.name for decision in made.decisions if "[" not in decision.name)
    return [_parameter(name, "out", "boolean") for name in names]


def _parameter(name: str, use: str, kind: str) -> Resource:
    return {"name": name, "use": use, "min": 0 if use == "in" else 1, "max": "1", "type": kind}


def requirement(fact: Fact) -> Resource:
    """What a fact is read from: an Observation with one of its codes."""
    coded = [{key: code[key] for key in ("system", "code")} for code in codings(fact)]
    return {"type": "Observation", "codeFilter": [{"path": "code", "code": coded}]}
