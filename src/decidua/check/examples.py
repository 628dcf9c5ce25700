"""Every statement's examples, run: given facts, does the statement apply, not apply, or remain undetermined?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decidua.check.problem import Problem, at
from decidua.content import Item
from decidua.criteria import truth
from decidua.errors import PatientError
from decidua.facts import Value, close, read_value
from decidua.guidelines import Knowledge, Statement
from decidua.guidelines.model import Example

RESULTS = {True: "applies", False: "does-not-apply", None: "undetermined"}


class ExampleError(ValueError):
    """An example that cannot be run."""


def example_problems(knowledge: Knowledge) -> Iterator[Problem]:
    for statement in knowledge.statements.values():
        item = knowledge.content.items["statements"][statement.id]
        for index, example in enumerate(statement.examples):
            yield from _run(knowledge, statement, example, item, index)
        shown = {result for example in statement.examples for result in expected(example).values()}
        for result in ("applies", "undetermined"):
            if result not in shown:
                yield at(
                    item,
                    ["examples"],
                    f"has no example that is `{result}`; every statement needs one, add it.",
                )


def expected(example: Example) -> dict[str, str]:
    """Alternative → result; the key `` where the readings are all left open."""
    return {"": example.is_} if isinstance(example.is_, str) else dict(example.is_)


def _run(knowledge: Knowledge, statement: Statement, example: Example, item: Item, index: int) -> Iterator[Problem]:
    path = ("examples", index)
    try:
        values = read_given(knowledge, example.given)
        for alternative, wanted in expected(example).items():
            if wanted not in RESULTS.values():
                raise ExampleError(f"expects '{wanted}'; allowed are {', '.join(RESULTS.values())}")
            found = RESULTS[_truth(knowledge, statement, values, alternative)]
            if found != wanted:
                under = f" under '{alternative}'" if alternative else ""
                yield at(
                    item,
                    path,
                    f"example {index + 1} is {found}{under}, not {wanted}; correct it or the population.",
                )
    except (ExampleError, PatientError) as error:
        yield at(item, path, f"example {index + 1} cannot be run: {str(error).rstrip('.')}; correct it.")


def read_given(knowledge: Knowledge, given: Mapping[str, object]) -> dict[str, Value]:
    """The example's facts (and stated names) with what follows from them. Raises ExampleError, PatientError."""
    values: dict[str, Value] = {}
    for name, raw in given.items():
        fact = knowledge.vocabulary.facts.get(knowledge.vocabulary.names.get(name, name))
        if name in knowledge.stated and isinstance(raw, bool):
            values[name] = raw
        elif fact is None:
            raise ExampleError(f"'{name}' is neither a fact nor a criterion that may be stated as true or false")
        elif (value := read_value(fact, raw)) is not None:
            values[fact.id] = value
    return close(knowledge.vocabulary, values)[0]


def _truth(knowledge: Knowledge, statement: Statement, values: Mapping[str, Value], key: str) -> bool | None:
    settled = {**knowledge.settled, **settled_by(knowledge, statement, key)}
    return truth(knowledge.populations[statement.id], values, knowledge.names, settled)


def settled_by(knowledge: Knowledge, statement: Statement, key: str) -> dict[str, str]:
    """The readings that a key settles: an alternative, or several joined by `+` where readings are nested.

    Where two readings share an alternative's name, write `<reading>/<alternative>`.
    """
    readings = sorted(knowledge.readings_under(knowledge.populations[statement.id]))
    return dict(_one(knowledge, readings, part.strip()) for part in key.split("+") if key)


def _one(knowledge: Knowledge, readings: list[str], part: str) -> tuple[str, str]:
    reading, _, alternative = part.rpartition("/")
    holding = [id_ for id_ in readings if alternative in knowledge.readings[id_].alternatives and reading in ("", id_)]
    if len(holding) != 1:
        have = "; ".join(f"{id_}: {', '.join(knowledge.readings[id_].alternatives)}" for id_ in readings) or "none"
        what = (
            "is an alternative of several readings, write <reading>/<alternative>" if holding else "is no alternative"
        )
        raise ExampleError(f"'{part}' {what}; the population depends on {have}")
    return holding[0], alternative
