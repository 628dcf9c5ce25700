"""What an audit counts, found the slow way: every row consulted by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product

from audit.cohorts import patient
from decidua.answers import Answers, Standing
from decidua.audit.cells import Class, shortened
from decidua.consult import Consultation, consult, deciding_sets
from decidua.consult.consultation import measured
from decidua.consult.patient import admit
from decidua.criteria import truth
from decidua.errors import PatientConflictError
from decidua.facts import close

MET = {"met": "yes", "not-met": "no", "unknown": "unknown", "disputed": "disputed"}


def standings(answers: Answers, row: Mapping[str, object]) -> Mapping[tuple[str, str], Standing] | None:
    """The answers of a consultation by themselves: its own steps, without what stands around an answer.

    None where she contradicts herself.
    """
    knowledge, woman = answers.knowledge, patient(answers.knowledge, row)
    try:
        values, origins = close(knowledge.vocabulary, woman.values)
        woman = measured(knowledge, admit(knowledge, replace(woman, values=values, origins=origins)))
    except PatientConflictError:
        return None
    found: dict[tuple[str, str], Standing] = {}
    for guideline, option in product(knowledge.guidelines, knowledge.options):
        standing = answers.standing(guideline, option, woman.values)
        if standing is None:
            return None
        found[guideline, option] = standing
    return found


def consulted(answers: Answers, row: Mapping[str, object]) -> Consultation | None:
    """None where she contradicts herself."""
    knowledge, woman = answers.knowledge, patient(answers.knowledge, row)
    try:
        values, origins = close(knowledge.vocabulary, woman.values)
        return consult(answers, replace(woman, values=values, origins=origins))
    except PatientConflictError:
        return None


def classes(found: Consultation) -> dict[tuple[str, str], Class]:
    return {(cell.guideline, cell.option): shortened(cell.branches) for cell in found.cells}


def opened(answers: Answers, rows: Iterable[Consultation]) -> tuple[Counter[tuple[str, str, str]], ...]:
    """(cell, fact) → rows in which it can still change the answer; and in which it settles it alone.

    A deciding set may name a value that known bounds exclude; such a one counts for nothing.
    """
    still, alone = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for found in rows:
        for cell in found.cells:
            key = (cell.guideline, cell.option)
            still.update((*key, fact) for fact in cell.relevant)
            single = [one for one in deciding_sets(answers, cell) if len(one.facts) == 1]
            settling = {one.facts[0] for one in single if truth(one.when[0], found.patient.values, {}, {}) is not False}
            alone.update((*key, fact) for fact in settling & set(cell.relevant))
    return still, alone
