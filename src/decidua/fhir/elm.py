"""The rules of a guideline as an ELM library: what a translator makes of the CQL text, without a translator.

The tests translate the text with the public translator and compare, node by node.
"""

from __future__ import annotations

from decidua.criteria.elm import SYSTEM, Elm, call, joined, literal, named_type, operation, parameter, reference, tree
from decidua.criteria.tree import Compare, Criterion
from decidua.facts import Fact
from decidua.fhir.bounds import FUNCTIONS, bound, comparison, comparisons, cut
from decidua.fhir.cql import FACTS
from decidua.fhir.decisions import Decision
from decidua.fhir.rules import Define, Rules

OPERANDS = ("low", "high", "cut")
USINGS: list[Elm] = [{"localIdentifier": "System", "uri": SYSTEM.strip("{}")}]
FHIR: Elm = {"localIdentifier": "FHIR", "uri": "http://hl7.org/fhir", "version": "4.0.1"}
PATIENT: Elm = {
    "name": "Patient",
    "context": "Patient",
    "expression": {
        "type": "SingletonFrom",
        "operand": {
            "type": "Retrieve",
            "dataType": "{http://hl7.org/fhir}Patient",
            "templateId": "http://hl7.org/fhir/StructureDefinition/Patient",
            **{filter_: [] for filter_ in ("include", "codeFilter", "dateFilter", "otherFilter")},
        },
    },
}
"""What a translator writes for `context Patient`."""


def elm(rules: Rules) -> Elm:
    """{"library": …}, as JSON holds it."""
    cuts = [(name, _comparison(rules, leaf)) for name, leaf in comparisons(rules).items()]
    said = [(define.name, _said(rules, define)) for define in rules.defines]
    decided = [(decision.name, _decided(rules, decision)) for decision in rules.decisions]
    context = "Patient" if rules.facts else "Unfiltered"
    statements = [define(name, expression, context) for name, expression in (*cuts, *said, *decided)]
    functions = _functions(context)
    if rules.facts:
        inputs = {"usings": {"def": [*USINGS, FHIR]}, "includes": {"def": [_include(rules.facts, rules.version)]}}
        inputs["contexts"] = {"def": [{"name": "Patient"}]}
        statements = [PATIENT, *functions, *statements]
    else:
        inputs = {"usings": {"def": USINGS}, "parameters": {"def": _all_parameters(rules)}}
        statements = [*functions, *statements]
    return library(rules.name, rules.version, {**inputs, "statements": {"def": statements}})


def library(name: str, version: str, parts: Elm) -> Elm:
    schema = {"id": "urn:hl7-org:elm", "version": "r1"}
    return {"library": {"identifier": {"id": name, "version": version}, "schemaIdentifier": schema, **parts}}


def _include(facts: str, version: str) -> Elm:
    return {"localIdentifier": FACTS, "path": facts, "version": version}


def _all_parameters(rules: Rules) -> list[Elm]:
    facts = [item for fact in rules.knowledge.vocabulary.facts.values() for item in _parameters(fact)]
    return [*facts, *(_parameter(name, "Boolean") for name in sorted(rules.knowledge.stated))]


def _parameters(fact: Fact) -> list[Elm]:
    if fact.numeric:
        return [_parameter(bound(fact.id, side), "Decimal") for side in ("low", "high")]
    return [_parameter(fact.id, "Boolean" if fact.type == "boolean" else "String")]


def _parameter(name: str, kind: str) -> Elm:
    return {"name": name, "accessLevel": "Public", "parameterTypeSpecifier": named_type(kind)}


def define(name: str, expression: Elm, context: str) -> Elm:
    return {"name": name, "context": context, "accessLevel": "Public", "expression": expression}


def _given(rules: Rules, name: str) -> Elm:
    return {**reference(name), "libraryName": FACTS} if rules.facts else parameter(name)


def _said(rules: Rules, define: Define) -> Elm:
    computed = _tree(rules, define.criterion)
    if not define.stated:
        return computed
    stated = _given(rules, define.stated)
    return _if({"type": "IsNull", "operand": stated}, computed, stated)


def _tree(rules: Rules, criterion: Criterion) -> Elm:
    return tree(
        criterion,
        {},
        name=reference,
        compare=lambda leaf: reference(comparison(rules, leaf)),
        given=lambda fact: _given(rules, fact),
    )


def _decided(rules: Rules, decision: Decision) -> Elm:
    said = _tree(rules, decision.said)
    if decision.leaf == "is true":
        return {"type": "IsTrue", "operand": said}
    return {"type": "Not", "operand": {"type": "IsFalse", "operand": said}} if decision.leaf else said


def _comparison(rules: Rules, leaf: Compare) -> Elm:
    bounds = (_given(rules, bound(leaf.fact, side)) for side in ("low", "high"))
    return call(FUNCTIONS[leaf.op], *bounds, literal("Decimal", cut(rules, leaf)))


def _functions(context: str) -> list[Elm]:
    """What the five functions of the text mean: surely, surely not, else null."""
    low, high, edge = ({"type": "OperandRef", "name": name} for name in OPERANDS)
    meant = {
        "At least": (operation("GreaterOrEqual", low, edge), operation("Less", high, edge)),
        "More than": (operation("Greater", low, edge), operation("LessOrEqual", high, edge)),
        "At most": (operation("LessOrEqual", high, edge), operation("Greater", low, edge)),
        "Less than": (operation("Less", high, edge), operation("GreaterOrEqual", low, edge)),
        "Exactly": (
            joined("And", [operation("Equal", low, edge), operation("Equal", high, edge)]),
            joined("Or", [operation("Greater", low, edge), operation("Less", high, edge)]),
        ),
    }
    return [_function(name, surely, never, context) for name, (surely, never) in meant.items()]


def _function(name: str, surely: Elm, never: Elm, context: str) -> Elm:
    unknown = {"type": "As", "strict": False, "operand": {"type": "Null"}, "asTypeSpecifier": named_type("Boolean")}
    meant = _if(surely, literal("Boolean", "true"), _if(never, literal("Boolean", "false"), unknown))
    operands = [{"name": operand, "operandTypeSpecifier": named_type("Decimal")} for operand in OPERANDS]
    return {"type": "FunctionDef", **define(name, meant, context), "operand": operands}


def _if(condition: Elm, then: Elm, otherwise: Elm) -> Elm:
    return {"type": "If", "condition": condition, "then": then, "else": otherwise}
