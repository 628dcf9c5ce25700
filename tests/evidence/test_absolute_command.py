"""`decidua absolute`: options, rows, effects of one's own, every format, both languages."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from decidua.cli.main import cli
from decidua.errors import UsageError
from decidua.evidence.comparisons import NOTHING
from decidua.reports.absolute.models import AbsoluteView

OWN = ("absolute", "--effect", "RR 0.92 0.80 1.05", "--baseline", "30%", "--design", "randomised")


def run(*arguments: str) -> str:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False).output


def view(*arguments: str) -> AbsoluteView:
    return AbsoluteView.model_validate_json(run(*arguments, "--format", "json"))


def test_the_handbook_example_is_given_by_the_user() -> None:
    said = run(*OWN, "--outcome", "miscarriage")
    assert "24 fewer" in said
    assert "NNTB 42 (NNTB 17 to ∞ to NNTH 67)" in said
    assert "given by you" in said


def test_without_an_outcome_benefit_and_harm_are_not_named() -> None:
    said = " ".join(run(*OWN).split())
    assert "NNTB" not in said
    assert "No source says which direction is good" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--effect", "RR 0.9 0.8 1.1", "--baseline", "30%"), "--design randomised"),
        (("--effect", "RR 0.9 0.8 1.1", "--design", "randomised"), "--baseline"),
        (("--effect", "RR nine", "--baseline", "30%", "--design", "randomised"), "cannot be read"),
        (("--effect", "RR 0.9 1.0 1.1", "--baseline", "30%", "--design", "randomised"), "between its limits"),
        (("--effect", "RR 0 0 1.1", "--baseline", "30%", "--design", "randomised"), "above 0"),
        (("--effect", "RR 4 3 5", "--baseline", "30%", "--design", "randomised"), "120 %"),
        (("ivig", "--effect", "RR 0.9 0.8 1.1", "--design", "randomised"), "not both"),
        (("ivig", "--design", "randomised"), "belongs to --effect"),
        (("ivig", "--baseline", "0.3"), "percentage"),
        (("ivig", "--baseline", "100%"), "percentage"),
        (("ivvig",), "ivig"),
        (("ivig-reviews/wang",), "ivig-reviews/wang-2016"),
    ],
)
def test_what_cannot_be_is_said(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        run("absolute", *arguments)


def test_an_option_lists_every_estimate_allowed_or_refused_with_reasons() -> None:
    report = view("absolute", "ivig")
    assert len(report.estimates) == 18
    refused = [one for one in report.estimates if one.refused]
    assert len(refused) == 10
    assert all(reason.says for one in refused for reason in one.refused)
    assert all(one.results or one.not_carried for one in report.estimates if not one.refused)
    [egerup] = [one for one in report.estimates if one.id == "ivig-reviews/egerup-2015"]
    assert egerup.refused[0].discrepancy == "asri-2025.discrepancy.ivig-egerup-outcome"
    assert not egerup.results


def test_a_ratio_too_large_for_its_baseline_is_refused_or_left_open() -> None:
    chosen = ("absolute", "corticosteroid-reviews/dan-2015", "--baseline")
    [dan] = view(*chosen, "baseline.promise").estimates
    assert [one.reasons[0].kind for one in dan.not_carried] == ["risk-outside"]
    [dan] = view(*chosen, "baseline.alife-trying").estimates
    [trying] = dan.results
    assert (trying.fit, trying.upper, trying.picture) == ("other", None, None)
    assert any("left open" in said for said in trying.says)


def test_other_women_are_refused_unless_they_are_chosen() -> None:
    for option in ("heparin", "corticosteroids", "g-csf", "ivig", "intralipid"):
        assert all(result.fit != "other" for one in view("absolute", option).estimates for result in one.results)
    [dan] = view("absolute", "corticosteroid-reviews/dan-2015").estimates
    refused = {one.baseline: one.reasons[0].kind for one in dan.not_carried}
    assert refused["baseline.promise"] == "baseline-other-women"


def test_an_interval_that_ends_at_no_effect_reaches_it() -> None:
    """Wang 2016, line 185: RR 1.25 (1.00 to 1.56)."""
    [wang] = view("absolute", "ivig-reviews/wang-2016").estimates
    for result in wang.results:
        assert "The interval reaches no effect." in result.says
        assert result.crosses
        assert not any("both directions" in said for said in result.says)
        assert any("∞" in said or "limits is open" in said for said in result.says)
    assert any("p = 0.05" in note for note in wang.notes)


def test_own_controls_stand_first_and_an_unknown_start_is_said() -> None:
    [mekinian] = view("absolute", "corticosteroid-reviews/mekinian-2016").estimates
    first, *others = mekinian.results
    assert (first.baseline.counts, first.fit) == ((57, 201), "own")
    assert not any("from when" in said for said in first.says)
    assert others
    assert all(any("from when" in said for said in one.says) for one in others)


def test_counts_are_called_what_they_are() -> None:
    """Line 439 prints percentages; the trial's own counts are not in the talk."""
    effects = {one.id: one.effect.says for one in view("absolute", "g-csf").estimates if one.effect}
    assert "from the printed percentages and group sizes (4/23, 3/27)" in effects["g-csf-studies/zafardoust-2017"]
    [yamada] = view("absolute", "ivig-trial-outcomes/course").estimates
    assert yamada.effect
    assert "the publication's counts 31/50, 17/49" in yamada.effect.says


