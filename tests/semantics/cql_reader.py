"""A strict reader of the CQL that `criteria.cql` writes: only quoted identifiers, literals, comparisons and logic.

Anything else (an unquoted word, an unbalanced bracket, a double negation without brackets) is an AssertionError.
Logic and comparison are CQL's own: three-valued, a null operand makes a comparison null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from decidua.criteria.truth import Truth, conjunction, disjunction, holds, negation
from decidua.facts import Value

_TOKEN = re.compile(
    r"""\s*(?:(?P<id>"(?:[^"\\]|\\.)+")|(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>\d+(?:\.\d+)?)(?![\d.])"""
    r"""|(?P<op><=|>=|=|<|>)|(?P<bracket>[()])|(?P<word>and|or|not|true|false)\b)"""
)


def tokens(said: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while said[at:].strip():
        match = _TOKEN.match(said, at)
        assert match, f"not CQL that we write: {said[at : at + 30]!r} in {said!r}"
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


def value(said: str, known: Mapping[str, Value | Truth]) -> Truth:
    reader = _Reader(tokens(said), known)
    result = reader.either()
    assert reader.at == len(reader.tokens), f"more than one expression in {said!r}"
    return result


class _Reader:
    """CQL's precedence: not, comparison, and, or."""

    def __init__(self, found: list[tuple[str, str]], known: Mapping[str, Value | Truth]) -> None:
        self.tokens, self.known, self.at = found, known, 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def either(self) -> Truth:
        parts = [self.both()]
        while self.peek() == "or":
            self.take()
            parts.append(self.both())
        return disjunction(parts)

    def both(self) -> Truth:
        parts = [self.one()]
        while self.peek() == "and":
            self.take()
            parts.append(self.one())
        return conjunction(parts)

    def one(self) -> Truth:
        kind, word = self.take()
        if word == "not":
            assert self.peek() == "(", "a negation is always bracketed"
            return negation(self.one())
        if word == "(":
            inside = self.either()
            assert self.take()[1] == ")", "a bracket is left open"
            return inside
        if kind == "word":
            return word == "true"
        assert kind == "id", f"{word} cannot begin a condition"
        left = self.known.get(word[1:-1])
        if self.tokens[self.at : self.at + 1] and self.tokens[self.at][0] == "op":
            return self.compared(left)
        assert left is None or isinstance(left, bool)
        return left

    def compared(self, left: Value | Truth) -> Truth:
        op, (kind, literal) = self.take()[1], self.take()
        if left is None:
            return None
        if kind == "text":
            assert op == "="
            return left == literal[1:-1]
        assert kind == "number"
        assert isinstance(left, Decimal)
        return holds(op, left, Decimal(literal))
