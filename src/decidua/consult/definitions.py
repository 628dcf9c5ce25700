"""Does she meet each guideline's definition: met, not met, unknown, or a matter of how the source is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from decidua.criteria import Trace, Truth, trace, truth
from decidua.facts import Value
from decidua.guidelines import Knowledge

Met = Literal["met", "not-met", "unknown", "disputed"]
_WORDS: Mapping[Truth, Met] = {True: "met", False: "not-met", None: "unknown"}


@dataclass(frozen=True)
class DefinitionState:
    guideline: str
    met: Met
    by_reading: tuple[tuple[tuple[tuple[str, str], ...], Met], ...]
    trace: Trace


def definition(knowledge: Knowledge, guideline: str, values: Mapping[str, Value]) -> DefinitionState:
    criterion = knowledge.definitions[guideline]
    readings = sorted(knowledge.readings_under(criterion) - set(knowledge.settled))
    ways = product(*([(id_, slug) for slug in knowledge.readings[id_].alternatives] for id_ in readings))
    found = [
        (way, _WORDS[truth(criterion, values, knowledge.names, {**knowledge.settled, **dict(way)})]) for way in ways
    ]
    words = {met for _, met in found}
    met: Met = words.pop() if len(words) == 1 else "unknown" if "unknown" in words else "disputed"
    why = trace(criterion, values, knowledge.names, knowledge.settled)
    return DefinitionState(guideline, met, tuple(found) if len({m for _, m in found}) > 1 else (), why)
