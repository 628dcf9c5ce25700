"""Every line of the truth tables, in every form of a criterion; and the page that shows them."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest

from decidua.answers import Conflict, meaning
from decidua.criteria import truth
from decidua.criteria.columns import column
from decidua.criteria.compiled import compile_criteria
from decidua.criteria.truth import conjunction, disjunction
from decidua.facts import Range
from decidua.guidelines import Statement
from semantics import tables
from semantics.tables import Row

ROWS = [pytest.param(row, id=row[0]) for row in tables.rows()]


@pytest.mark.parametrize("row", ROWS)
def test_reference(row: Row) -> None:
    _, node, known, names, settled, expected = row
    assert truth(node, known, names, settled) is expected


@pytest.mark.parametrize("row", ROWS)
def test_compiled(row: Row) -> None:
    _, node, known, names, settled, expected = row
    assert compile_criteria([node], names, settled).truths(known) == [expected]


@pytest.mark.parametrize("row", ROWS)
def test_polars(row: Row) -> None:
    _, node, known, names, settled, expected = row
    data: dict[str, list[object]] = {"row": [0]}
    for id_, value in known.items():
        if isinstance(value, Range):
            data |= {f"{id_}.low": [_float(value.low)], f"{id_}.high": [_float(value.high)]}
        else:
            data[id_] = [value if isinstance(value, bool | str) else float(value)]
    table = pl.DataFrame(data)
    assert table.with_columns(column(node, names, settled, table.columns).alias("t"))["t"].to_list() == [expected]


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def test_tables_are_complete() -> None:
    """Every combination stands in its table once."""
    three = (True, False, None)
    assert sorted(map(repr, product(three, three))) == sorted(repr(line[:2]) for line in tables.AND)
    assert sorted(map(repr, product(three, three))) == sorted(repr(line[:2]) for line in tables.OR)
    assert sorted(map(repr, product(three, three))) == sorted(repr(line[:2]) for line in tables.CHOOSE)
    assert {line[:3] for line in tables.AT_LEAST} == {
        (t, f, 3 - t - f) for t, f in product(range(4), range(4)) if t + f <= 3
    }


@pytest.mark.parametrize(("x", "y"), list(product((True, False, None), repeat=2)))
def test_de_morgan(x: bool | None, y: bool | None) -> None:
    turn = {True: False, False: True, None: None}
    assert turn[conjunction([x, y])] is disjunction([turn[x], turn[y]])


def test_the_page_is_the_tables() -> None:
    assert tables.PAGE.read_text("utf-8") == tables.markdown()


# ---- precedence of statements: who speaks, when several apply


def said(id_: str, kind: str = "recommendation", answer: str | None = None, refines: tuple[str, ...] = ()) -> Statement:
    text = {"en": "x", "ko": "x"}
    return Statement.model_validate(
        {"id": id_, "kind": kind, "answer": answer, "refines": refines, "options": ["o"], "population": "true",
         "says": text, "cites": [{"source": "s", "place": "p"}]}
    )  # fmt: skip


FOR, AGAINST = said("g.for", answer="recommended"), said("g.against", answer="against")
ALSO, NARROW = said("g.also", answer="recommended"), said("g.narrow", answer="against", refines=("g.for",))
NARROWER = said("g.narrower", answer="conditional", refines=("g.narrow",))
EVIDENCE, REMARK = said("g.evidence", "evidence"), said("g.remark", "remark")

PRECEDENCE = [
    ("nothing said", [], [], True, "not-in-source"),
    ("remarks give no answer", [REMARK], [True], True, "not-in-source"),
    ("one applies", [FOR], [True], True, "recommended"),
    ("none applies, in scope", [FOR], [False], True, "other-population"),
    ("none applies, out of scope", [FOR], [False], False, "out-of-scope"),
    ("a wider statement applies out of scope", [FOR], [True], False, "recommended"),
    ("two that agree", [FOR, ALSO], [True, True], True, "recommended"),
    ("two that contradict", [FOR, AGAINST], [True, True], True, Conflict(("g.against", "g.for"))),
    ("only one of two applies", [FOR, AGAINST], [False, True], True, "against"),
    ("a refinement prevails", [FOR, NARROW], [True, True], True, "against"),
    ("in any order", [NARROW, FOR], [True, True], True, "against"),
    ("a refinement that does not apply yields nothing", [FOR, NARROW], [True, False], True, "recommended"),
    ("a chain of refinements", [FOR, NARROW, NARROWER], [True, True, True], True, "conditional"),
    ("a gap in the chain", [FOR, NARROW, NARROWER], [True, False, True], True, Conflict(("g.for", "g.narrower"))),
    ("evidence alone", [EVIDENCE], [True], True, "evidence-only"),
    ("evidence beside a recommendation", [EVIDENCE, AGAINST], [True, True], True, "against"),
    ("evidence where the recommendation does not apply", [EVIDENCE, AGAINST], [True, False], True, "evidence-only"),
    ("a remark beside what does not apply", [REMARK, FOR], [True, False], True, "other-population"),
]


@pytest.mark.parametrize(
    ("said_", "applies", "in_scope", "expected"), [row[1:] for row in PRECEDENCE], ids=[row[0] for row in PRECEDENCE]
)
def test_precedence(said_: list[Statement], applies: list[bool], in_scope: bool, expected: object) -> None:
    assert meaning(said_, applies, in_scope) == expected


def test_a_statement_that_speaks_of_nobody_is_not_there() -> None:
    assert meaning([FOR], [False], True, [False]) == "not-in-source"
    assert meaning([FOR, AGAINST], [False, False], True, [False, True]) == "other-population"
