"""Criteria from text: a closed subset of CQL over named facts.

losses >= 4 and (peripheral_nk = 'raised' or not aps)
unk_percent > 5 '%'          vitamin_d between 20 'ng/mL' and 30 'ng/mL'
stage in {'trying', 'pregnant'}          at least 2 of (ana = 'positive', sle, aps)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Criterion, Is, Named, Not, OneOf, Or
from decidua.facts import Fact, Vocabulary
from decidua.facts.values import canonical

TOKEN = re.compile(
    r"\s*(?:(?P<op><=|>=|!=|=|<|>|\(|\)|\{|\}|,)"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z][\w-]*(?:@[\w.-]+)?))"
)


class CriterionError(ValueError):
    """A criterion that is not in the language, or names what does not exist."""


def parse_spec(
    spec: Any, vocabulary: Vocabulary, names: Collection[str], readings: Mapping[str, Collection[str]]
) -> Criterion:
    """A criterion as content writes it: text, or a mapping with `reading` and one spec per alternative."""
    if isinstance(spec, bool):
        return Always(spec)
    if isinstance(spec, str):
        return parse(spec, vocabulary, names)
    if not isinstance(spec, Mapping) or "reading" not in spec:
        raise CriterionError(f"a criterion is text or a mapping with `reading`, not {spec!r}")
    reading, given = str(spec["reading"]), {str(key): value for key, value in spec.items() if key != "reading"}
    if reading not in readings:
        raise CriterionError(f"unknown reading '{reading}'")
    if set(given) != set(readings[reading]):
        raise CriterionError(
            f"reading '{reading}' has the alternatives {sorted(readings[reading])}, given are {sorted(given)}"
        )
    chosen = (
        (alternative, parse_spec(given[alternative], vocabulary, names, readings)) for alternative in readings[reading]
    )
    return Choose(reading, tuple(chosen))


def parse(text: str, vocabulary: Vocabulary, names: Collection[str] = ()) -> Criterion:
    """Raises CriterionError, which says what was read and what could stand there."""
    reader = _Reader(_tokens(text), text, vocabulary, names)
    criterion = reader.disjunction()
    if reader.peek():
        raise reader.error("and, or, or the end")
    return criterion


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        if not match:
            raise CriterionError(f"cannot read '{text[position:].strip()[:20]}' in '{text}'")
        tokens.append(match[match.lastgroup or 0])
        position = match.end()
    return tokens


class _Reader:
    """Recursive descent, one method per rule, loosest binding first."""

    def __init__(self, tokens: list[str], text: str, vocabulary: Vocabulary, names: Collection[str]) -> None:
        self.tokens, self.text, self.at = tokens, text, 0
        self.vocabulary, self.names = vocabulary, names

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.peek()
        if expected and token not in expected:
            raise self.error(" or ".join(expected))
        self.at += 1
        return token

    def error(self, allowed: str) -> CriterionError:
        found = f"'{self.peek()}'" if self.peek() else "the end"
        return CriterionError(f"found {found} where {allowed} could stand, in '{self.text}'")

    def disjunction(self) -> Criterion:
        parts = [self.conjunction()]
        while self.peek() == "or":
            self.take()
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Criterion:
        parts = [self.negation()]
        while self.peek() == "and":
            self.take()
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self) -> Criterion:
        if self.peek() == "not":
            self.take()
            return Not(self.negation())
        return self.atom()

    def atom(self) -> Criterion:
        token = self.take()
        if token == "(":
            inside = self.disjunction()
            self.take(")")
            return inside
        if token in ("true", "false"):
            return Always(token == "true")
        if token == "at" and self.peek() == "least":
            return self.at_least()
        if token in self.names:
            return Named(token)
        if token in self.vocabulary.facts:
            return self.about(self.vocabulary.facts[token])
        near = ", ".join(self.vocabulary.nearest(token, self.names)) if token else ""
        hint = f"; near it are {near}" if near else ""
        raise CriterionError(f"unknown fact or named criterion '{token}' in '{self.text}'{hint}")

    def at_least(self) -> Criterion:
        self.take("least")
        k = self.take()
        self.take("of")
        self.take("(")
        parts = [self.disjunction()]
        while self.peek() == ",":
            self.take()
            parts.append(self.disjunction())
        self.take(")")
        if not k.isdigit() or not 1 <= int(k) <= len(parts):
            raise CriterionError(f"at least {k} of {len(parts)} parts, in '{self.text}'")
        return AtLeast(int(k), tuple(parts))

    def about(self, fact: Fact) -> Criterion:
        if fact.type == "boolean":
            return Is(fact.id)
        return self.choice(fact) if fact.type == "choice" else self.number(fact)

    def choice(self, fact: Fact) -> Criterion:
        op = self.take("=", "!=", "in")
        if op == "in":
            return OneOf(fact.id, self.choices(fact))
        criterion = OneOf(fact.id, (self.one_choice(fact),))
        return criterion if op == "=" else Not(criterion)

    def choices(self, fact: Fact) -> tuple[str, ...]:
        self.take("{")
        found = [self.one_choice(fact)]
        while self.peek() == ",":
            self.take()
            found.append(self.one_choice(fact))
        self.take("}")
        return tuple(choice for choice in fact.choices if choice in found)

    def one_choice(self, fact: Fact) -> str:
        choice = self.take().strip("'")
        if choice not in fact.choices:
            raise CriterionError(
                f"{fact.id} cannot be '{choice}'; allowed are {', '.join(fact.choices)}, in '{self.text}'"
            )
        return choice

    def number(self, fact: Fact) -> Criterion:
        op = self.take("=", "!=", "<", "<=", ">", ">=", "between")
        if op == "between":
            low = self.literal(fact, ">=")
            self.take("and")
            return And((low, self.literal(fact, "<=")))
        if op == "!=":
            return Not(self.literal(fact, "="))
        return self.literal(fact, op)

    def literal(self, fact: Fact, op: str) -> Compare:
        digits = self.take()
        if not re.fullmatch(r"\d+(\.\d+)?", digits):
            raise CriterionError(f"'{digits}' is not a number, in '{self.text}'")
        if fact.type == "integer" and "." in digits:
            raise CriterionError(f"{fact.id} is a count; {digits} is no whole number, in '{self.text}'")
        value, unit = Decimal(digits), self.take().strip("'") if self.peek().startswith("'") else None
        return Compare(fact.id, op, self.canonical(fact, value, unit), f"{digits} {unit}" if unit else digits)  # type: ignore[arg-type]

    def canonical(self, fact: Fact, value: Decimal, unit: str | None) -> Decimal:
        """The literal in the fact's canonical unit; the printed unit must be one that the fact accepts."""
        if not fact.units and unit is None:
            return value
        for accepted in fact.units:
            if unit == accepted.code:
                return canonical(fact, value, accepted)
        allowed = ", ".join(f"'{accepted.code}'" for accepted in fact.units) or "none"
        raise CriterionError(f"{fact.id} has the unit {unit!r}; accepted are {allowed}, in '{self.text}'")
