"""Rows of a synthetic cohort as patients, for tests: what is written down, and the complete world behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from decidua.audit.synthetic import Cohort
from decidua.audit.synthetic.conditions import World
from decidua.facts import Range, Value


def decimal(value: float | None) -> Decimal | None:
    if value is None:
        return None
    return Decimal(int(value)) if float(value).is_integer() else Decimal(repr(float(value)))


def known(cohort: Cohort, row: Mapping[str, Any]) -> dict[str, Value]:
    """The facts of one row of the frame, with bounds as ranges."""
    found: dict[str, Value] = {}
    for fact in cohort.model.knowledge.vocabulary.facts:
        value, low, high = (row.get(name) for name in (fact, f"{fact}.low", f"{fact}.high"))
        if isinstance(value, float):
            value = decimal(value)
        if value is not None:
            found[fact] = value
        elif low is not None or high is not None:
            found[fact] = Range(decimal(low), decimal(high))
    return found


def stated(cohort: Cohort, row: Mapping[str, Any]) -> dict[str, Value]:
    names = [one.name for one in cohort.model.written.stated]
    return {name: row[name] for name in names if row[name] is not None}


def complete(cohort: Cohort, world: World, hidden: bool = False) -> Iterator[dict[str, Value]]:
    """Every woman of a world with everything that there is to know of her."""
    facts = cohort.model.vocabulary.facts
    wanted = [one for one in cohort.model.written.variables if hidden or one.hidden is None]
    there = {one.id: world.holds(cohort.model.criteria[one.exists]) for one in wanted if one.exists}
    for at in range(world.rows):
        found: dict[str, Value] = {}
        for one in wanted:
            if one.id in there and not there[one.id][at]:
                continue
            value, fact = world.values[one.id][at], facts[one.id]
            if fact.type == "boolean":
                found[one.id] = bool(value)
            else:
                number = decimal(float(value))
                assert number is not None
                found[one.id] = fact.choices[int(value)] if fact.type == "choice" else number
        yield found
