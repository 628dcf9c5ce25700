"""Consult = audit: every row of a cohort, consulted by itself, is what the audit counts of it.

`DECIDUA_PATIENTS=100000` for the whole proof of the answers, a few minutes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping

import polars as pl
import pytest

from audit.by_consulting import MET, classes, consulted, opened, standings
from audit.cohorts import cohort
from audit.parts import compare_part, met_both_ways
from decidua.answers import Answers, Standing
from decidua.audit.coded import ROW
from decidua.audit.counting import Counting
from decidua.audit.counts import WHOLE
from decidua.audit.folding import folded
from decidua.audit.plan import Plan
from decidua.consult import Consultation
from decidua.guidelines import read_knowledge

PATIENTS = int(os.environ.get("DECIDUA_PATIENTS", "5000"))
COUNTED, AT_ONCE = 4000, 2500


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(read_knowledge())


Rows = Mapping[int, Consultation]


def compare(counting: Counting, table: pl.DataFrame, start: int) -> Rows:
    """Row by row who is refused, and the answers under every reading. Gives the consultations by row."""
    plan = counting.plan
    walked = counting.add(table.with_row_index(ROW, offset=start))
    told = {row[ROW]: row for row in walked.select(ROW, *_names(counting)).iter_rows(named=True)}
    rows = table.iter_rows(named=True)
    found = {at: one for at, row in enumerate(rows, start) if (one := consulted(plan.answers, row))}
    assert set(found) == set(told)
    for at, one in found.items():
        for cell, expected in classes(one).items():
            column = plan.columns[cell]
            number = column.class_of(told[at][column.name]) if column.states else 0
            assert column.classes[number] == expected, (at, cell)
    return found


def _names(counting: Counting) -> list[str]:
    return [column.name for column in counting.speaking]


def compare_counts(counting: Counting, found: Rows) -> None:
    """Definitions, findings and the facts that are still open."""
    counts, plan = folded(counting), counting.plan
    still, alone = opened(found.values())
    assert {(*cell, fact): n for (cell, fact), n in counts.open.items()} == still
    assert {(*cell, fact): n for (cell, fact), n in counts.alone.items()} == alone
    met = Counter((one.guideline, WHOLE, MET[one.met]) for every in found.values() for one in every.definitions)
    assert counts.definitions == met
    last = {one.statement.id: len(one.criteria) for one in plan.steps}
    applies = {(at, s): f.applies for at, one in found.items() for c in one.cells for f in c.findings
               for s in [f.statement.id] if s in last}  # fmt: skip
    for held, word in ((True, "applies"), (False, "does-not-apply")):
        expected = Counter(s for (_, s), told in applies.items() if told == word)
        assert Counter({s: counts.steps[s, n, held] for s, n in last.items()}) == expected, word


def test_some_patients(answers: Answers) -> None:
    table = cohort(answers.knowledge, 300, seed=1)
    counting = Counting(Plan(answers, table.columns))
    compare_counts(counting, compare(counting, table, 1))


def test_a_test_with_a_result_was_done(answers: Answers) -> None:
    table = cohort(answers.knowledge, 100, seed=3).drop(f"done.{option}" for option in answers.knowledge.options)
    counting = Counting(Plan(answers, table.columns))
    found = compare(counting, table, 1)
    words = {"done": 2, "not-done": 1, "no-record": 0}
    expected = Counter((option, words[state]) for one in found.values() for option, state in one.done)
    counted = Counter[tuple[str, int]]()
    for (option, group, _, done), n in folded(counting).joint.items():
        if group == WHOLE and option.startswith("test:"):
            counted[option, done] += n
    assert counted == expected
    assert {state for _, state in counted} == {0, 1, 2}


def test_the_answers_by_themselves_are_those_of_the_consultation(answers: Answers) -> None:
    for row in cohort(answers.knowledge, 50, seed=5).iter_rows(named=True):
        whole, alone = consulted(answers, row), standings(answers, row)
        assert (whole is None) == (alone is None)
        if whole is not None and alone is not None:
            assert {(cell.guideline, cell.option): told(cell.standing) for cell in whole.cells} == {
                cell: told(standing) for cell, standing in alone.items()
            }


def told(standing: Standing) -> tuple[object, ...]:
    return standing.answer, standing.possible, standing.branches, dict(standing.allowed), standing.plain


def test_each_answer_of_some_patients() -> None:
    rows, refused = compare_part((7, 60))
    assert rows == 60 > refused


@pytest.mark.slow
def test_many_patients(answers: Answers) -> None:
    """All that is counted of the first thousands; the answers of all."""
    table = cohort(answers.knowledge, min(COUNTED, PATIENTS), seed=100)
    counting = Counting(Plan(answers, table.columns))
    compare_counts(counting, compare(counting, table, 1))


@pytest.mark.slow
def test_the_answers_of_many_patients() -> None:
    parts = [(1000 + at, min(AT_ONCE, PATIENTS - start)) for at, start in enumerate(range(0, PATIENTS, AT_ONCE))]
    rows = refused = 0
    for more, denied in met_both_ways(parts):
        rows, refused = rows + more, refused + denied
        print(f"{rows:,} patients, {refused:,} refused by both, no difference", flush=True)
    assert rows == PATIENTS > refused > 0
