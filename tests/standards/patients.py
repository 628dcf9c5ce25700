"""Patients of the shipped vocabulary, drawn at random around every cut-off; what cannot be is drawn again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

from decidua.answers import Answers
from decidua.consult.patient import admit
from decidua.criteria.tree import Compare, Criterion, walk
from decidua.errors import PatientConflictError
from decidua.facts import Fact, Patient, Range, Value
from decidua.guidelines import Knowledge


def patients(answers: Answers, seed: int) -> Iterator[dict[str, Value]]:
    """Without end: closed under the constraints, with what stated names imply."""
    knowledge, draw = answers.knowledge, random.Random(seed)
    near = cuts(knowledge)
    while True:
        known = draw.random() ** 2
        values = {
            fact.id: _value(draw, fact, near.get(fact.id, [Decimal(1)]))
            for fact in knowledge.vocabulary.facts.values()
            if draw.random() < known
        }
        stated = {name: draw.random() < 0.5 for name in sorted(knowledge.stated) if draw.random() < 0.05}
        try:
            patient = admit(knowledge, Patient({**values, **stated}))
            yield dict(answers.conclude(patient.values))
        except PatientConflictError:
            continue


def cuts(knowledge: Knowledge) -> dict[str, list[Decimal]]:
    """Fact → the literals that it is compared with, in order."""
    every: list[Criterion] = [
        *knowledge.names.values(),
        *knowledge.definitions.values(),
        *knowledge.populations.values(),
    ]
    found: dict[str, set[Decimal]] = {}
    for leaf in (leaf for root in every for leaf in walk(root) if isinstance(leaf, Compare)):
        found.setdefault(leaf.fact, set()).add(leaf.value)
    return {fact: sorted(values) for fact, values in found.items()}


def _value(draw: random.Random, fact: Fact, near: list[Decimal]) -> Value:
    if fact.type == "boolean":
        return draw.random() < 0.4
    if fact.type == "choice":
        return draw.choice(fact.choices)
    step = Decimal(1) if fact.type == "integer" else Decimal("0.001")
    number = max(Decimal(0), draw.choice(near) + step * draw.choice((-1, 0, 0, 1, 2)))
    side = draw.random()
    return Range(number, None) if side < 0.04 else Range(None, number) if side < 0.08 else number
