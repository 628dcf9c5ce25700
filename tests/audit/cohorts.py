"""Small made-up cohorts for the tests of audits: facts tables as frames, and their rows as patients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl

from decidua.facts import Fact, Patient, Range, Value, Vocabulary
from decidua.guidelines import Knowledge

KINDS = {"boolean": pl.Boolean, "choice": pl.String, "integer": pl.Float64, "number": pl.Float64}
CENTRES = ("Seoul", "Busan", None)


def cohort(knowledge: Knowledge, rows: int, seed: int, wild: float = 0.05) -> pl.DataFrame:
    """Women whose work-up went more or less far. `wild`: the share of rows in which anything stands with anything."""
    chance = Random(seed)
    found = [_woman(knowledge, chance, chance.random() < wild, number) for number in range(rows)]
    return pl.DataFrame(found, schema=schema(knowledge))


def schema(knowledge: Knowledge) -> dict[str, Any]:
    columns: dict[str, Any] = {"patient": pl.String}
    for fact in knowledge.vocabulary.facts.values():
        columns[fact.id] = KINDS[fact.type]
        if fact.numeric:
            columns |= {f"{fact.id}.low": pl.Float64, f"{fact.id}.high": pl.Float64}
    columns |= dict.fromkeys(sorted(knowledge.stated), pl.Boolean)
    columns |= {f"done.{option}": pl.Boolean for option in knowledge.options}
    return columns | {"group.centre": pl.String, "group.year": pl.String, "date.care": pl.Date}


def _woman(knowledge: Knowledge, chance: Random, wild: bool, number: int) -> dict[str, object]:
    known = chance.choice((0.0, 0.2, 0.5, 0.8, 0.95))
    row: dict[str, object] = {}
    for fact in knowledge.vocabulary.facts.values():
        if chance.random() < known:
            row |= _told(fact, _value(fact, chance), chance)
    if not wild:
        _make_sense(row, knowledge.vocabulary, chance)
    if chance.random() < 0.15:
        row |= {name: chance.random() < 0.7 for name in knowledge.stated if chance.random() < 0.5}
    row |= {f"done.{option}": chance.choice((True, False, None)) for option in knowledge.options}
    day = date(2010, 1, 1) + timedelta(days=chance.randrange(6500))
    kept = {"group.centre": chance.choice(CENTRES), "group.year": str(day.year)}
    return row | kept | {"patient": f"p{number}", "date.care": day if chance.random() < 0.9 else None}


def _value(fact: Fact, chance: Random) -> object:
    if fact.type == "boolean":
        return chance.random() < 0.15
    if fact.type == "choice":
        return chance.choice(fact.choices[:1] * 3 + fact.choices)
    low, high = fact.likely or fact.possible or (Decimal(0), Decimal(100))
    if fact.type == "integer":
        return float(chance.randint(int(low), min(int(high), int(low) + 6)))
    return round(chance.uniform(float(low), float(high)), chance.choice((0, 1)))


def _told(fact: Fact, value: object, chance: Random) -> dict[str, object]:
    """A number now and then only within bounds."""
    if not fact.numeric or chance.random() > 0.15:
        return {fact.id: value}
    assert isinstance(value, float)
    low, high = max(0.0, value - chance.randint(0, 2)), value + chance.randint(0, 2)
    return {f"{fact.id}.low": chance.choice((low, None)), f"{fact.id}.high": chance.choice((high, None))}


def _make_sense(row: dict[str, object], vocabulary: Vocabulary, chance: Random) -> None:
    """Not against the constraints, mostly."""
    for constraint in vocabulary.constraints:
        fact, choice = constraint.effect
        if constraint.if_ and row.get(constraint.if_) and row.get(fact) is False:
            row[fact] = chance.choice((True, None))
        if constraint.if_known and constraint.if_known in row:
            row[fact] = choice
        for part in constraint.sum if constraint.at_most and constraint.strict else ():
            if chance.random() < 0.7:
                row.pop(part, None)


def patient(knowledge: Knowledge, row: Mapping[str, object]) -> Patient:
    """A row as what is known of one patient, before anything is concluded."""
    values: dict[str, Value] = {}
    for fact in knowledge.vocabulary.facts.values():
        value = _one(row.get(fact.id), row.get(f"{fact.id}.low"), row.get(f"{fact.id}.high"))
        if value is not None:
            values[fact.id] = value
    for name in knowledge.stated:
        if isinstance(said := row.get(name), bool):
            values[name] = said
    return Patient(values)


def _one(value: object, low: object, high: object) -> Value | None:
    if isinstance(value, bool | str):
        return value
    if value is not None:
        return Decimal(str(value))
    ends = [None if end is None else Decimal(str(end)) for end in (low, high)]
    return Range(*ends) if any(end is not None for end in ends) else None
