"""Closing and admitting by columns is closing and admitting row by row: what is added, who is refused, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.cohorts import cohort, patient
from decidua.audit.closing import REFUSED, close_columns
from decidua.audit.stated import DENIED, admit_columns
from decidua.consult.patient import admit
from decidua.errors import PatientConflictError
from decidua.facts import Range, Value, close
from decidua.guidelines import Knowledge, read_knowledge

Known = Mapping[str, tuple[object, object]]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return read_knowledge()


def told(knowledge: Knowledge, values: Mapping[str, Value]) -> Known:
    """Each fact as what it may be; a bound that says nothing of a count is left out."""
    found: dict[str, tuple[object, object]] = {}
    for id_, value in values.items():
        ends = (value.low, value.high) if isinstance(value, Range) else (value, value)
        counts = id_ in knowledge.vocabulary.facts and knowledge.vocabulary.facts[id_].type == "integer"
        low, high = (Decimal(0) if end is None and counts and side == 0 else end for side, end in enumerate(ends))
        if not (high is None and low in (None, Decimal(0))):
            found[id_] = (low, high)
    return found


def by_row(knowledge: Knowledge, table: pl.DataFrame) -> tuple[dict[int, Known], dict[int, str]]:
    kept, refused = {}, {}
    for at, row in enumerate(table.iter_rows(named=True)):
        woman = patient(knowledge, row)
        try:
            values, _ = close(knowledge.vocabulary, woman.values)
            kept[at] = told(knowledge, admit(knowledge, replace(woman, values=values)).values)
        except PatientConflictError as error:
            refused[at] = str(error.parts.get("name") or error.parts["rule_en"])
    return kept, refused


def by_columns(knowledge: Knowledge, table: pl.DataFrame) -> tuple[dict[int, Known], dict[int, str]]:
    says = [constraint.says.en for constraint in knowledge.vocabulary.constraints if constraint.strict]
    closed, broken = close_columns(table.with_row_index("row"), knowledge.vocabulary)
    rows, denied = admit_columns(closed, knowledge)
    kept = {row["row"]: told(knowledge, patient(knowledge, row).values) for row in rows.iter_rows(named=True)}
    refused: dict[int, str] = {}
    for row in [*broken.iter_rows(named=True), *denied.iter_rows(named=True)]:
        refused[row["row"]] = says[row[REFUSED]] if row.get(REFUSED) is not None else row[DENIED]
    return kept, refused


def test_row_by_row(knowledge: Knowledge) -> None:
    table = cohort(knowledge, 1500, seed=11, wild=0.3)
    expected, found = by_row(knowledge, table), by_columns(knowledge, table)
    assert found == expected
    assert len(set(expected[1].values())) >= 8, "too few reasons to refuse are met"


COUNTS = ("losses", "clinical_losses", "biochemical_losses", "consecutive_losses")
NUMBER = st.none() | st.integers(0, 4).map(float)


@st.composite
def counted(draw: st.DrawFn) -> dict[str, float | None]:
    row: dict[str, float | None] = {}
    for fact in COUNTS:
        if draw(st.booleans()):
            row[fact] = draw(NUMBER)
        else:
            low, high = draw(NUMBER), draw(NUMBER)
            row[f"{fact}.low"], row[f"{fact}.high"] = (high, low) if low and high and low > high else (low, high)
    return row


@given(st.lists(counted(), min_size=1, max_size=30))
def test_sums_narrow_bounds_to_a_fixpoint(rows: list[dict[str, float | None]]) -> None:
    knowledge = read_knowledge()
    names = [name for fact in COUNTS for name in (fact, f"{fact}.low", f"{fact}.high")]
    table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64))
    assert by_columns(knowledge, table) == by_row(knowledge, table)


def test_columns_that_are_not_there_are_made_where_something_follows(knowledge: Knowledge) -> None:
    closed, _ = close_columns(pl.DataFrame({"row": [0, 1], "gestation": [60.0, None]}), knowledge.vocabulary)
    assert closed["stage"].to_list() == ["pregnant", None]
