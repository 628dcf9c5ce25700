"""Absolute effects: the worked values of the Cochrane Handbook and of Altman, then what must hold for all numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from decidua.evidence.absolute import Impossible, Measure, Relative, absolute, carried, from_counts, needed

RATIOS: list[Measure] = ["RR", "OR", "HR"]
risks = st.floats(0.001, 0.999)
ratios = st.floats(0.01, 50)


def effect(measure: Measure, estimate: float) -> Relative:
    return Relative(measure, estimate, estimate, estimate)


@pytest.mark.parametrize(
    ("measure", "estimate", "fewer", "nnt"),
    [("RR", 0.92, 24, 42), ("OR", 0.73, 62, 17)],
    ids=["Handbook 5.1, 12.5.4.2", "Handbook 5.1, 12.5.4.3"],
)
def test_cochrane_handbook_at_a_control_risk_of_30_percent(
    measure: Measure, estimate: float, fewer: int, nnt: int
) -> None:
    worked = absolute(effect(measure, estimate), 0.3)
    assert round(1000 * worked.difference) == -fewer
    assert needed(worked.difference, "fewer").number == nnt
    assert needed(worked.difference, "fewer").benefit is True


@pytest.mark.parametrize(("difference", "nnt"), [(-0.12, 9), (-0.22, 5)])
def test_cochrane_handbook_12_5_4_1_rounds_up(difference: float, nnt: int) -> None:
    assert needed(difference, "fewer").number == nnt
    worked = absolute(effect("RD", difference), 0.5)
    assert worked.difference == pytest.approx(difference)


def test_altman_1998_an_interval_from_minus_5_to_25_percent() -> None:
    """BMJ 1998;317:1309: an ARR of −5 % to +25 % is NNTB 4 to ∞ to NNTH 20."""
    worked = absolute(Relative("RD", -0.10, -0.25, 0.05), 0.5)
    low, high = worked.differences
    assert low is not None
    assert high is not None
    assert (needed(low, "fewer").number, needed(low, "fewer").benefit) == (4, True)
    assert (needed(high, "fewer").number, needed(high, "fewer").benefit) == (20, False)


def test_hazard_ratio_by_survival_to_the_power() -> None:
    """Altman and Andersen, BMJ 1999;319:1492: survival with = survival without ^ HR."""
    assert carried("HR", 2.0, 0.4) == pytest.approx(1 - 0.6**2)


def test_a_trial_gives_back_its_own_risks() -> None:
    """Scarpellini and Sbracia 2009: 29/35 against 16/33; the abstract prints an odds ratio of 5.1."""
    own = from_counts(29, 35, 16, 33)
    assert round(own.estimate, 1) == 5.1
    assert absolute(own, 16 / 33).risk == pytest.approx(29 / 35)


@pytest.mark.parametrize("baseline", [0.0, 1.0, -0.1, 1.2, math.nan])
def test_a_baseline_lies_inside(baseline: float) -> None:
    with pytest.raises(Impossible, match="baseline-outside"):
        absolute(effect("RR", 0.9), baseline)


@pytest.mark.parametrize("measure", RATIOS)
@pytest.mark.parametrize("ratio", [0.0, -1.0])
def test_a_ratio_is_above_zero(measure: Measure, ratio: float) -> None:
    with pytest.raises(Impossible, match="not-above-zero"):
        effect(measure, ratio)


@pytest.mark.parametrize(
    ("values", "key"),
    [((0.9, 1.0, 1.1), "no-interval-around"), ((0.9, math.inf, math.nan), "not-finite")],
)
def test_limits_stand_around_the_estimate(values: tuple[float, float, float], key: str) -> None:
    with pytest.raises(Impossible, match=key):
        Relative("RR", *values)


def test_a_difference_is_one_of_risks() -> None:
    with pytest.raises(Impossible, match="difference-outside"):
        effect("RD", 1.5)


def test_more_than_all_is_refused_and_an_impossible_limit_left_open() -> None:
    with pytest.raises(Impossible, match="risk-outside"):
        absolute(effect("RR", 1.58), 0.7)
    worked = absolute(Relative("RR", 1.25, 1.00, 1.56), 0.71)
    assert worked.upper is None
    assert worked.differences == (0.0, None)


def test_an_empty_cell_gives_no_odds_ratio() -> None:
    with pytest.raises(Impossible, match="empty-cell"):
        from_counts(4, 29, 0, 17)


def test_no_difference_needs_infinitely_many_and_is_neither() -> None:
    assert needed(0.0, "more") == needed(0.0, None)
    assert needed(0.0, "more").number == math.inf
    assert needed(0.0, "more").benefit is None


def test_without_a_direction_nothing_is_named() -> None:
    assert needed(0.1, None).benefit is None


@given(st.sampled_from(RATIOS), ratios, ratios, risks)
def test_more_effect_is_more_risk(measure: Measure, one: float, other: float, baseline: float) -> None:
    assume(one < other)
    assert carried(measure, one, baseline) <= carried(measure, other, baseline)


@given(st.sampled_from(RATIOS), risks)
def test_no_effect_changes_nothing(measure: Measure, baseline: float) -> None:
    assert carried(measure, 1.0, baseline) == pytest.approx(baseline)


@given(st.sampled_from(["OR", "HR"]), ratios, risks)
def test_odds_and_hazards_never_leave_the_possible(measure: Measure, ratio: float, baseline: float) -> None:
    assert 0 <= carried(measure, ratio, baseline) <= 1


@given(ratios, risks)
def test_an_odds_ratio_of_the_other_side_is_its_inverse(ratio: float, baseline: float) -> None:
    """Counting women without a live birth turns the odds ratio over, and nothing else."""
    assert 1 - carried("OR", 1 / ratio, 1 - baseline) == pytest.approx(carried("OR", ratio, baseline))


@given(st.floats(-0.99, 0.99).filter(lambda d: abs(d) > 1e-6))
def test_treating_that_many_is_enough_and_one_less_is_not(difference: float) -> None:
    number = needed(difference, "more").number
    assert number * abs(difference) >= 1 - 1e-6
    assert (number - 1) * abs(difference) < 1


@given(st.floats(-0.99, 0.99).filter(bool))
def test_the_two_directions_are_opposite(difference: float) -> None:
    assert needed(difference, "more").benefit is (difference > 0)
    assert needed(difference, "fewer").benefit is (difference < 0)


@given(st.sampled_from(["RR", "OR", "HR"]), risks)
def test_no_effect_changes_nothing_exactly(measure: Measure, baseline: float) -> None:
    assert carried(measure, 1.0, baseline) == baseline
