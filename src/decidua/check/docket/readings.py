"""Open readings, each with the smallest patient whose answer it turns."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from decidua.answers import ANSWERS, SILENT, AnswerFunction, Answers
from decidua.answers.diagram import IMPOSSIBLE
from decidua.check.docket.question import Flip, Question
from decidua.check.witness import smallest, witness
from decidua.guidelines import Knowledge, Reading


def open_readings(knowledge: Knowledge, guideline: str | None = None) -> Iterator[Question]:
    answers = Answers(knowledge)
    for reading in knowledge.readings.values():
        if reading.settled is None:
            for whose in _guidelines(knowledge, reading):
                if guideline in (None, whose):
                    yield _question(knowledge, answers, reading, whose)


def _guidelines(knowledge: Knowledge, reading: Reading) -> list[str]:
    """The guideline that the id names, else all whose statements depend on it."""
    first = reading.id.split(".", 1)[0]
    if first in knowledge.guidelines:
        return [first]
    using = {
        statement.guideline
        for statement in knowledge.statements.values()
        if reading.id in knowledge.readings_under(knowledge.populations[statement.id])
    }
    return sorted(using)


def _question(knowledge: Knowledge, answers: Answers, reading: Reading, guideline: str) -> Question:
    flip = smallest_flip(knowledge, answers, reading, guideline) if reading.bears_on == "answer" else None
    return Question(
        0,
        reading.id,
        "reading",
        guideline,
        reading.question,
        reading.cites,
        tuple(reading.alternatives.items()),
        flip,
    )


def smallest_flip(knowledge: Knowledge, answers: Answers, reading: Reading, guideline: str) -> Flip | None:
    """Over all options of the guideline, the fewest facts that settle the answer under each alternative, not all alike.

    Differences between two kinds of silence (out of scope, not in the source …) are taken only if there is no other.
    The other readings are left open if the facts settle it whatever they say; else one choice of them is named.
    """
    functions = (answers.function(guideline, option) for option in _options(knowledge, reading, guideline))
    flips = (_flip(knowledge, function, reading) for function in functions)
    return min((flip for flip in flips if flip is not None), key=_rank, default=None)


def _rank(flip: Flip) -> tuple[bool, int, int, int]:
    """A flip that is more than one kind of silence against another; then few facts, few readings, weighty answers."""
    answers = [answer for _, answer in flip.answers]
    weight = min(ANSWERS.index(answer) for answer in answers)
    return set(answers) <= set(SILENT), len(flip.patient.values), len(flip.patient.readings), weight


def _options(knowledge: Knowledge, reading: Reading, guideline: str) -> list[str]:
    """Options on which the reading can bear; those that it names first."""
    bearing = [
        option
        for whose, option in knowledge.by_cell
        if whose == guideline
        and any(
            reading.id in knowledge.readings_under(knowledge.populations[statement.id])
            for statement in knowledge.said(guideline, option)
        )
    ]
    return sorted(bearing, key=lambda option: option not in reading.touches)


def _flip(knowledge: Knowledge, function: AnswerFunction, reading: Reading) -> Flip | None:
    diagrams = function.diagrams
    levels = [level for level, variable in enumerate(diagrams.variables) if variable.id == reading.id]
    if not levels or levels[0] not in diagrams.support(function.root):
        return None
    level = levels[0]
    slugs = [str(cell) for cell in diagrams.variables[level].cells]
    branches = [diagrams.cofactor(function.root, level, cell) for cell in range(len(slugs))]
    rows = diagrams.combine(_row, branches)
    found = smallest(diagrams, rows, function.readings, _tell) or smallest(diagrams, rows, function.readings, _differ)
    if found is None:
        return None
    row = _reached(function, branches, found)
    patient = witness(knowledge, diagrams.variables, *found)
    return Flip(function.option, patient, tuple(zip(slugs, row, strict=True)))


def _row(*answers: Hashable) -> Hashable:
    """The answers under each alternative side by side; what one of them excludes is excluded."""
    return IMPOSSIBLE if IMPOSSIBLE in answers else answers


def _differ(leaf: Hashable) -> bool:
    return isinstance(leaf, tuple) and len(set(leaf)) > 1


def _tell(leaf: Hashable) -> bool:
    """They differ, and not only in how they are silent."""
    return isinstance(leaf, tuple) and _differ(leaf) and not set(leaf) <= set(SILENT)


def _reached(
    function: AnswerFunction,
    branches: list[int],
    found: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]],
) -> list[str]:
    """The one answer of each branch for the patient found."""
    allowed = {level: (cell,) for part in found for level, cell in part}
    diagrams = function.diagrams
    return [str(next(iter(diagrams.reachable(diagrams.restrict(branch, allowed))))) for branch in branches]
