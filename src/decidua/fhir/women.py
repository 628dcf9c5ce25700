"""Test patients: the examples that statements carry, as Bundles, each with the answers that are to be expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decidua.answers import Answers
from decidua.check.examples import read_given
from decidua.consult.patient import admit
from decidua.errors import PatientConflictError
from decidua.facts import Patient, Value
from decidua.fhir.canonical import Resource
from decidua.fhir.observations import bundle
from decidua.guidelines import Statement


def women(answers: Answers) -> list[Resource]:
    """One Bundle for each example of each statement; an example that no woman can be is left out."""
    found = []
    for statement in answers.knowledge.statements.values():
        for index, example in enumerate(statement.examples):
            made = _woman(answers, statement, f"{statement.id}-{index + 1}", example.given)
            found += [made] if made else []
    return found


def _woman(answers: Answers, statement: Statement, name: str, given: Mapping[str, object]) -> Resource | None:
    knowledge = answers.knowledge
    try:
        values = admit(knowledge, Patient(read_given(knowledge, given))).values
        expected = list(_expected(answers, statement, values))
    except PatientConflictError:
        return None
    made = bundle(name, knowledge.vocabulary, values)
    parameters = {"resourceType": "Parameters", "id": "expected", "parameter": expected}
    entry = {"fullUrl": f"urn:decidua:{made['id']}:expected", "resource": parameters}
    return {**made, "entry": [*made["entry"], entry]}


def _expected(answers: Answers, statement: Statement, values: Mapping[str, Value]) -> Iterable[Resource]:
    for option in statement.options:
        standing = answers.standing(statement.guideline, option, values)
        answer = standing.answer if standing else "impossible"
        possible = standing.possible if standing else ()
        parts = [{"name": "answer", "valueCode": answer}, *({"name": "possible", "valueCode": one} for one in possible)]
        yield {"name": f"{statement.guideline} {option}", "part": parts}
