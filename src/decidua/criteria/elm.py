"""Criteria as ELM, the tree that CQL engines run: what a translator makes of the text of `criteria.cql`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import combinations
from typing import Any

from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Criterion, Is, Named, Not, OneOf, Or
from decidua.criteria.truth import Settled

Elm = dict[str, Any]
SYSTEM = "{urn:hl7-org:elm-types:r1}"


def tree(
    node: Criterion,
    settled: Settled,
    *,
    name: Callable[[str], Elm],
    compare: Callable[[Compare], Elm],
    given: Callable[[str], Elm] | None = None,
) -> Elm:
    """The criterion under one reading; every reading in it must be in `settled`.

    name, compare, given: how a named criterion, a comparison and a fact are referred to; facts are parameters of the
    library unless `given` says otherwise.
    """
    fact_of = given or parameter

    def inner(part: Criterion) -> Elm:
        return tree(part, settled, name=name, compare=compare, given=given)

    match node:
        case Always(value):
            return literal("Boolean", "true" if value else "false")
        case Is(fact):
            return fact_of(fact)
        case OneOf(fact, choices):
            equal = [operation("Equal", fact_of(fact), literal("String", choice)) for choice in choices]
            return joined("Or", equal)
        case Compare():
            return compare(node)
        case Named(id):
            return name(id)
        case Not(part):
            return {"type": "Not", "operand": inner(part)}
        case And(parts):
            return joined("And", [inner(part) for part in parts])
        case Or(parts):
            return joined("Or", [inner(part) for part in parts])
        case AtLeast(k, parts):
            return joined("Or", [joined("And", list(subset)) for subset in combinations(map(inner, parts), k)])
        case Choose(reading, alternatives):
            return inner(dict(alternatives)[settled[reading]])


def joined(kind: str, parts: Sequence[Elm]) -> Elm:
    """ELM's And and Or take two operands; the first two are joined first, as in the text."""
    return reduce(lambda one, other: operation(kind, one, other), parts)


def operation(kind: str, *operands: Elm) -> Elm:
    return {"type": kind, "operand": list(operands)}


def literal(kind: str, value: str) -> Elm:
    return {"type": "Literal", "valueType": SYSTEM + kind, "value": value}


def parameter(name: str) -> Elm:
    return {"type": "ParameterRef", "name": name}


def reference(name: str) -> Elm:
    return {"type": "ExpressionRef", "name": name}


def call(name: str, *operands: Elm) -> Elm:
    return {"type": "FunctionRef", "name": name, "operand": list(operands)}


def named_type(kind: str) -> Elm:
    return {"type": "NamedTypeSpecifier", "name": SYSTEM + kind}
