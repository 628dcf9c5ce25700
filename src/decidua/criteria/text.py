"""Criteria as the text that an author would write; an ambiguity as the mapping that the YAML files hold."""

from __future__ import annotations

from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Criterion, Is, Named, Not, OneOf, Or


def text(node: Criterion) -> str:
    """One line in the language of criteria."""
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
            return f"not {_inside(part)}"
        case And(parts):
            return " and ".join(map(_inside, parts))
        case Or(parts):
            return " or ".join(map(_inside, parts))
        case AtLeast(k, parts):
            return f"at least {k} of ({', '.join(map(text, parts))})"
        case Choose(reading, alternatives):
            return f"{{reading: {reading}, {', '.join(f'{slug}: {text(part)}' for slug, part in alternatives)}}}"


def _inside(node: Criterion) -> str:
    return f"({text(node)})" if isinstance(node, And | Or) else text(node)
