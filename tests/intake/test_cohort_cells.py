"""Every cell of a column means what `facts.read_value` says of it: proven on generated cells of every fact."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidua.content import load
from decidua.errors import PatientError
from decidua.facts import Fact, Range, Vocabulary, read_value, read_vocabulary
from decidua.intake.cohort.cells import MARKS, CellReader
from decidua.intake.cohort.columns import read_column

VOCABULARY = read_vocabulary(load())
FACTS = sorted(VOCABULARY.facts)
WORDS = [
    "yes",
    "no",
    "예",
    "아니오",
    "있음",
    "unknown",
    "모름",
    "",
    " ",
    "?",
    "NA",
    "nan",
    "inf",
    "x",
    "=1+2",
    "1e3",
    ".5",
]


@st.composite
def numbers(draw: st.DrawFn) -> str:
    digits = draw(
        st.sampled_from(["0", "1", "3", "5", "30", "74.9", "75", "75,0", "1,280", "1:80", "0.5", "007", "5+3"])
    )
    digits = draw(st.just(digits) | st.integers(-3, 400).map(str) | st.decimals(0, 999, places=2).map(str))
    return draw(st.sampled_from(["", ">=", "<", "> ", "≤", "<="])) + digits


@st.composite
def cells(draw: st.DrawFn, fact: Fact) -> str | None:
    units = ["", *(unit.code for unit in fact.units), *(unit.label for unit in fact.units), "mL", "세"]
    number = numbers().flatmap(lambda text: st.sampled_from(units).map(lambda unit: f"{text} {unit}".strip()))
    choices = st.sampled_from([*fact.choices, "no such choice"])
    return draw(st.none() | number | choices | st.sampled_from(WORDS))


def said(fact: Fact, raw: object) -> tuple[object, float | None, float | None]:
    """(value, low, high) by the normative reader; all None for what it refuses."""
    try:
        value = read_value(fact, raw)
    except PatientError:
        return None, None, None
    if isinstance(value, Range):
        low, high = value.low, value.high
        return None, None if low is None else float(low), None if high is None else float(high)
    return (float(value) if isinstance(value, Decimal) else value), None, None


def as_read(fact: Fact, column: pl.Series, reader: CellReader | None = None) -> list[tuple[object, ...]]:
    read = read_column(column, reader or CellReader(fact))
    none = [None] * len(column)
    low = none if read.low is None else read.low.to_list()
    high = none if read.high is None else read.high.to_list()
    return list(zip(read.value.to_list(), low, high, strict=True))


@given(st.data())
def test_text(data: st.DataObject) -> None:
    fact = VOCABULARY.facts[data.draw(st.sampled_from(FACTS))]
    column = data.draw(st.lists(cells(fact), min_size=1, max_size=30))
    assert as_read(fact, pl.Series("x", column, pl.String)) == [said(fact, cell) for cell in column]


@given(st.data())
def test_text_with_a_declared_unit(data: st.DataObject) -> None:
    fact = VOCABULARY.facts[data.draw(st.sampled_from([id_ for id_ in FACTS if VOCABULARY.facts[id_].units]))]
    unit = data.draw(st.sampled_from(fact.units))
    column = data.draw(st.lists(numbers(), min_size=1, max_size=30))
    wanted = [said(fact, f"{cell} {unit.code}" if ":" not in cell and "+" not in cell else cell) for cell in column]
    assert as_read(fact, pl.Series("x", column), CellReader(fact, unit)) == wanted


@given(st.data())
def test_typed_numbers(data: st.DataObject) -> None:
    fact = VOCABULARY.facts[data.draw(st.sampled_from([id_ for id_ in FACTS if VOCABULARY.facts[id_].numeric]))]
    places = st.integers(-5, 500) | st.decimals(0, 500, places=3).map(float)
    column = data.draw(st.lists(places.map(float), min_size=1, max_size=30))
    assert as_read(fact, pl.Series("x", column, pl.Float64)) == [said(fact, cell) for cell in column]
    whole = [int(cell) for cell in column]
    assert as_read(fact, pl.Series("x", whole, pl.Int64)) == [said(fact, cell) for cell in whole]


def test_a_pair_of_the_source_holds_on_both_sides() -> None:
    vitamin_d = VOCABULARY.facts["vitamin_d"]
    nmol = vitamin_d.units[1]
    read = as_read(vitamin_d, pl.Series("x", ["74.9", "75", "75.1", "<75"]), CellReader(vitamin_d, nmol))
    assert [value for value, *_ in read[:3]] == [29.999999, 30.0, pytest.approx(30.088, abs=1e-3)]
    assert read[3] == (None, None, 29.999999)
    assert as_read(vitamin_d, pl.Series("x", [74.9, 75.0]), CellReader(vitamin_d, nmol)) == [
        (29.999999, None, None),
        (30.0, None, None),
    ]


def test_booleans_of_a_file_are_booleans(vocabulary: Vocabulary) -> None:
    fact = vocabulary.facts["done_tsh"]
    assert as_read(fact, pl.Series("x", [True, False, None])) == [(True, None, None), (False, None, None), (None,) * 3]


def test_words_of_the_mapping_go_first(vocabulary: Vocabulary) -> None:
    reader = CellReader(vocabulary.facts["done_tsh"], said={"1": "yes", "0": "no", "9": ""}, unknown=frozenset({"-8"}))
    column = pl.Series("x", [1, 0, 9, -8])
    assert [value for value, *_ in as_read(reader.fact, column, reader)] == [True, False, None, None]
    assert not read_column(column, reader).refused
    assert [value for value, *_ in as_read(reader.fact, pl.Series("x", [1.0, 0.0]), reader)] == [True, False]


def test_marks_for_missing_values_are_unknown_and_counted(vocabulary: Vocabulary) -> None:
    column = pl.Series("x", [*sorted(MARKS), "3"])
    read = read_column(column, CellReader(vocabulary.facts["losses"]))
    assert read.value.to_list() == [None] * len(MARKS) + [3.0]
    (only,) = read.refused
    assert (only.key, only.note, int(only.mask.sum())) == ("cohort.missing-mark", True, len(MARKS))


def test_nan_and_infinity_never_pass(vocabulary: Vocabulary) -> None:
    column = pl.Series("x", [float("nan"), float("inf"), float("-inf"), 2.0, None])
    read = read_column(column, CellReader(vocabulary.facts["losses"]))
    assert read.value.to_list() == [None, None, None, 2.0, None]
    assert sum(int(one.mask.sum()) for one in read.refused if one.note) == 3


def test_another_unit_than_the_columns_is_read_and_told(vocabulary: Vocabulary) -> None:
    fact = vocabulary.facts["vitamin_d"]
    read = read_column(pl.Series("x", ["30", "75 nmol/L"]), CellReader(fact, fact.unit))
    assert read.value.to_list() == [30.0, 30.0]
    assert [(one.key, one.mask.to_list()) for one in read.refused] == [("cohort.own-unit", [False, True])]


def test_a_column_of_dates_is_no_fact(vocabulary: Vocabulary) -> None:
    column = pl.Series("x", ["2024-01-01"]).str.to_date()
    read = read_column(column, CellReader(vocabulary.facts["losses"]))
    assert read.value.to_list() == [None]
    assert [one.key for one in read.refused] == ["cohort.cell-type"]
