"""The numbers beside the judgements, against published ones."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from appraisal.grade_files import LOSS, NUMBERS, appraised, changed, write
from decidua.appraisal.grade import Body, Check, StudyEffect
from decidua.appraisal.grade.inconsistency import bands, overlap
from decidua.appraisal.grade.information_size import information_size, per_group
from decidua.appraisal.grade.per_thousand import PerThousand
from decidua.reports.grade.words import tell

# ---- optimal information size ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p1", "p2", "power", "n"), [(0.50, 0.75, 0.90, 76.7), (0.90, 1.0, 0.80, 73.37)])
def test_per_group_as_on_the_help_page_of_power_prop_test(p1: float, p2: float, power: float, n: float) -> None:
    """R 4.2.2, `?power.prop.test`, examples 2 and 6."""
    assert per_group(p1, p2, 0.05, power) == pytest.approx(n, abs=0.05)


def test_zar_1999_example_24_26_with_its_continuity_correction() -> None:
    """Zar, Biostatistical Analysis, 1999, p. 561, in Unistat's guide 6.7.6.1: 127.2343 for 0.45 and 0.25, power 0.9.

    The print has Fleiss's correction: n/4 (1 + √(1 + 4/(n d)))².
    """
    n, d = per_group(0.45, 0.25, 0.05, 0.9), 0.20
    assert n / 4 * (1 + sqrt(1 + 4 / (n * d))) ** 2 == pytest.approx(127.2343, abs=1e-4)


def test_the_figure_of_guidelines_6_by_kce() -> None:
    """KCE Process Book 5.5.4, from a figure: control rate 0.2 and a reduction by 25 % need approximately 2000."""
    assert information_size(0.2, -0.25) == pytest.approx(2000, rel=0.10)


@pytest.mark.parametrize(("risk", "change"), [(0.8, 0.25), (0.8, 0.5), (0.5, -1.0), (0.5, 0.0)])
def test_a_change_to_a_risk_that_is_none_is_refused(risk: float, change: float) -> None:
    with pytest.raises(ValueError, match="risk"):
        information_size(risk, change)


# ---- summary of findings --------------------------------------------------------------------------------------------


def absolute_of(folder: Path, baseline: float, **numbers: object) -> PerThousand:
    file = write(folder, changed(
        ((*LOSS, "body", "numbers"), {**NUMBERS, **numbers}),
        ((*LOSS, "thresholds", "baseline"), {"per_1000": baseline, "because": "b"}),
    ))  # fmt: skip
    found = appraised(file).outcomes[0].absolute
    assert isinstance(found, PerThousand)
    return found


def test_accp_2012_table_25_stockings_for_postthrombotic_syndrome(tmp_path: Path) -> None:
    """Kearon et al., Chest 2012 (PMC3278049, table 25), symptomatic relief: RR 0.96 (0.70–1.31), 579 per 1000,
    23 fewer per 1000 (from 174 fewer to 179 more)."""
    found = absolute_of(tmp_path, 579, estimate=0.96, lower=0.70, upper=1.31)
    assert found.lower is not None
    assert found.upper is not None
    assert [round(v) for v in (found.difference, found.lower, found.upper)] == [-23, -174, 179]


@pytest.mark.parametrize(("odds", "baseline", "risks"), [
    ((0.10, 0.04, 0.25), 10, (1, 0, 3)), ((0.10, 0.04, 0.25), 30, (3, 1, 8)), ((0.45, 0.18, 1.13), 13, (6, 2, 15)),
])  # fmt: skip
def test_cochrane_stockings_for_airline_passengers(
    tmp_path: Path, odds: tuple[float, ...], baseline: float, risks: tuple[int, ...]
) -> None:
    """Clarke et al., Cochrane CD004002, as tabled by EBM Guidelines: symptomless DVT at low and high risk, superficial
    vein thrombosis; odds ratios, risks with stockings per 1000."""
    estimate, lower, upper = odds
    found = absolute_of(tmp_path, baseline, measure="OR", estimate=estimate, lower=lower, upper=upper)
    assert found.lower is not None
    assert found.upper is not None
    assert [round(v) for v in (found.risk, baseline + found.lower, baseline + found.upper)] == list(risks)


@pytest.mark.parametrize(("changes", "why"), [
    ([((*LOSS, "design"), "non-randomised")], "grade.why-non-randomised"),
    ([((*LOSS, "design"), None)], "grade.why-design"),
    ([((*LOSS, "thresholds", "baseline"), None)], "grade.why-baseline"),
    ([((*LOSS, "body", "numbers", "measure"), "MD")], "grade.why-measure"),
    ([((*LOSS, "body", "numbers", "upper"), 9.0), ((*LOSS, "body", "numbers", "estimate"), 5.0)], "grade.why-outside"),
    ([((*LOSS, "body"), {"none_because": "none"})], "grade.why-no-body"),
    ([((*LOSS, "body"), {"cells": {
        "table": "thrombophilia-reviews", "rows": ["skeith-2016"], "measure": "RR",
        "columns": {"estimate": "effect.estimate", "lower": "effect.lower", "upper": "effect.upper"},
    }})], "grade.why-mismatch"),
])  # fmt: skip
def test_no_number_per_1000_without_a_reason(tmp_path: Path, changes: list[Any], why: str) -> None:
    found = appraised(write(tmp_path, changed(*changes))).outcomes[0].absolute
    assert not isinstance(found, PerThousand)
    assert found[0] == why


def test_a_limit_beyond_1000_is_open_and_the_rest_is_shown(tmp_path: Path) -> None:
    """RR 0.7 (0.62 to 9) of 210 per 1000: the upper limit would be 1890 per 1000."""
    found = absolute_of(tmp_path, 210, upper=9.0)
    assert found.lower is not None
    assert [round(v) for v in (found.difference, found.lower)] == [-63, -80]
    assert found.upper is None
    checks = appraised(tmp_path / "appraisal.yaml").outcomes[0].checks
    assert next(check for check in checks if check.id == "threshold").suggests == "down-more"


# ---- checks ---------------------------------------------------------------------------------------------------------


def check_of(folder: Path, id_: str, *changes: Any) -> Check:
    checks = appraised(write(folder, changed(*changes))).outcomes[0].checks
    return next(check for check in checks if check.id == id_)


@pytest.mark.parametrize(("threshold", "suggests"), [(5, "no-down"), (10, "down")])
def test_guidelines_6_stroke_example(tmp_path: Path, threshold: float, suggests: str) -> None:
    """Guyatt et al. 2011, section on binary outcomes: a reduction of 1.3 % (0.6 to 2.0) is precise enough where 0.5 %
    decides, and is not where 1 % does."""
    found = check_of(
        tmp_path, "threshold",
        ((*LOSS, "body", "numbers"), {"measure": "RD", "estimate": -0.013, "lower": -0.020, "upper": -0.006,
                                      "source": "guidelines 6"}),
        ((*LOSS, "thresholds", "important", "per_1000"), [threshold]),
    )  # fmt: skip
    assert found.suggests == suggests


def test_an_interval_over_two_thresholds_suggests_more_than_one_level(tmp_path: Path) -> None:
    """GRADE Guidance 34."""
    numbers = {**NUMBERS, "estimate": 1.0, "lower": 0.7, "upper": 1.4}
    assert check_of(tmp_path, "threshold", ((*LOSS, "body", "numbers"), numbers)).suggests == "down-more"


@pytest.mark.parametrize(("lower", "upper", "suggests"), [
    (0.80, 1.20, "no-down"), (0.74, 1.10, "down"), (0.90, 1.26, "down"), (0.50, 0.90, "no-down"),
    (0.60, 1.00, "down"), (1.00, 1.90, "down"), (1.00, 1.20, "no-down"),
])  # fmt: skip
def test_appreciable_benefit_or_harm_of_guidelines_6(tmp_path: Path, lower: float, upper: float, suggests: str) -> None:
    numbers = {**NUMBERS, "estimate": (lower * upper) ** 0.5, "lower": lower, "upper": upper}
    assert check_of(tmp_path, "appreciable", ((*LOSS, "body", "numbers"), numbers)).suggests == suggests


@pytest.mark.parametrize(("participants", "far_below", "suggests"), [
    (40, None, "down"), (40, 0.3, "down-more"), (1000, 0.3, "down"), (9000, 0.3, "no-down"),
])  # fmt: skip
def test_far_below_the_information_size_is_what_the_panel_declares(
    tmp_path: Path, participants: int, far_below: float | None, suggests: str
) -> None:
    """GRADE Guidance 34: far below it, more than one level. 210 per 1000 and a quarter fewer need about 1900."""
    information = {"relative_change": -0.25, "because": "b"} | ({"far_below": far_below} if far_below else {})
    found = check_of(
        tmp_path, "information-size", ((*LOSS, "thresholds", "information"), information),
        ((*LOSS, "body", "numbers", "participants"), participants),
    )  # fmt: skip
    assert found.suggests == suggests
    assert ("less than 30 % of it" in tell(found.against, "en")) is (far_below is not None)


@pytest.mark.parametrize("measure", ["MD", "SMD"])
def test_the_information_size_of_a_risk_is_none_of_a_mean(tmp_path: Path, measure: str) -> None:
    information = ((*LOSS, "thresholds", "information"), {"relative_change": -0.25, "because": "b"})
    found = check_of(tmp_path, "information-size", information, ((*LOSS, "body", "numbers", "measure"), measure))
    assert (found.suggests, found.against[0]) == ("not-checked", "grade.no-size-measure")


@pytest.mark.parametrize(("measure", "suggests"), [("MD", "down"), ("SMD", "not-checked")])
def test_thresholds_in_units_are_for_mean_differences(tmp_path: Path, measure: str, suggests: str) -> None:
    """A standardised difference has no units."""
    important = ((*LOSS, "thresholds", "important"), {"units": [0.7], "because": "b"})
    found = check_of(tmp_path, "threshold", important, ((*LOSS, "body", "numbers", "measure"), measure))
    assert found.suggests == suggests


@pytest.mark.parametrize(("intervals", "suggests", "counts"), [
    ([(0.5, 0.9), (0.6, 1.0), (0.7, 1.1)], "no-down", (0, 3)),
    ([(0.5, 0.65), (0.6, 1.0), (0.7, 1.1)], "undecided", (1, 3)),
    ([(0.5, 0.55), (0.6, 1.0), (0.7, 1.1)], "down", (2, 3)),
    ([(0.5, 0.6), (0.7, 1.0)], "down", (1, 1)),
])  # fmt: skip
def test_one_pair_apart_decides_nothing_unless_most_are(
    intervals: list[tuple[float, float]], suggests: str, counts: tuple[int, int]
) -> None:
    effects = tuple(StudyEffect(f"S{at}", (low + high) / 2, low, high) for at, (low, high) in enumerate(intervals))
    body = Body("made up", "RR", 0.8, 0.7, 0.9, studies=len(effects), effects=effects)
    found = overlap(body)
    assert found.found is not None
    assert (found.suggests, (found.found[1]["apart"], found.found[1]["pairs"])) == (suggests, counts)


@pytest.mark.parametrize(("prediction", "suggests"), [
    ([0.6, 0.82], "no-down"), ([0.5, 0.95], "down"), ([0.3, 1.2], "down"),
])  # fmt: skip
def test_a_prediction_interval_is_held_against_the_declared_threshold(
    tmp_path: Path, prediction: list[float], suggests: str
) -> None:
    """Of 210 per 1000, 30 fewer is RR 0.857: the interval of 0.62 to 0.79 does not cross it."""
    changes = [((*LOSS, "body", "numbers", "prediction"), prediction)]
    assert check_of(tmp_path, "prediction-threshold", *changes).suggests == suggests
    wide = ((*LOSS, "body", "numbers", "upper"), 0.9)
    assert check_of(tmp_path, "prediction-threshold", *changes, wide).suggests in ("undecided", "down")
    undeclared = ((*LOSS, "thresholds", "important"), None)
    with pytest.raises(StopIteration):
        check_of(tmp_path, "prediction-threshold", *changes, undeclared)


@pytest.mark.parametrize(("id_", "change", "why"), [
    ("threshold", ((*LOSS, "thresholds", "important"), None), "grade.no-threshold"),
    ("information-size", ((*LOSS, "thresholds", "information"), None), "grade.no-information"),
    ("i2", ((*LOSS, "body", "numbers", "i2"), None), "grade.no-i2"),
    ("q", ((*LOSS, "body", "numbers", "q_p"), None), "grade.no-q"),
    ("asymmetry", ((*LOSS, "body", "numbers", "studies"), None), "grade.no-k"),
    ("asymmetry", ((*LOSS, "body", "numbers", "studies"), 9), "grade.few-studies"),
    ("asymmetry", ((*LOSS, "body", "numbers", "studies"), 10), "grade.no-asymmetry"),
])  # fmt: skip
def test_what_is_not_declared_or_given_is_not_checked(tmp_path: Path, id_: str, change: Any, why: str) -> None:
    found = check_of(tmp_path, id_, change)
    assert (found.suggests, found.against[0], found.agrees) == ("not-checked", why, None)


@pytest.mark.parametrize(("i2", "held"), [
    (0, ["little"]), (30, ["little", "moderate"]), (40, ["little", "moderate"]), (55, ["moderate", "substantial"]),
    (65, ["substantial"]), (80, ["substantial", "considerable"]), (95, ["considerable"]),
])  # fmt: skip
def test_bands_of_the_cochrane_handbook_overlap(i2: float, held: list[str]) -> None:
    """Section 10.10.2: 0–40, 30–60, 50–90, 75–100 %."""
    assert bands(i2) == held


@pytest.mark.parametrize(("ratio", "suggests"), [
    (1.9, "no-up"), (2.1, "up-one"), (5.1, "up-two"), (0.51, "no-up"), (0.49, "up-one"), (0.19, "up-two"),
])  # fmt: skip
def test_large_effects_of_guidelines_9(tmp_path: Path, ratio: float, suggests: str) -> None:
    numbers = {**NUMBERS, "estimate": ratio, "lower": ratio * 0.9, "upper": ratio * 1.1}
    found = check_of(tmp_path, "ratio", ((*LOSS, "body", "numbers"), numbers), ((*LOSS, "design"), "non-randomised"))
    assert found.suggests == suggests


def test_an_odds_ratio_is_converted_before_it_is_called_large(tmp_path: Path) -> None:
    """OR 3 at a baseline of 40 % is RR 5/3: not large."""
    changes = (
        ((*LOSS, "design"), "non-randomised"),
        ((*LOSS, "body", "numbers"), {**NUMBERS, "measure": "OR", "estimate": 3.0, "lower": 2.5, "upper": 3.5}),
        ((*LOSS, "thresholds", "baseline", "per_1000"), 400),
    )
    found = check_of(tmp_path, "ratio", *changes)
    assert found.found is not None
    assert found.found[1]["ratio"] == pytest.approx(5 / 3)
    assert found.suggests == "no-up"
    unknown = check_of(tmp_path, "ratio", *changes, ((*LOSS, "thresholds", "baseline"), None))
    assert unknown.suggests == "not-checked"


def test_studies_of_a_shipped_table_are_pooled_as_pool_does(tmp_path: Path) -> None:
    """The vitamin D plot as RevMan 5 drew it prints 1.60 [1.11, 2.30], I² 35 %, of 6338 women."""
    studies = ["andersen-2015", "flood-nichols-2015", "barebring-2018", "mumford-2018", "thiele-2019", "christoph-2020"]
    cells = {
        "table": "vitamin-d-forest", "rows": studies, "measure": "OR", "model": "random", "method": "MH",
        "columns": {"ai": "low-events", "n1i": "low-total", "ci": "enough-events", "n2i": "enough-total"},
    }  # fmt: skip
    body = appraised(write(tmp_path, changed(((*LOSS, "body"), {"cells": cells})))).outcomes[0].body
    assert body is not None
    assert [round(v, 2) for v in (body.estimate, body.lower, body.upper)] == [1.60, 1.11, 2.30]
    assert (body.studies, body.participants, body.events) == (6, 6338, 297)
    assert body.i2 == pytest.approx(34.8, abs=0.05)
