"""Criteria as an author would write them in YAML; only the tests need it."""

from __future__ import annotations

from typing import Any

from decidua.criteria import Choose, Criterion
from decidua.criteria.text import text


def spec(node: Criterion | None) -> Any:
    """Text, or the mapping of a reading; ambiguities must stand on top."""
    if isinstance(node, Choose):
        return {"reading": node.reading} | {slug: spec(part) for slug, part in node.alternatives}
    return "true" if node is None else text(node)


__all__ = ["spec", "text"]
