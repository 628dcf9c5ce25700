"""Criteria back to the text that an author would write; only the tests need it."""

from __future__ import annotations

from typing import Any

from decidua.criteria import Criterion
from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Is, Named, Not, OneOf, Or


def spec(node: Criterion | None) -> Any:
    """Text, or the mapping of a reading; ambiguities must stand on top."""
    if isinstance(node, Choose):
        return {"reading": node.reading} | {slug: spec(part) for slug, part in node.alternatives}
    return "true" if node is None else text(node)


def text(node: Criterion) -> str:
    match node:
        case Always(value):
            return "true" if value else "false"
        case Is(fact):
            return fact
        case OneOf(fact, (one,)):
            return f"{fact} = '{one}'"
        case OneOf(fact, choices):
            return f"{fact} in {{{', '.join(map(repr, choices))}}}"
        case Compare(fact, op, _, printed):
            digits, _, unit = printed.partition(" ")
            return f"{fact} {op} {digits}" + (f" '{unit}'" if unit else "")
        case Named(id):
            return id
        case Not(part):
            return f"not {inside(part)}"
        case And(parts):
            return " and ".join(map(inside, parts))
        case Or(parts):
            return " or ".join(map(inside, parts))
        case AtLeast(k, parts):
            return f"at least {k} of ({', '.join(map(text, parts))})"
    raise TypeError(f"{node} cannot stand inside a text")


def inside(node: Criterion) -> str:
    return f"({text(node)})" if isinstance(node, And | Or) else text(node)
