"""The scale: four levels, nothing judged is never 0, and the lowest of the critical outcomes.

Levels, start and domains: Schünemann et al. 2019 (GRADE guidelines 18, PMC6692166), table 1.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidua.appraisal.grade import DOMAINS, LEVELS, SYMBOLS, Certainty, overall, rate
from decidua.appraisal.grade.scale import DOWN, UP, Level

NOT_DOWN = dict.fromkeys(DOWN, 0)
STARTS = st.sampled_from(["high", "low", None])
JUDGED = st.fixed_dictionaries({}, optional={name: st.sampled_from(steps) for name, steps in DOMAINS.items()})
DESIGNS = st.sampled_from([True, False, None])


def at(level: Level) -> int:
    return LEVELS.index(level)


@pytest.mark.parametrize(("start", "randomised", "judged", "level"), [
    ("high", True, {}, "high"),
    ("high", True, {"risk_of_bias": -1}, "moderate"),
    ("high", True, {"risk_of_bias": -1, "imprecision": -1}, "low"),
    ("high", True, {"risk_of_bias": -2, "imprecision": -2}, "very-low"),
    ("high", True, {"imprecision": -3}, "very-low"),
    ("low", False, dict.fromkeys(UP, 0), "low"),
    ("low", False, {**dict.fromkeys(UP, 0), "large_effect": 1}, "moderate"),
    ("low", False, {**dict.fromkeys(UP, 0), "large_effect": 2}, "high"),
    ("low", False, {"large_effect": 2, "dose_response": 1, "opposing_confounding": 1}, "high"),
    ("low", False, {**dict.fromkeys(UP, 0), "inconsistency": -1}, "very-low"),
])  # fmt: skip
def test_guidelines_18_table_1(start: Level, randomised: bool, judged: dict[str, int], level: Level) -> None:
    assert rate(start, {**NOT_DOWN, **judged}, randomised) == Certainty(level, level)


def test_symbols_of_guidelines_18_table_1() -> None:
    assert [SYMBOLS[level] for level in reversed(LEVELS)] == ["⊕⊕⊕⊕", "⊕⊕⊕◯", "⊕⊕◯◯", "⊕◯◯◯"]


def test_a_domain_that_is_not_judged_leaves_a_range() -> None:
    judged = {name: 0 for name in DOWN if name != "publication_bias"}
    assert rate("high", judged, True) == Certainty("low", "high", ("publication_bias",))


def test_a_start_that_is_not_chosen_leaves_a_range() -> None:
    assert rate(None, NOT_DOWN, True) == Certainty("low", "high", ("start",))


def test_rating_up_is_open_only_where_grade_rates_up() -> None:
    assert rate("high", NOT_DOWN, True).stated == "high"
    assert rate("low", NOT_DOWN, False) == Certainty("low", "high", tuple(UP))


def test_what_is_open_but_cannot_matter_is_not_named() -> None:
    judged = {"risk_of_bias": -2, "inconsistency": -2}
    assert rate("high", judged, True) == Certainty("very-low", "very-low")


@given(STARTS, JUDGED, DESIGNS)
def test_never_outside_the_levels_and_never_upside_down(start: Level, judged: dict[str, int], randomised: bool) -> None:
    found = rate(start, judged, randomised)
    assert at(found.lowest) <= at(found.highest)
    assert bool(found.open) == (found.stated is None)


@given(STARTS, JUDGED, DESIGNS, st.sampled_from(sorted(DOWN)))
def test_rating_down_further_never_raises(start: Level, judged: dict[str, int], randomised: bool, domain: str) -> None:
    levels = [rate(start, {**judged, domain: step}, randomised) for step in DOWN[domain]]
    assert [at(one.lowest) for one in levels] == sorted((at(one.lowest) for one in levels), reverse=True)
    assert [at(one.highest) for one in levels] == sorted((at(one.highest) for one in levels), reverse=True)


@given(STARTS, JUDGED, DESIGNS, st.sampled_from(sorted(DOMAINS)), st.data())
def test_a_judgement_more_never_widens(
    start: Level, judged: dict[str, int], randomised: bool, domain: str, data: st.DataObject
) -> None:
    """Possible worlds: whatever an open domain turns out to be, the level stands within the range."""
    without = {name: step for name, step in judged.items() if name != domain}
    wide = rate(start, without, randomised)
    step = data.draw(st.sampled_from(DOMAINS[domain]))
    if domain in UP and randomised and step:
        return  # GRADE does not rate randomised evidence up; whoever does it leaves the scale on purpose
    narrow = rate(start, {**without, domain: step}, randomised)
    assert at(wide.lowest) <= at(narrow.lowest)
    assert at(narrow.highest) <= at(wide.highest)


# ---- overall --------------------------------------------------------------------------------------------------------

MODERATE, LOW = Certainty("moderate", "moderate"), Certainty("low", "low")
OPEN = Certainty("very-low", "moderate", ("risk_of_bias",))


def test_overall_is_the_lowest_of_the_critical() -> None:
    found = overall({"a": MODERATE, "b": LOW}, ())
    assert (found.stated, found.decisive) == ("low", ("b",))


def test_overall_is_open_while_a_critical_outcome_is() -> None:
    found = overall({"a": LOW, "b": OPEN}, ())
    assert (found.stated, found.certainty, found.open) == (None, Certainty("very-low", "low"), ("b",))


def test_overall_is_settled_by_the_lowest_level_whatever_is_open() -> None:
    assert overall({"a": Certainty("very-low", "very-low"), "b": OPEN}, ()).stated == "very-low"


def test_a_critical_outcome_without_evidence_leaves_it_open() -> None:
    found = overall({"a": MODERATE, "harm": None}, ())
    assert (found.stated, found.open) == (None, ("harm",))
    assert found.certainty == Certainty("very-low", "moderate")


@pytest.mark.parametrize("level", LEVELS)
def test_importance_that_is_not_set_leaves_it_unstated(level: Level) -> None:
    found = overall({"a": Certainty(level, level)}, ("b",))
    assert (found.stated, found.unset) == (None, ("b",))


def test_no_critical_outcome_no_overall_certainty() -> None:
    found = overall({}, ())
    assert (found.certainty, found.stated) == (None, None)
