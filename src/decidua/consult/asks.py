"""What to ask, in three lists that are never mixed: look up or ask her; ask the authors; only a new test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decidua.consult.cells import Cell
from decidua.facts import Value
from decidua.guidelines import Knowledge

CellId = tuple[str, str]


@dataclass(frozen=True)
class Ask:
    """An unknown fact or stated name, and the cells (guideline, option) on which it bears."""

    fact: str
    cells: tuple[CellId, ...]


@dataclass(frozen=True)
class AskAuthors:
    reading: str
    cells: tuple[CellId, ...]


@dataclass(frozen=True)
class AskTest:
    """A test that would tell; `stances`: what each guideline says about doing it. It is never said to order it."""

    test: str | None
    facts: tuple[str, ...]
    cells: tuple[CellId, ...]
    stances: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Asks:
    look_up: tuple[Ask, ...]
    authors: tuple[AskAuthors, ...]
    tests: tuple[AskTest, ...]


def asks(knowledge: Knowledge, cells: Sequence[Cell], values: Mapping[str, Value]) -> Asks:
    """Ranked by the number of cells that each bears on."""
    facts: dict[str, list[CellId]] = {}
    readings: dict[str, list[CellId]] = {}
    for cell in cells:
        for fact in cell.relevant:
            facts.setdefault(fact, []).append((cell.guideline, cell.option))
        for reading in (*cell.readings, *_of_regimens(cell)):
            readings.setdefault(reading, []).append((cell.guideline, cell.option))
    new_tests = {fact for fact in facts if _needs_test(knowledge, fact, values)}
    look_up = [Ask(fact, tuple(at)) for fact, at in facts.items() if fact not in new_tests]
    look_up += _names(knowledge, facts, values)
    return Asks(
        _ranked(look_up),
        tuple(AskAuthors(id_, tuple(at)) for id_, at in sorted(readings.items(), key=lambda pair: -len(pair[1]))),
        _tests(knowledge, {fact: facts[fact] for fact in facts if fact in new_tests}, cells),
    )


def _of_regimens(cell: Cell) -> list[str]:
    """Open readings of the regimens, where the answer is or may be for."""
    if cell.now == "not-for":
        return []
    named = [id_ for worked in cell.regimens for id_ in (*worked.regimen.readings, *worked.regimen.timing_readings)]
    return [id_ for id_ in dict.fromkeys(named) if id_ not in cell.readings]


def _ranked(found: Sequence[Ask]) -> tuple[Ask, ...]:
    return tuple(sorted(found, key=lambda ask: -len(ask.cells)))


def _needs_test(knowledge: Knowledge, fact: str, values: Mapping[str, Value]) -> bool:
    """Only a new test tells, unless the test is known to have been done: then its result is looked up."""
    meant = knowledge.vocabulary.facts[fact]
    if meant.ask != "test":
        return False
    option = knowledge.options.get(meant.test or "")
    return not (option and option.done_fact and values.get(option.done_fact) is True)


def _names(knowledge: Knowledge, facts: Mapping[str, list[CellId]], values: Mapping[str, Value]) -> list[Ask]:
    """Names that could be stated instead of the several facts below them."""
    found = []
    for name in sorted(knowledge.stated - set(values)):
        below = knowledge.expand(knowledge.names[name]) & set(facts)
        guideline = name.partition("@")[2]
        at = sorted({cell for fact in below for cell in facts[fact] if cell[0] == guideline})
        if len(below) > 1 and at:
            found.append(Ask(name, tuple(at)))
    return found


def _tests(knowledge: Knowledge, facts: Mapping[str, list[CellId]], cells: Sequence[Cell]) -> tuple[AskTest, ...]:
    by_test: dict[str | None, list[str]] = {}
    for fact in facts:
        by_test.setdefault(knowledge.vocabulary.facts[fact].test, []).append(fact)
    found = []
    for test, yields in by_test.items():
        at = sorted({cell for fact in yields for cell in facts[fact]})
        stances = tuple((cell.guideline, cell.answer) for cell in cells if cell.option == test)
        found.append(AskTest(test, tuple(yields), tuple(at), stances))
    return tuple(sorted(found, key=lambda ask: -len(ask.cells)))
