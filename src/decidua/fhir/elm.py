"""The rules of a guideline as an ELM library: what a translator makes of the CQL text, without a translator.

The tests translate the text with the public translator and compare, node by node.
"""

from __future__ import annotations

from decidua.criteria.elm import SYSTEM, Elm, call, joined, literal, named_type, operation, parameter, reference, tree
from decidua.criteria.tree import Compare
from decidua.facts import Fact
from decidua.fhir.bounds import FUNCTIONS, bound, comparison, comparisons, cut
from decidua.fhir.rules import Define, Rules

OPERANDS = ("low", "high", "cut")


def elm(rules: Rules) -> Elm:
    """{"library": …}, as JSON holds it."""
    knowledge = rules.knowledge
    facts = [item for fact in knowledge.vocabulary.facts.values() for item in _parameters(fact)]
    cuts = [_define(name, _comparison(rules, leaf)) for name, leaf in comparisons(rules).items()]
    said = [_define(define.name, _said(rules, define)) for define in rules.defines]
    library = {
        "identifier": {"id": rules.name, "version": rules.version},
        "schemaIdentifier": {"id": "urn:hl7-org:elm", "version": "r1"},
        "usings": {"def": [{"localIdentifier": "System", "uri": SYSTEM.strip("{}")}]},
        "parameters": {"def": [*facts, *(_parameter(name, "Boolean") for name in sorted(knowledge.stated))]},
        "statements": {"def": [*_functions(), *cuts, *said]},
    }
    return {"library": library}


def _parameters(fact: Fact) -> list[Elm]:
    if fact.numeric:
        return [_parameter(bound(fact.id, side), "Decimal") for side in ("low", "high")]
    return [_parameter(fact.id, "Boolean" if fact.type == "boolean" else "String")]


def _parameter(name: str, kind: str) -> Elm:
    return {"name": name, "accessLevel": "Public", "parameterTypeSpecifier": named_type(kind)}


def _define(name: str, expression: Elm) -> Elm:
    return {"name": name, "context": "Unfiltered", "accessLevel": "Public", "expression": expression}


def _said(rules: Rules, define: Define) -> Elm:
    computed = tree(define.criterion, {}, name=reference, compare=lambda leaf: reference(comparison(rules, leaf)))
    if not define.stated:
        return computed
    stated = parameter(define.stated)
    return _if({"type": "IsNull", "operand": stated}, computed, stated)


def _comparison(rules: Rules, leaf: Compare) -> Elm:
    bounds = (parameter(bound(leaf.fact, side)) for side in ("low", "high"))
    return call(FUNCTIONS[leaf.op], *bounds, literal("Decimal", cut(rules, leaf)))


def _functions() -> list[Elm]:
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
    return [_function(name, surely, never) for name, (surely, never) in meant.items()]


def _function(name: str, surely: Elm, never: Elm) -> Elm:
    unknown = {"type": "As", "strict": False, "operand": {"type": "Null"}, "asTypeSpecifier": named_type("Boolean")}
    meant = _if(surely, literal("Boolean", "true"), _if(never, literal("Boolean", "false"), unknown))
    operands = [{"name": operand, "operandTypeSpecifier": named_type("Decimal")} for operand in OPERANDS]
    return {"type": "FunctionDef", **_define(name, meant), "operand": operands}


def _if(condition: Elm, then: Elm, otherwise: Elm) -> Elm:
    return {"type": "If", "condition": condition, "then": then, "else": otherwise}
