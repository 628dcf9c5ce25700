"""Candidate methods against published examples; each test is named after its paper or text."""

from __future__ import annotations

import math

import pytest

from decidua.evidence.cells import number
from decidua.evidence.methods import Given, family
from decidua.evidence.methods.conditional import conditional_odds_ratio
from decidua.evidence.methods.effects import katz, wald_difference, woolf
from decidua.evidence.methods.means import student, welch
from decidua.evidence.methods.proportions import METHODS
from decidua.evidence.methods.three_way import breslow_day, no_three_way
from decidua.evidence.methods.two_by_two import p_values, pearson

NEWCOMBE_1998 = {
    (81, 263): {
        "wald": (0.2522, 0.3638), "wilson": (0.2553, 0.3662), "wilson-corrected": (0.2535, 0.3682),
        "clopper-pearson": (0.2527, 0.3676),
    },
    (15, 148): {
        "wald": (0.0527, 0.1500), "wilson": (0.0624, 0.1605), "wilson-corrected": (0.0598, 0.1644),
        "clopper-pearson": (0.0578, 0.1617),
    },
    (0, 20): {"wilson": (0.0, 0.1611), "wilson-corrected": (0.0, 0.2005), "clopper-pearson": (0.0, 0.1684)},
    (1, 29): {
        "wilson": (0.0061, 0.1718), "wilson-corrected": (0.0018, 0.1963), "clopper-pearson": (0.0009, 0.1776),
    },
}  # fmt: skip
"""Statistics in Medicine 17:857, table I."""


@pytest.mark.parametrize("counts", NEWCOMBE_1998)
def test_newcombe_1998_intervals_of_a_proportion(counts: tuple[int, int]) -> None:
    for method, interval in NEWCOMBE_1998[counts].items():
        assert METHODS[method](*counts) == pytest.approx(interval, abs=5.1e-5), method


def given(options: dict[str, object] | None = None, **inputs: str) -> Given:
    words = {name: text for name, text in inputs.items() if text.isalpha()}
    numbers = {name: (number(text),) for name, text in inputs.items() if name not in words}
    return Given(numbers, words, options or {}, lambda _: None, {"percent": 1})


def values(name: str, given: Given) -> dict[str, dict[str, float]]:
    return {one.method: {part: v.value for part, v in one.values.items()} for one in family(name)(given)}


def test_newcombe_1998_difference_of_proportions() -> None:
    """Statistics in Medicine 17:873, 56/70 − 48/80."""
    found = values("effect", given({"measure": "RD"}, a="56", n1="70", c="48", n2="80"))
    assert [found["rd-wald"][p] for p in ("lower", "upper")] == pytest.approx([0.0575, 0.3425], abs=5.1e-5)
    assert [found["rd-newcombe"][p] for p in ("lower", "upper")] == pytest.approx([0.0524, 0.3339], abs=5.1e-5)


def test_agresti_physicians_health_study() -> None:
    """Categorical Data Analysis: placebo 189 of 11034, aspirin 104 of 11037 with infarction."""
    assert woolf(189, 10845, 104, 10933) == pytest.approx((1.832, 1.440, 2.331), abs=5e-4)
    assert katz(189, 10845, 104, 10933) == pytest.approx((1.818, 1.433, 2.306), abs=5e-4)
    assert wald_difference(189, 11034, 104, 11037)[0] == pytest.approx(0.0077, abs=5e-5)


def test_fisher_1935_lady_tasting_tea() -> None:
    found = dict(p_values(3, 1, 1, 3))
    assert found["fisher"] == pytest.approx(34 / 70)
    assert found["fisher-one-sided"] == pytest.approx(17 / 70)
    assert found["fisher-mid-p"] == pytest.approx(18 / 70)
    # R 4: 6.408, 0.2117 to 621.93; its root finder stops at a tolerance that leaves the upper limit 0.7 % off.
    assert conditional_odds_ratio(3, 1, 1, 3) == pytest.approx((6.408, 0.2117, 621.93), rel=8e-3)


def test_yates_correction() -> None:
    """A table with |ad − bc| below half of n is left without any difference."""
    assert pearson(5, 5, 4, 6, correction=10) == 0.0
    assert pearson(3, 1, 1, 3) == pytest.approx(2.0)


def test_student_1908_sleep() -> None:
    """Extra hours of sleep under two drugs, ten patients each."""
    sleep = 0.75 - 2.33, 1.789010, 10, 2.002249, 10
    assert student(*sleep) == pytest.approx(0.07919, abs=5e-5)
    assert welch(*sleep) == pytest.approx(0.07939, abs=5e-5)


def test_altman_and_bland_2011_p_from_an_interval() -> None:
    """BMJ 343:d2304: 0.81 (0.70 to 0.94) gives p = 0.005."""
    found = values("p-from-interval", given(estimate="0.81", lower="0.70", upper="0.94"))
    assert found["p-interval-width"]["p"] == pytest.approx(0.005, abs=5e-4)


BERKELEY = [
    (512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391), (138, 279, 131, 244), (53, 138, 94, 299),
    (22, 351, 24, 317),
]  # fmt: skip
"""Admissions of 1973 by department: men admitted and rejected, women admitted and rejected."""


def test_berkeley_admissions_homogeneity() -> None:
    """Agresti: G² = 20.2 for no three-way interaction; Breslow and Day's statistic is 18.83."""
    strata = [tuple(map(float, row)) for row in BERKELEY]
    assert no_three_way(strata) == pytest.approx(20.204, abs=5e-3)  # type: ignore[arg-type]
    assert breslow_day(strata) == pytest.approx(18.826, abs=5e-3)  # type: ignore[arg-type]


def test_brown_and_heathers_2017_granularity() -> None:
    """No whole number of 30 women is 87.7 %; 26 are 86.7 %."""
    shares = [one.values["percent"].value for one in family("whole-number")(given(total="30"))]
    assert not any(round(share, 1) == 87.7 for share in shares)
    assert any(round(share, 1) == 86.7 for share in shares)


def test_higgins_and_thompson_2002_i_squared() -> None:
    found = values("from-chi2", given(chi2="7.67", df="5"))["from-chi2"]
    assert found["i2"] == pytest.approx(100 * (7.67 - 5) / 7.67)
    assert found["p"] == pytest.approx(0.1754, abs=1e-4)


def test_a_range_spans_what_rounding_leaves_open() -> None:
    [geometric, _] = family("middle")(given(lower="0.05", upper="1.82"))
    outcome = geometric.values["estimate"]
    assert outcome.low == pytest.approx(math.sqrt(0.045 * 1.815))
    assert outcome.high == pytest.approx(math.sqrt(0.055 * 1.825))


@pytest.mark.parametrize("wrong", [(9, 23, 19, 9), (23, 9, 9, 18)])
def test_another_table_gives_another_ratio(wrong: tuple[int, int, int, int]) -> None:
    assert woolf(*wrong)[0] != pytest.approx(woolf(23, 9, 9, 19)[0], rel=1e-3)
