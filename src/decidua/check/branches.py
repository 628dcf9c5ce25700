"""Places inside a criterion: the alternatives of an `or` or an `at least`, and the criterion with one of them gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from decidua.criteria import Choose, Criterion, parts_of
from decidua.criteria.tree import And, AtLeast, Not, Or

Path = tuple[int, ...]


def disjuncts(node: Criterion, path: Path = ()) -> Iterator[tuple[Path, Criterion]]:
    """Every part of every `or` and `at least` below a node; names are not followed."""
    for index, part in enumerate(parts_of(node)):
        below = (*path, index)
        if isinstance(node, Or | AtLeast):
            yield below, part
        yield from disjuncts(part, below)


def put(node: Criterion, path: Path, new: Criterion) -> Criterion:
    """The criterion with another one at `path`."""
    if not path:
        return new
    parts = list(parts_of(node))
    parts[path[0]] = put(parts[path[0]], path[1:], new)
    return _rebuilt(node, tuple(parts))


def _rebuilt(node: Criterion, parts: tuple[Criterion, ...]) -> Criterion:
    if isinstance(node, Not):
        return Not(parts[0])
    if isinstance(node, Choose):
        slugs = (slug for slug, _ in node.alternatives)
        return Choose(node.reading, tuple(zip(slugs, parts, strict=True)))
    assert isinstance(node, And | Or | AtLeast)
    return replace(node, parts=parts)
