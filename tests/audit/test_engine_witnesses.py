"""Witness tables, all engines, no difference: a woman for every path of every diagram, and she with each fact unknown.

Engines: the reference (`truth`, `stand`), the compiled form, Polars (walks, and each answer's criterion as an
expression). Spark runs the same walks (`test_spark`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl
import pytest
from standards.witnesses import witnesses

from audit.cohorts import schema
from decidua.answers import Answers
from decidua.answers.columns import mask_columns, mask_of
from decidua.answers.worlds import stand
from decidua.audit.cells import CellColumn, shortened
from decidua.audit.coded import ROW
from decidua.audit.counting import Counting
from decidua.audit.plan import Plan
from decidua.consult.patient import admit
from decidua.criteria import truth
from decidua.criteria.columns import column
from decidua.criteria.compiled import compile_criteria
from decidua.errors import PatientConflictError
from decidua.facts import Patient, Value, close
from decidua.guidelines import read_knowledge

Woman = dict[str, Value]
EACH = 7
"""Every so many of the witnesses in the fast ring."""


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(read_knowledge())


def women(answers: Answers, guideline: str, step: int) -> list[Woman]:
    """Witnesses as intake leaves them, closed and admitted; those that cannot be are left out."""
    found, knowledge = [], answers.knowledge
    for woman in list(witnesses(answers, guideline))[::step]:
        try:
            values, _ = close(knowledge.vocabulary, woman)
            found.append(dict(admit(knowledge, Patient(values)).values))
        except PatientConflictError:
            continue
    return found


def frame(answers: Answers, rows: list[Woman]) -> pl.DataFrame:
    columns = {
        id_: kind
        for id_, kind in schema(answers.knowledge).items()
        if "." not in id_ or ".low" in id_ or ".high" in id_
    }
    return pl.DataFrame([_row(row) for row in rows], schema=columns)


def _row(values: Mapping[str, Value]) -> dict[str, object]:
    row: dict[str, object] = {}
    for id_, value in values.items():
        if isinstance(value, bool | str):
            row[id_] = value
        elif isinstance(value, Decimal):
            row[id_] = float(value)
        else:
            row[f"{id_}.low"], row[f"{id_}.high"] = (
                None if end is None else float(end) for end in (value.low, value.high)
            )
    return row


def _masks(cell: CellColumn, table: pl.DataFrame) -> pl.DataFrame:
    """Under each way of reading the answers whose criterion is not false."""
    asked = {f"way {at}": one for at, one in enumerate(mask_columns(cell.function, table.columns).values())}
    return table.with_columns(**asked).select(*asked)


@pytest.mark.parametrize(("guideline", "step"), [
    ("asri-2025", EACH), ("asrm-2012", EACH), ("eshre-2022", EACH),
    *(pytest.param(guideline, 1, marks=pytest.mark.slow) for guideline in ("asri-2025", "asrm-2012", "eshre-2022")),
])  # fmt: skip
def test_answers(answers: Answers, guideline: str, step: int) -> None:
    rows = women(answers, guideline, step)
    table = frame(answers, rows)
    plan = Plan(answers, table.columns, guidelines=(guideline,))
    walked = Counting(plan).add(table.with_row_index(ROW))
    by_row = {row[ROW]: row for row in walked.iter_rows(named=True)}
    for cell, one in plan.columns.items():
        masks = _masks(one, table)
        for at, (woman, mask) in enumerate(zip(rows, masks.iter_rows(), strict=True)):
            standing = stand(one.function, woman)
            if standing is None:
                assert at not in by_row
                continue
            number = one.class_of(by_row[at][one.name]) if one.states else 0
            assert one.classes[number] == shortened(standing.branches), (cell, woman)
            together = 0
            for bits in mask:
                together |= bits
            assert together == mask_of(standing.possible), (cell, woman)
    assert len(rows) > 15


@pytest.mark.parametrize("guideline", ["asri-2025", "asrm-2012", "eshre-2022"])
def test_findings(answers: Answers, guideline: str) -> None:
    """The reference, the compiled form, the columns of facts, and the columns of codes."""
    knowledge, rows = answers.knowledge, women(answers, guideline, EACH)
    criteria = {id_: one for id_, one in knowledge.populations.items() if id_.startswith(guideline)}
    run = compile_criteria(list(criteria.values()), knowledge.names, knowledge.settled)
    table = frame(answers, rows)
    plain = table.select(
        column(one, knowledge.names, knowledge.settled, table.columns).alias(id_) for id_, one in criteria.items()
    )
    plan = Plan(answers, table.columns, guidelines=(guideline,))
    plan.truths.register(criteria.values())
    codes = plan.coder.prepared(table.with_row_index(ROW)).codes.lazy().with_columns(plan.truths.leaves())
    for named in plan.truths.names():
        codes = codes.with_columns(named)
    coded = codes.select(ROW, *(plan.truths.of(one).alias(id_) for id_, one in criteria.items())).collect()
    assert coded.height == len(rows)
    for woman, by_facts, by_codes in zip(rows, plain.iter_rows(), coded.drop(ROW).iter_rows(), strict=True):
        expected = [truth(one, woman, knowledge.names, knowledge.settled) for one in criteria.values()]
        assert run.truths(woman) == expected
        assert list(by_facts) == expected
        assert list(by_codes) == expected
