"""Statements met with the patient: applies, does not, undetermined; and by reading where that depends on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from decidua.criteria import Criterion, Trace, Truth, trace, truth
from decidua.facts import Value
from decidua.guidelines import Knowledge, Statement

Applies = Literal["applies", "does-not-apply", "undetermined"]
_WORDS: Mapping[Truth, Applies] = {True: "applies", False: "does-not-apply", None: "undetermined"}
Way = tuple[tuple[str, str], ...]
"""(reading, alternative) of each open reading."""


@dataclass(frozen=True)
class Finding:
    """`by_reading`: the finding under each combination of open readings, where they differ."""

    statement: Statement
    applies: Applies
    by_reading: tuple[tuple[Way, Applies], ...] = ()


def find(knowledge: Knowledge, statement: Statement, values: Mapping[str, Value]) -> Finding:
    """The statement's finding for the patient, by the reference interpreter."""
    criterion = knowledge.populations[statement.id]

    def under(way: Way) -> Truth:
        return truth(criterion, values, knowledge.names, {**knowledge.settled, **dict(way)})

    return judged(statement, ways_of(knowledge, criterion), under)


def ways_of(knowledge: Knowledge, criterion: Criterion) -> tuple[Way, ...]:
    """Every combination of the alternatives of its open readings; none where it has none."""
    readings = sorted(knowledge.readings_under(criterion) - set(knowledge.settled))
    found = product(*([(id_, slug) for slug in knowledge.readings[id_].alternatives] for id_ in readings))
    return tuple(found) if readings else ()


def judged(statement: Statement, ways: Sequence[Way], under: Callable[[Way], Truth]) -> Finding:
    """`under`: whether the population holds under a way, or with all left open. One counts only if it changes that."""
    result = under(())
    if result is not None or not ways:
        return Finding(statement, _WORDS[result])
    found = [(way, _WORDS[under(way)]) for way in ways]
    differ = len({applies for _, applies in found}) > 1
    return Finding(statement, _WORDS[result], _short(found) if differ else ())


def _short(found: list[tuple[Way, Applies]]) -> tuple[tuple[Way, Applies], ...]:
    """Leave out readings that do not change the finding."""
    ids = [id_ for id_, _ in found[0][0]]
    for id_ in ids:
        groups: dict[Way, set[Applies]] = {}
        for way, applies in found:
            groups.setdefault(tuple(pair for pair in way if pair[0] != id_), set()).add(applies)
        if all(len(results) == 1 for results in groups.values()):
            found = [(way, results.pop()) for way, results in groups.items()]
    return tuple(found)


def explain(knowledge: Knowledge, statement: Statement, values: Mapping[str, Value]) -> Trace:
    """The trace of the statement's population for the patient."""
    return trace(knowledge.populations[statement.id], values, knowledge.names, knowledge.settled)
