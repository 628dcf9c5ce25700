"""Why a criterion is true, false or unknown: the same tree with the truth of every part and the values met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decidua.criteria.tree import Choose, Compare, Criterion, Is, Named, OneOf, parts_of
from decidua.criteria.truth import Settled, Truth, truth
from decidua.facts import Value


@dataclass(frozen=True)
class Trace:
    """One node with its truth. `stated`: a named criterion that the user gave, so that its parts were not asked."""

    node: Criterion
    truth: Truth
    parts: tuple[Trace, ...] = ()
    value: Value | None = None
    stated: bool = False


def trace(node: Criterion, values: Mapping[str, Value], names: Mapping[str, Criterion], settled: Settled) -> Trace:
    """The full tree, every part evaluated (no short cut), so that each fact is shown ticked, crossed or unknown."""
    result = truth(node, values, names, settled)
    if isinstance(node, Is | OneOf | Compare):
        return Trace(node, result, value=values.get(node.fact))
    if isinstance(node, Named):
        if isinstance(values.get(node.id), bool):
            return Trace(node, result, value=values[node.id], stated=True)
        return Trace(node, result, (trace(names[node.id], values, names, settled),))
    below: tuple[Criterion, ...] = parts_of(node)
    if isinstance(node, Choose) and node.reading in settled:
        below = (dict(node.alternatives)[settled[node.reading]],)
    return Trace(node, result, tuple(trace(part, values, names, settled) for part in below))
