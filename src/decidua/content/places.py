"""Where in a YAML file a value stands. Slow, so it is only asked when something has to be said about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode


@lru_cache(maxsize=64)
def _root(file: Path) -> Node | None:
    return yaml.compose(file.read_text("utf-8"), Loader=yaml.CSafeLoader)


def line_of(file: Path, path: Sequence[str | int]) -> int:
    """The 1-based line of the value at `path` (keys and indices), or of the nearest parent that exists."""
    node = _root(file)
    for step in path:
        child = _child(node, step)
        if child is None:
            break
        node = child
    return 1 if node is None else node.start_mark.line + 1


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value  # type: ignore[no-any-return]
    return None


def duplicate_keys(node: Node | None) -> Iterator[tuple[str, int, int]]:
    """Every key that stands twice in one mapping: (key, first line, second line)."""
    if isinstance(node, SequenceNode):
        for child in node.value:
            yield from duplicate_keys(child)
    elif isinstance(node, MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                yield key.value, seen[key.value], line
            seen.setdefault(key.value, line)
            yield from duplicate_keys(value)


def duplicates_in(file: Path) -> list[tuple[str, int, int]]:
    return list(duplicate_keys(_root(file)))
