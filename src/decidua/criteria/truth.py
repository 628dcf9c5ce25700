"""The truth of a criterion for one patient: Kleene's strong three-valued logic. This module is the norm.

    and | T F U      or | T F U      not |
    ----+------     ----+------     ----+--
     T  | T F U      T  | T T T       T | F
     F  | F F F      F  | T F U       F | T
     U  | U F U      U  | T U U       U | U

True, False, and None for unknown. A named criterion is what the user stated, else what its definition gives.
An ambiguity of the source (Choose) is what its settled alternative gives; unsettled, it is known only where all
alternatives agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Criterion, Is, Named, Not, OneOf, Or
from decidua.facts import Range, Value

Truth = bool | None
Settled = Mapping[str, str]
"""Reading id → alternative, for the readings that are taken as settled."""


def truth(node: Criterion, values: Mapping[str, Value], names: Mapping[str, Criterion], settled: Settled) -> Truth:
    """`values`: fact id → value, absent = unknown. `names`: definitions of named criteria."""
    match node:
        case Always(value):
            return value
        case Is(fact):
            known = values.get(fact)
            return known if isinstance(known, bool) else None
        case OneOf(fact, choices):
            known = values.get(fact)
            return known in choices if isinstance(known, str) else None
        case Compare():
            return compare(node, values.get(node.fact))
        case Named(id):
            stated = values.get(id)
            return stated if isinstance(stated, bool) else truth(names[id], values, names, settled)
        case Not(part):
            return negation(truth(part, values, names, settled))
        case And(parts):
            return conjunction(truth(part, values, names, settled) for part in parts)
        case Or(parts):
            return disjunction(truth(part, values, names, settled) for part in parts)
        case AtLeast(k, parts):
            return at_least(k, [truth(part, values, names, settled) for part in parts])
        case Choose(reading, alternatives):
            if reading in settled:
                return truth(dict(alternatives)[settled[reading]], values, names, settled)
            return agreement(truth(part, values, names, settled) for _, part in alternatives)


def negation(a: Truth) -> Truth:
    return None if a is None else not a


def conjunction(parts: Iterable[Truth]) -> Truth:
    found = set(parts)
    return False if False in found else None if None in found else True


def disjunction(parts: Iterable[Truth]) -> Truth:
    found = set(parts)
    return True if True in found else None if None in found else False


def at_least(k: int, parts: list[Truth]) -> Truth:
    true, unknown = parts.count(True), parts.count(None)
    return True if true >= k else False if true + unknown < k else None


def agreement(parts: Iterable[Truth]) -> Truth:
    found = set(parts)
    return found.pop() if len(found) == 1 else None


def compare(node: Compare, known: Value | None) -> Truth:
    """A value is compared; bounds decide when both ends agree."""
    if isinstance(known, Range):
        return _compare_range(node, known)
    return holds(node.op, known, node.value) if isinstance(known, Decimal) else None


def holds(op: str, left: Decimal, right: Decimal) -> bool:
    match op:
        case "=":
            return left == right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right


def _compare_range(node: Compare, known: Range) -> Truth:
    below = known.high is not None and known.high < node.value
    above = known.low is not None and known.low > node.value
    if node.op == "=":
        return False if below or above else True if known.low == known.high == node.value else None
    reaches = {"<": below, "<=": known.high is not None and known.high <= node.value,
               ">": above, ">=": known.low is not None and known.low >= node.value}  # fmt: skip
    opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[node.op]
    return True if reaches[node.op] else False if reaches[opposite] else None
