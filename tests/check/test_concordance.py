"""Which statements of the content care is called concordant or discordant with, and when they were in force."""

from __future__ import annotations

from datetime import date

import pytest

from decidua.guidelines import Knowledge, in_force, measurable

STRONG = {
    "eshre-2022.corticosteroids.aps", "eshre-2022.lit.unexplained", "asri-2025.corticosteroids.immune",
    "asri-2025.test-vitamin-d.preconception",
}  # fmt: skip
"""Read in the content by hand: for or against, with a strength that the source prints as strong."""


def test_only_strong_statements_for_or_against(knowledge: Knowledge) -> None:
    assert {statement.id for statement in knowledge.statements.values() if measurable(statement)} == STRONG


@pytest.mark.parametrize(
    ("day", "expected"),
    [(None, None), (date(2021, 12, 31), False), (date(2022, 6, 1), None), (date(2023, 1, 1), True)],
)
def test_within_its_own_year_nobody_can_tell(knowledge: Knowledge, day: date | None, expected: bool | None) -> None:
    statement = knowledge.statements["eshre-2022.lit.unexplained"]
    assert in_force(statement, knowledge.guidelines["eshre-2022"], day) is expected


def test_a_printed_day_goes_before_the_year(knowledge: Knowledge) -> None:
    statement = knowledge.statements["eshre-2022.lit.unexplained"].model_copy(update={"valid_from": "2022-03-01"})
    guideline = knowledge.guidelines["eshre-2022"]
    assert in_force(statement, guideline, date(2022, 3, 1)) is True
    assert in_force(statement, guideline, date(2022, 2, 28)) is False


def test_a_withdrawn_statement_measures_nothing(knowledge: Knowledge) -> None:
    statement = knowledge.statements["eshre-2022.lit.unexplained"]
    assert not measurable(statement.model_copy(update={"superseded_by": "eshre-2027.lit"}))
