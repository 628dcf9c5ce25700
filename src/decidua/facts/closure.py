"""What follows from the known facts by the constraints; a contradiction is an error that names both sides."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from decidua.errors import PatientConflictError
from decidua.facts.values import Range, Value
from decidua.facts.vocabulary import Constraint, Vocabulary

ZERO = Decimal(0)


def close(vocabulary: Vocabulary, values: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, str]]:
    """The values with everything that the constraints add, and for each added one the id of the constraint.

    Sums narrow bounds, implications pass on; repeated until nothing changes. Raises PatientConflictError.
    """
    known = dict(values)
    origins: dict[str, str] = {}
    while True:
        added: dict[str, tuple[Value, str]] = {}
        for constraint in vocabulary.constraints:
            for fact, value in _follows(constraint, known):
                if known.get(fact) != value:
                    added[fact] = (value, constraint.id)
        if not added:
            return known, origins
        for fact, (value, source) in added.items():
            known[fact] = value
            origins[fact] = source


def bounds(value: Value | None) -> tuple[Decimal, Decimal | None]:
    """Lower and upper bound of a count; unknown is 0 to open."""
    if isinstance(value, Decimal):
        return value, value
    if isinstance(value, Range):
        return value.low or ZERO, value.high
    return ZERO, None


def _follows(constraint: Constraint, known: Mapping[str, Value]) -> list[tuple[str, Value]]:
    if constraint.at_most and constraint.strict:
        return _sum_follows(constraint, known)
    if constraint.if_ and constraint.then:
        return _implied(constraint, known)
    if constraint.if_known and constraint.then:
        return _known_implies(constraint, known)
    return []


def _sum_follows(constraint: Constraint, known: Mapping[str, Value]) -> list[tuple[str, Value]]:
    total = str(constraint.at_most)
    lows = {part: bounds(known.get(part))[0] for part in constraint.sum}
    least, (low, high) = sum(lows.values(), ZERO), bounds(known.get(total))
    if high is not None and least > high:
        raise _conflict(constraint, known, [*constraint.sum, total])
    found: list[tuple[str, Value]] = []
    if least > low:
        found.append((total, _narrowed(least, high)))
    if high is not None:
        for part in constraint.sum:
            part_low, part_high = bounds(known.get(part))
            room = high - (least - lows[part])
            if part_high is None or part_high > room:
                found.append((part, _narrowed(part_low, room)))
    return found


def _narrowed(low: Decimal, high: Decimal | None) -> Value:
    return low if low == high else Range(low, high)


def _implied(constraint: Constraint, known: Mapping[str, Value]) -> list[tuple[str, Value]]:
    cause, effect = str(constraint.if_), str(constraint.then)
    if known.get(cause) is True:
        if known.get(effect) is False:
            raise _conflict(constraint, known, [cause, effect])
        return [(effect, True)]
    return [(cause, False)] if known.get(effect) is False else []


def _known_implies(constraint: Constraint, known: Mapping[str, Value]) -> list[tuple[str, Value]]:
    if constraint.if_known not in known:
        return []
    fact, choice = constraint.effect
    if known.get(fact, choice) != choice:
        raise _conflict(constraint, known, [str(constraint.if_known), fact])
    return [(fact, choice)]


def _conflict(constraint: Constraint, known: Mapping[str, Value], facts: list[str]) -> PatientConflictError:
    named = ", ".join(f"{fact} = {_short(known[fact])}" for fact in facts if fact in known)
    return PatientConflictError("error.conflict", facts=named, rule_en=constraint.says.en, rule_ko=constraint.says.ko)


def _short(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Range):
        return f"{value.low if value.low is not None else ''}..{value.high if value.high is not None else ''}"
    return str(value)