def test_an_adjusted_odds_ratio_is_said_to_be_conditional() -> None:
    [adjusted] = view("absolute", "alife2-outcome/live-birth/adjusted").estimates
    assert any("conditional" in note for note in adjusted.notes)


def test_pictures_only_for_women_of_the_same_kind() -> None:
    for option in ("heparin", "corticosteroids", "g-csf", "ivig"):
        for one in view("absolute", option).estimates:
            for result in one.results:
                assert (result.picture is not None) == (result.fit in ("own", "same"))


def test_one_chosen_baseline_is_drawn_where_the_women_are_not_printed() -> None:
    report = view("absolute", "ivig-reviews/wong-2014", "--baseline", "baseline.promise")
    [result] = report.estimates[0].results
    assert result.fit == "unprinted"
    assert result.picture is not None


def test_only_comparisons_with_nothing_are_carried_to_sourced_baselines() -> None:
    from decidua.content import load
    from decidua.evidence import read_evidence
    from decidua.evidence.estimates import read_estimates

    content = load()
    estimates = read_estimates(content, read_evidence(content)).estimates
    for option in ("ivig", "intralipid", "g-csf", "heparin"):
        for one in view("absolute", option).estimates:
            if one.results and one.id:
                assert estimates[one.id].said.against in NOTHING


def test_harms_stand_beside_benefits_and_keep_their_denominators() -> None:
    harms = {harm.id: harm for harm in view("absolute", "ivig").harms}
    preterm = harms["harm.ivig-trial.preterm"]
    assert preterm.picture is not None
    assert (preterm.picture.left.per_100, preterm.picture.right.per_100) == pytest.approx((100 / 17, 1300 / 29))
    assert preterm.per == "live-birth"
    assert harms["harm.ivig-trial.mild"].picture is None
    assert harms["harm.ivig-trial.mild"].why_not
    assert harms["harm.ivig-trial.anomaly"].mismatches


@pytest.mark.parametrize("option", ["ivig", "g-csf", "corticosteroids", "hcg", "vitamin-d"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_format_in_both_languages(option: str, lang: str) -> None:
    page = run("absolute", option, "--format", "html", "--lang", lang)
    assert f'<html lang="{lang}">' in page
    assert "<script" not in page
    rows = list(csv.DictReader(io.StringIO(run("absolute", option, "--format", "csv", "--lang", lang))))
    assert rows
    assert {row["shown"] for row in rows} <= {"yes", "no"}
    assert run("absolute", option, "--lang", lang)


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(UsageError, match="nothing of it can be drawn"):
        run("absolute", "hcg", "--format", "svg")


def test_a_file_that_exists_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "ivig.svg"
    run("absolute", "ivig", "--format", "svg", "--out", str(file))
    assert file.read_text("utf-8").startswith("<svg")
    with pytest.raises(UsageError, match="exists"):
        run("absolute", "ivig", "--format", "svg", "--out", str(file))


WITHOUT = "import sys; sys.modules['numpy'] = sys.modules['scipy'] = None; from decidua.cli.main import main; main()"


@pytest.mark.parametrize("arguments", [("absolute", "g-csf"), ("evidence", "g-csf-trial", "--format", "json")])
def test_without_numpy(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", WITHOUT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_harms_in_words_stand_beside_a_row_too() -> None:
    """Line 154 of the talk: preterm delivery, low birth weight, pre-eclampsia with corticosteroids."""
    assert any("reterm" in said for said in view("absolute", "corticosteroid-reviews/dan-2015").safety)
