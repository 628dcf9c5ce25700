"""Recommendations and guidelines as PlanDefinitions (CPG: recommendation and strategy).

Conditions are defines that are never null (`fhir.decisions`). Wherever nothing can be told yet, an action of its own
says so: an engine that takes null for a no would be silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from decidua.answers import AGAINST, FOR, Answers
from decidua.answers.functions import AnswerFunction
from decidua.fhir.activities import activity_id
from decidua.fhir.canonical import OPTIONS_SYSTEM, Resource, both, canonical, concept, extension, header, spoken
from decidua.fhir.decisions import OPEN, answer_is
from decidua.fhir.libraries import requirement
from decidua.fhir.rules import library_name
from decidua.fhir.steps import Steps
from decidua.guidelines import Guideline, Knowledge, Option, Statement
from decidua.language import Text
from decidua.provenance import Citation

CPG = "http://hl7.org/fhir/uv/cpg"
CAPABILITY = "http://hl7.org/fhir/StructureDefinition/cqf-knowledgeCapability"
STRENGTH = "http://hl7.org/fhir/StructureDefinition/cqf-strengthOfRecommendation"
CERTAINTY = "http://hl7.org/fhir/StructureDefinition/cqf-qualityOfEvidence"
DIRECTION = f"{CPG}/StructureDefinition/cpg-directionOfRecommendation"
PLAN_TYPES = "http://terminology.hl7.org/CodeSystem/plan-definition-type"


def recommendations(answers: Answers, version: str) -> list[Resource]:
    """One for each statement that recommends; what states only an effect, or is a remark, recommends nothing."""
    knowledge = answers.knowledge
    statements = (one for one in knowledge.statements.values() if one.kind == "recommendation")
    return [_recommendation(knowledge, statement, version) for statement in statements]


def _recommendation(knowledge: Knowledge, statement: Statement, version: str) -> Resource:
    guideline, option = knowledge.guidelines[statement.guideline], knowledge.options[statement.options[0]]
    title = spoken("export.statement-title", society=guideline.society, option=option.label)
    return {
        **_plan(statement.id, version, title, statement.says, "cpg-recommendationdefinition", "eca-rule"),
        **both("purpose", _marked(statement)),
        "relatedArtifact": citations(knowledge, statement.cites),
        "library": [library(guideline.id, version)],
        "action": [
            *(_recommended(knowledge, statement, knowledge.options[id_], version) for id_ in statement.options),
            {
                **both("title", spoken("export.needs-title")),
                **both("description", spoken("export.statement-needs-says")),
                "code": [process(option)],
                "documentation": _questions(knowledge, statement) or citations(knowledge, statement.cites),
                "condition": [_applies(f"{statement.id} undetermined")],
                "input": _inputs(knowledge, knowledge.expand(knowledge.populations[statement.id])),
            },
        ],
    }


def _plan(id_: str, version: str, title: Text, says: Text, profile: str, kind: str) -> Resource:
    made = header("PlanDefinition", id_, version, title, says)
    capability = [extension(CAPABILITY, valueCode=code) for code in ("shareable", "computable", "executable")]
    head = {"resourceType": made.pop("resourceType"), "id": made.pop("id")}
    meta = {"meta": {"profile": [f"{CPG}/StructureDefinition/{profile}"]}}
    parts = {key: made.pop(key) for key in ("language", "text")}
    typed = {"type": concept([{"system": PLAN_TYPES, "code": kind}])}
    return {**head, **meta, **parts, "extension": capability, **made, **typed}


def _marked(statement: Statement) -> Text:
    parts = {"correction": statement.correction} if statement.correction else {}
    return spoken(f"export.mark-{statement.mark}", **parts)


def _recommended(knowledge: Knowledge, statement: Statement, option: Option, version: str) -> Resource:
    graded = _grades(statement)
    made = {
        **({"extension": graded} if graded else {}),
        **both("title", option.label),
        **both("description", statement.says),
        **({"textEquivalent": statement.verb} if statement.verb else {}),
        "code": [process(option)],
        "documentation": [*citations(knowledge, statement.cites), *_questions(knowledge, statement)],
        "condition": [_applies(f"{statement.id} applies")],
    }
    if statement.answer in (*FOR, *AGAINST):
        made["definitionCanonical"] = canonical("ActivityDefinition", activity_id(statement, option), version)
    return made


def _grades(statement: Statement) -> list[Resource]:
    """Strength and certainty as printed, in words, uncoded; direction where the source says for or against."""
    found = []
    if statement.strength.printed:
        found.append(extension(STRENGTH, valueCodeableConcept=concept(text=statement.strength.printed)))
    if statement.certainty.printed:
        found.append(extension(CERTAINTY, valueCodeableConcept=concept(text=statement.certainty.printed)))
    if statement.answer in (*FOR, *AGAINST):
        code = {"system": f"{CPG}/CodeSystem/cpg-recommendation-direction-cs"}
        direction = "against" if statement.answer in AGAINST else "for"
        found.append(extension(DIRECTION, valueCodeableConcept=concept([{**code, "code": direction}])))
    return found


def process(option: Option) -> Resource:
    code = "diagnostic-testing" if option.kind == "test" else "guideline-based-care"
    ours = {"system": OPTIONS_SYSTEM, "code": option.id}
    return concept([{"system": f"{CPG}/CodeSystem/cpg-common-process-cs", "code": code}, ours])


def strategies(answers: Answers, version: str) -> list[Resource]:
    """One for each guideline: for each option exactly one of its actions applies."""
    return [_strategy(answers, guideline, version) for guideline in answers.knowledge.guidelines.values()]


def _strategy(answers: Answers, guideline: Guideline, version: str) -> Resource:
    title = spoken("export.strategy-title", name=guideline.name)
    says = spoken("export.strategy-says", basis=guideline.basis)
    return {
        **_plan(guideline.id, version, title, says, "cpg-strategydefinition", "workflow-definition"),
        "relatedArtifact": citations(answers.knowledge, guideline.definition_cites),
        "library": [library(guideline.id, version)],
        "action": [_option(answers, guideline, option, version) for option in answers.knowledge.options.values()],
    }


def _option(answers: Answers, guideline: Guideline, option: Option, version: str) -> Resource:
    function = answers.function(guideline.id, option.id)
    steps = Steps(function)
    found = sorted({answer for node in (root for _, root in steps.roots) for answer in steps.reached[node]})
    actions = [_answer(answers.knowledge, guideline, option, answer, version) for answer in found]
    said = {one.id for one in function.said}
    speaking = [one for one in answers.knowledge.said(guideline.id, option.id) if one.id in said]
    questions = [entry for one in speaking for entry in _questions(answers.knowledge, one)]
    needed = _inputs(answers.knowledge, _facts(function))
    return {
        **both("title", option.label),
        **both("description", spoken("export.option-says", society=guideline.society, option=option.label)),
        "code": [process(option)],
        **({"documentation": _once(questions)} if questions else {}),
        **({"input": needed} if needed else {}),
        "selectionBehavior": "exactly-one",
        "action": [*actions, *(_open(option, word) for word in OPEN)],
    }


def _answer(knowledge: Knowledge, guideline: Guideline, option: Option, answer: str, version: str) -> Resource:
    """`documentation`: the recommendations that give this answer, and what is cited for a stated effect."""
    giving = [one for one in knowledge.said(guideline.id, option.id) if one.answer == answer]
    effects = [one for one in knowledge.said(guideline.id, option.id) if one.kind == "evidence"]
    named = [_derived(one, version) for one in giving if one.kind == "recommendation"]
    cited = [cite for one in effects for cite in citations(knowledge, one.cites)] if answer == "evidence-only" else []
    documentation = _once([*named, *cited])
    return {
        **both("title", spoken(f"answer.{answer}")),
        **both("description", spoken("export.answer-says", option=option.label, answer=spoken(f"answer.{answer}"))),
        **({"documentation": documentation} if documentation else {}),
        "condition": [_applies(answer_is(option.id, answer))],
    }


def _open(option: Option, word: str) -> Resource:
    key = {"needs-data": "needs"}.get(word, word)
    return {
        **both("title", spoken(f"export.{key}-title")),
        **both("description", spoken(f"export.{key}-says")),
        "condition": [_applies(answer_is(option.id, word))],
    }


def _derived(statement: Statement, version: str) -> Resource:
    resource = canonical("PlanDefinition", statement.id, version)
    return {"type": "derived-from", "display": statement.says.en, "resource": resource}


def library(guideline: str, version: str) -> str:
    return canonical("Library", f"{library_name(guideline)}OnFHIR", version)


def _applies(define: str) -> Resource:
    expression = {"language": "text/cql-identifier", "expression": define}
    return {"kind": "applicability", "expression": expression}


def _facts(function: AnswerFunction) -> set[str]:
    return {variable.id for variable in function.diagrams.variables if variable.kind == "fact"}


def _inputs(knowledge: Knowledge, facts: Iterable[str]) -> list[Resource]:
    there = set(facts)
    return [requirement(fact) for id_, fact in knowledge.vocabulary.facts.items() if id_ in there]


def citations(knowledge: Knowledge, cites: Sequence[Citation]) -> list[Resource]:
    return [_citation(knowledge, cite) for cite in cites]


def _citation(knowledge: Knowledge, cite: Citation) -> Resource:
    source = knowledge.sources[cite.source]
    lines = f", l. {', '.join(map(str, cite.lines))}" if cite.lines else ""
    said = f"{source.title.en}: {cite.place}{lines}"
    return {"type": "citation", "display": cite.source, "citation": said, **({"url": source.url} if source.url else {})}


def _questions(knowledge: Knowledge, statement: Statement) -> list[Resource]:
    """The open readings that bear on the statement, each with the question that settles it."""
    ids = {*statement.readings, *knowledge.readings_under(knowledge.populations[statement.id])}
    ids |= {id_ for regimen in statement.regimens for id_ in (*regimen.readings, *regimen.timing_readings)}
    return [question(knowledge, id_) for id_ in sorted(ids - set(knowledge.settled))]


def question(knowledge: Knowledge, reading: str) -> Resource:
    asked = spoken("export.question", reading=reading, question=knowledge.readings[reading].question)
    return {"type": "documentation", **both("display", asked)}


def _once(entries: Sequence[Resource]) -> list[Resource]:
    seen: Mapping[str, Resource] = {str(sorted(entry.items(), key=str)): entry for entry in entries}
    return list(seen.values())
