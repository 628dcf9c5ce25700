"""The one tree in which criteria stand. Each form (truth, trace, phrases, columns, CQL …) is a module beside this.

A comparison is between one fact and literals, already in the fact's canonical unit; `printed` keeps the words of
the source. No node tests for unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Comparison = Literal["=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Always:
    """True or false for everybody."""

    value: bool


@dataclass(frozen=True)
class Is:
    """A boolean fact holds."""

    fact: str


@dataclass(frozen=True)
class OneOf:
    """A choice fact has one of these values."""

    fact: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Compare:
    """A number against a literal in the canonical unit; `printed` is the literal with its unit as in the source."""

    fact: str
    op: Comparison
    value: Decimal
    printed: str


@dataclass(frozen=True)
class Named:
    """A named criterion."""

    id: str


@dataclass(frozen=True)
class Not:
    part: Criterion


@dataclass(frozen=True)
class And:
    parts: tuple[Criterion, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Criterion, ...]


@dataclass(frozen=True)
class AtLeast:
    """At least `k` of the parts hold: true if T >= k, false if T + U < k."""

    k: int
    parts: tuple[Criterion, ...]


@dataclass(frozen=True)
class Choose:
    """An ambiguity of the source: one criterion per alternative of a reading."""

    reading: str
    alternatives: tuple[tuple[str, Criterion], ...]


Leaf = Is | OneOf | Compare
Criterion = Always | Leaf | Named | Not | And | Or | AtLeast | Choose


def parts_of(node: Criterion) -> tuple[Criterion, ...]:
    """The direct parts of a node; none for leaves and names."""
    if isinstance(node, Not):
        return (node.part,)
    if isinstance(node, And | Or | AtLeast):
        return node.parts
    if isinstance(node, Choose):
        return tuple(part for _, part in node.alternatives)
    return ()


def with_parts(node: Criterion, inner: Callable[[Criterion], Criterion]) -> Criterion:
    """The node with `inner` of each direct part; leaves and names as they are."""
    match node:
        case Not(part):
            return Not(inner(part))
        case And(parts):
            return And(tuple(map(inner, parts)))
        case Or(parts):
            return Or(tuple(map(inner, parts)))
        case AtLeast(k, parts):
            return AtLeast(k, tuple(map(inner, parts)))
        case Choose(reading, alternatives):
            return Choose(reading, tuple((slug, inner(part)) for slug, part in alternatives))
        case _:
            return node


def walk(node: Criterion) -> Iterator[Criterion]:
    """The node and everything below it, names not expanded."""
    yield node
    for part in parts_of(node):
        yield from walk(part)


def facts_in(node: Criterion) -> set[str]:
    return {part.fact for part in walk(node) if isinstance(part, Is | OneOf | Compare)}


def names_in(node: Criterion) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, Named)}


def readings_in(node: Criterion) -> set[str]:
    return {part.reading for part in walk(node) if isinstance(part, Choose)}
