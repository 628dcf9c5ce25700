"""Recompute every claim. Needs NumPy and SciPy (the extra `evidence`)."""

from __future__ import annotations

from collections.abc import Collection

from decidua.errors import ContentError
from decidua.evidence.methods import FAMILIES, Given, family
from decidua.evidence.questions import Question, questions
from decidua.evidence.read import Evidence
from decidua.evidence.verdict import Verdict, judge


def reproduce(evidence: Evidence, tables: Collection[str] = ()) -> list[Verdict]:
    """A verdict for every printed number that is a claim, of the named tables or of all."""
    found = [verdict for question in questions(evidence) for verdict in answer(evidence, question)]
    return [verdict for verdict in found if not tables or verdict.ref.split("/", 1)[0] in tables]


def answer(evidence: Evidence, question: Question) -> list[Verdict]:
    if question.method is None:
        return judge(question, ())
    if question.method not in FAMILIES:
        raise ContentError(f"{question.id}: there is no method '{question.method}'; there are {', '.join(FAMILIES)}.")
    _refuse_reviews(evidence, question)
    decimals = {part: printed.decimals for part, printed in question.printed.items()}
    given = Given(question.inputs, question.words, question.options, evidence.number, decimals)
    return judge(question, list(family(question.method)(given)))


def _refuse_reviews(evidence: Evidence, question: Question) -> None:
    """Reviews share studies: their rows are never pooled."""
    if question.method != "pool":
        return
    rows = evidence.rows[question.options["table"]]
    reviews = [row for row in question.options["rows"] if rows[row].review]
    if reviews:
        raise ContentError(f"{question.id}: {', '.join(reviews)}: a row that is itself a review is never pooled.")
