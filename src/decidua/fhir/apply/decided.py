"""Which conditions of a plan hold for a patient: the decisions of `fhir.decisions`, worked out without CQL.

Only those that are true are named; a decision that is not named is false. None is ever null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decidua.answers import Answers
from decidua.consult import Cell, consult
from decidua.consult.findings import ways_of
from decidua.criteria import truth
from decidua.facts import Patient, Range, Value
from decidua.fhir.decisions import answer_is
from decidua.guidelines import Knowledge, Statement


@dataclass(frozen=True)
class Open:
    """What keeps a decision open: facts that can still change it, and readings that only the authors can settle."""

    word: str
    """`needs-data` or `disputed`."""
    facts: tuple[str, ...]
    readings: tuple[str, ...]
    possible: tuple[str, ...] = ()


Decided = Mapping[str, Open | None]
"""Name of a decision that is true → what is open about it, if it says that something is."""


def decided(answers: Answers, plan: str, patient: Patient) -> Decided:
    """`plan`: id of a guideline, or of a statement. Raises PatientConflictError where facts contradict each other."""
    knowledge = answers.knowledge
    if plan in knowledge.guidelines:
        found = consult(answers, patient, (), (plan,))
        return {answer_is(cell.option, cell.answer): _of_cell(cell) for cell in found.cells}
    statement = knowledge.statements[plan]
    met = consult(answers, patient, statement.options[:1], (statement.guideline,))
    return _of_statement(knowledge, statement, met.patient.values)


def _of_cell(cell: Cell) -> Open | None:
    if cell.standing.settled:
        return None
    return Open(cell.answer, cell.relevant, cell.readings, cell.standing.possible)


def _of_statement(knowledge: Knowledge, statement: Statement, values: Mapping[str, Value]) -> Decided:
    """It applies where it does so under every way of reading the source, and is undetermined where it may."""
    population = knowledge.populations[statement.id]
    ways = ways_of(knowledge, population) or ((),)
    said = [truth(population, values, knowledge.names, {**knowledge.settled, **dict(way)}) for way in ways]
    if all(one is True for one in said):
        return {f"{statement.id} applies": None}
    if all(one is False for one in said):
        return {}
    return {f"{statement.id} undetermined": _undetermined(knowledge, statement, values, None in said)}


def _undetermined(knowledge: Knowledge, statement: Statement, values: Mapping[str, Value], missing: bool) -> Open:
    population = knowledge.populations[statement.id]
    asked = knowledge.expand(population) if missing else set()
    unknown = (id_ for id_ in knowledge.vocabulary.facts if id_ in asked)
    facts = tuple(id_ for id_ in unknown if isinstance(values.get(id_), Range | None))
    readings = tuple(sorted(knowledge.readings_under(population) - set(knowledge.settled)))
    return Open("needs-data" if missing else "disputed", facts, readings)
