"""Criteria as CQL 1.5 expressions over facts, each null where it is unknown.

Every identifier is quoted (some fact names are reserved words), numbers are plain Decimals in the canonical unit
(engines disagree on quantities in arbitrary units), and no `exists` or `coalesce` ever swallows a null.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from decidua.criteria.parse import CriterionError
from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Criterion, Is, Named, Not, OneOf, Or
from decidua.criteria.truth import Settled
from decidua.facts import Fact, Vocabulary

_TYPES = {"boolean": "Boolean", "integer": "Integer", "number": "Decimal", "choice": "String"}


def expression(
    node: Criterion,
    vocabulary: Vocabulary,
    settled: Settled,
    *,
    name: Callable[[str], str] | None = None,
    compare: Callable[[Compare], str] | None = None,
    given: Callable[[str], str] | None = None,
) -> str:
    """The criterion under one reading; every reading in it must be in `settled`.

    name, compare, given: how a named criterion, a comparison and a fact are written, where not plainly as `"name"`,
    `"fact" >= 3` and `"fact"`.
    """
    fact_of = given or quoted

    def inner(part: Criterion) -> str:
        return expression(part, vocabulary, settled, name=name, compare=compare, given=given)

    match node:
        case Always(value):
            return "true" if value else "false"
        case Is(fact):
            return fact_of(fact)
        case OneOf(fact, choices):
            equal = [f"{fact_of(fact)} = {literal(choice)}" for choice in choices]
            return equal[0] if len(equal) == 1 else f"({' or '.join(equal)})"
        case Compare(fact, op, value, _):
            return compare(node) if compare else f"{quoted(fact)} {op} {number(vocabulary.facts[fact], value)}"
        case Named(id):
            return name(id) if name else quoted(id)
        case Not(part):
            return f"not ({inner(part)})"
        case And(parts):
            return " and ".join(f"({inner(part)})" for part in parts)
        case Or(parts):
            return " or ".join(f"({inner(part)})" for part in parts)
        case AtLeast(k, parts):
            return _at_least(k, [inner(part) for part in parts])
        case Choose(reading, alternatives):
            return inner(dict(alternatives)[settled[reading]])


def number(fact: Fact, value: Decimal) -> str:
    """CQL decimals have eight digits after the point; rounding a longer one would change what it means."""
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -8:
        raise CriterionError(f"{fact.id}: CQL has no {value}; write the literal in {fact.units[0].code}")
    return f"{value:f}" if fact.type == "integer" or value % 1 else f"{value:f}.0"


def parameter(fact: Fact) -> str:
    return f"parameter {quoted(fact.id)} {_TYPES[fact.type]}"


def quoted(identifier: str) -> str:
    return '"' + identifier.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _at_least(k: int, parts: list[str]) -> str:
    """Or of the k-subsets: the only form that keeps Kleene's truth without counting nulls."""
    from itertools import combinations

    return " or ".join("(" + " and ".join(f"({part})" for part in subset) + ")" for subset in combinations(parts, k))
