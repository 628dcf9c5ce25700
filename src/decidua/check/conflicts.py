"""Recommendations that contradict each other for somebody, and answers that have grown too large to export."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.answers import AnswerFunction, Answers, Conflict, masks
from decidua.check.problem import Problem, at
from decidua.check.witness import smallest, witness
from decidua.guidelines import Knowledge

MOST_TERMS = 200
MOST_READINGS = 8


def conflict_problems(knowledge: Knowledge) -> Iterator[Problem]:
    """Exact: over all admissible patients under every reading."""
    answers = Answers(knowledge)
    for guideline, option in knowledge.by_cell:
        function = answers.function(guideline, option)
        for conflict in function.conflicts:
            item = knowledge.content.items["statements"][conflict.statements[0]]
            yield at(item, ["population"], _message(knowledge, function, conflict))


def _message(knowledge: Knowledge, function: AnswerFunction, conflict: Conflict) -> str:
    found = smallest(function.diagrams, function.root, function.readings, lambda leaf: leaf == conflict)
    who = "some patient"
    if found is not None:
        who = witness(knowledge, function.diagrams.variables, *found).line(knowledge)
    said = " and ".join(f"{id_} ({knowledge.statements[id_].answer})" for id_ in conflict.statements)
    return (
        f"{said} apply together on {function.option}, for example to: {who}. "
        "Let one refine the other, or make them alternatives of one reading."
    )


def size_problems(knowledge: Knowledge) -> Iterator[Problem]:
    """More terms or readings than can be exported, and sums that single conditions cannot express."""
    answers = Answers(knowledge)
    for guideline, option in knowledge.by_cell:
        function = answers.function(guideline, option)
        if not function.conflicts:
            yield from _sizes(knowledge, function)


def _sizes(knowledge: Knowledge, function: AnswerFunction) -> Iterator[Problem]:
    item = knowledge.content.items["options"].get(function.option)
    if item is None:
        return
    who = f"in {function.guideline}"
    if function.readings > MOST_READINGS:
        yield at(
            item,
            [],
            f"{who} {function.readings} readings bear on it; at most {MOST_READINGS} may, merge some.",
        )
        return
    terms = max(one.terms for one in masks(function))
    if terms > MOST_TERMS:
        yield at(
            item,
            [],
            f"{who} its answers need {terms} terms under one reading; at most {MOST_TERMS} may be, simplify.",
        )
    for total, parts in _sums(knowledge, function):
        both = " and ".join(parts)
        message = f"{who} rests on {total} and on {both}, whose sum it limits; single conditions cannot, use one part."
        yield at(item, [], message)


def _sums(knowledge: Knowledge, function: AnswerFunction) -> Iterator[tuple[str, list[str]]]:
    variables = function.diagrams.variables
    used = {variables[level].id for level in function.diagrams.support(function.root)}
    for constraint in knowledge.vocabulary.constraints:
        parts = [part for part in constraint.sum if part in used]
        if constraint.strict and constraint.at_most in used and len(parts) > 1:
            yield str(constraint.at_most), parts
