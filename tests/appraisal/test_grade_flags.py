"""Each contradiction is flagged by its own change to a file that has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appraisal.grade_files import EXAMPLES, LOSS, NUMBERS, appraised, changed, write
from decidua.appraisal.grade import Appraised

WIDE = ((*LOSS, "body", "numbers"), {**NUMBERS, "estimate": 1.0, "lower": 0.7, "upper": 1.4})
COHORTS = ((*LOSS, "design"), "non-randomised")
UPS = [((*LOSS, "domains", name), {"judgement": 0, "reason": "r"})
       for name in ("large_effect", "dose_response", "opposing_confounding")]  # fmt: skip
STRONG = (("recommendation",), {"strength": "strong", "direction": "for"})
NAMED = (("recommendation",), {
    "strength": "strong", "direction": "against",
    "exceptional": {"situation": "catastrophic-harm", "reason": "r"},
})  # fmt: skip


def judged(domain: str, levels: int) -> Any:
    return (*LOSS, "domains", domain), {"judgement": levels, "reason": "r"}


def flags(found: Appraised) -> list[str]:
    return [flag.id for flag in found.flags] + [flag.id for one in found.outcomes for flag in one.flags]


def test_the_base_has_none(tmp_path: Path) -> None:
    assert flags(appraised(write(tmp_path, changed()))) == []


@pytest.mark.parametrize(("flag", "changes"), [
    ("unseen", [WIDE]),
    ("one-level", [WIDE, judged("imprecision", -1)]),
    ("unfounded", [judged("imprecision", -1)]),
    ("unfounded", [((*LOSS, "body", "numbers", "studies"), 1), judged("inconsistency", -1)]),
    ("unfounded", [judged("inconsistency", -1)]),
    ("unseen", [((*LOSS, "body", "numbers", "i2"), 85)]),
    ("unseen", [((*LOSS, "body", "numbers", "q_p"), 0.01)]),
    ("unseen", [((*LOSS, "body", "numbers", "prediction"), [0.4, 1.2])]),
    ("up-randomised", [judged("large_effect", 1)]),
    ("not-large", [COHORTS, ((*LOSS, "start", "level"), "low"), *UPS, judged("large_effect", 1)]),
    ("not-large", [COHORTS, ((*LOSS, "start", "level"), "low"), *UPS, judged("large_effect", 2),
                   ((*LOSS, "body", "numbers"), {**NUMBERS, "estimate": 2.5, "lower": 2.2, "upper": 2.9})]),
    ("up-and-down", [COHORTS, ((*LOSS, "start", "level"), "low"), *UPS, judged("dose_response", 1),
                     judged("risk_of_bias", -1)]),
    ("start-high", [COHORTS, *UPS]),
    ("start-low", [((*LOSS, "start", "level"), "low")]),
    ("no-body", [((*LOSS, "body"), {"none_because": "none"})]),
    ("claimed-differs", [((*LOSS, "claimed"), "low")]),
    ("claimed-other", [((*LOSS, "claimed"), "high"), judged("risk_of_bias", -1),
                       ((*LOSS, "domains", "publication_bias"), None)]),
    ("claimed-open", [((*LOSS, "claimed"), "moderate"), ((*LOSS, "domains", "publication_bias"), None)]),
    ("claimed-without", [((*LOSS, "claimed"), "low"), ((*LOSS, "body"), None), ((*LOSS, "domains"), None)]),
    ("claimed-overall-differs", [(("claimed",), "low")]),
    ("claimed-overall-other", [(("claimed",), "high"), judged("risk_of_bias", -1),
                               ((*LOSS, "domains", "publication_bias"), None)]),
    ("claimed-overall-open", [(("claimed",), "high"), ((*LOSS, "importance"), None)]),
    ("no-harm", [(("outcomes", 1, "kind"), "benefit")]),
    ("strong-on-low", [STRONG, judged("risk_of_bias", -2)]),
    ("strong-on-low-named", [NAMED, judged("risk_of_bias", -2)]),
    ("strong-on-open", [STRONG, ((*LOSS, "importance"), None)]),
    ("mismatch", [((*LOSS, "body"), {"cells": {
        "table": "thrombophilia-reviews", "rows": ["skeith-2016"], "measure": "RR",
        "columns": {"estimate": "effect.estimate", "lower": "effect.lower", "upper": "effect.upper"},
    }})]),
])  # fmt: skip
def test_a_contradiction_is_flagged(tmp_path: Path, flag: str, changes: list[Any]) -> None:
    assert flag in flags(appraised(write(tmp_path, changed(*changes))))


def test_small_study_effects_are_flagged(tmp_path: Path) -> None:
    """Twelve made-up studies, the small ones far better than the large ones."""
    rows = ["study,ai,n1i,ci,n2i", *(f"S{n},{round(0.3 * n * n / (n + 60))},{n},{round(0.3 * n)},{n}"
                                     for n in (30, 40, 50, 60, 80, 100, 150, 200, 300, 400, 600, 900))]  # fmt: skip
    (tmp_path / "studies.csv").write_text("\n".join(rows), "utf-8")
    body = {"studies": {"file": "studies.csv", "measure": "RR"}}
    found = appraised(write(tmp_path, changed(((*LOSS, "body"), body))))
    told = [flag for flag in found.outcomes[0].flags if flag.said[1].get("domain") == "publication_bias"]
    assert [flag.id for flag in told] == ["unseen"]


def test_strong_on_moderate_or_conditional_on_low_is_not_flagged(tmp_path: Path) -> None:
    assert flags(appraised(write(tmp_path, changed(STRONG, judged("risk_of_bias", -1))))) == []
    conditional = (("recommendation",), {"strength": "conditional", "direction": "for"})
    assert flags(appraised(write(tmp_path, changed(conditional, judged("risk_of_bias", -2))))) == []


def test_a_domain_that_is_not_judged_contradicts_nothing(tmp_path: Path) -> None:
    assert flags(appraised(write(tmp_path, changed(WIDE, ((*LOSS, "domains", "imprecision"), None))))) == []


def test_the_absolute_interval_goes_before_rules_on_ratios(tmp_path: Path) -> None:
    """Guidance 34: RR 0.70 to 1.30 of a baseline of 10 per 1000 is precise where 30 per 1000 matter."""
    changes = [
        ((*LOSS, "body", "numbers"), {**NUMBERS, "estimate": 1.0, "lower": 0.7, "upper": 1.3}),
        ((*LOSS, "thresholds", "baseline", "per_1000"), 10),
    ]
    assert flags(appraised(write(tmp_path, changed(*changes)))) == []
    undeclared = ((*LOSS, "thresholds", "important"), None)
    assert flags(appraised(write(tmp_path, changed(*changes, undeclared)))) == ["unseen"]


def test_too_few_women_are_seen_where_the_interval_crosses_no_threshold(tmp_path: Path) -> None:
    """Guidance 34: 40 women and RR 1.50 (1.20 to 1.60) of 210 per 1000; an interval that narrow from so few."""
    changes = [
        ((*LOSS, "body", "numbers"), {
            **NUMBERS, "estimate": 1.5, "lower": 1.2, "upper": 1.6, "participants": 40, "events": 10,
        }),
        ((*LOSS, "thresholds", "information"), {"relative_change": 0.25, "because": "b"}),
    ]  # fmt: skip
    found = appraised(write(tmp_path, changed(*changes)))
    assert flags(found) == ["unseen"]
    (said,) = found.outcomes[0].flags[0].said[1]["found"]  # type: ignore[misc, attr-defined]
    assert said[0] == "grade.found-size-below"
    declared = ((*LOSS, "thresholds", "information", "far_below"), 0.5)
    assert flags(appraised(write(tmp_path, changed(*changes, declared, judged("imprecision", -1))))) == ["one-level"]


@pytest.mark.parametrize(("claimed", "flag"), [("very-low", "claimed-overall-open"), ("high", "claimed-overall-open")])
def test_an_outcome_of_unset_importance_may_be_critical(tmp_path: Path, claimed: str, flag: str) -> None:
    """What is certain of the critical ones is no lower bound: the other may be critical and have nothing."""
    unset = (("outcomes", 1, "importance"), None)
    assert flags(appraised(write(tmp_path, changed(unset, (("claimed",), claimed))))) == [flag]


def test_the_critical_outcomes_are_an_upper_bound_whatever_is_unset(tmp_path: Path) -> None:
    changes = [(("outcomes", 1, "importance"), None), (("claimed",), "high"), judged("risk_of_bias", -1)]
    found = appraised(write(tmp_path, changed(*changes)))
    assert [(flag.id, flag.said[1].get("lowest")) for flag in found.flags] == [("claimed-overall-other", "very-low")]


def test_the_example_of_contradictions_shows_most_of_them() -> None:
    found = flags(appraised(EXAMPLES / "synthetic-contradictions.yaml"))
    assert set(found) == {
        "no-harm", "claimed-overall-differs", "strong-on-low", "up-randomised", "up-and-down", "unseen", "unfounded",
        "not-large", "claimed-differs", "start-high",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["synthetic-complete", "lmwh-inherited-thrombophilia"])
def test_the_other_examples_contradict_nothing(name: str) -> None:
    assert flags(appraised(EXAMPLES / f"{name}.yaml")) == []
