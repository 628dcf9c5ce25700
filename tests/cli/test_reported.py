"""Misleading output that was once reported: each test holds what was mended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.running import ROOT, run

pytestmark = pytest.mark.usefixtures("quick")
EXAMPLE = ROOT / "examples"


def consulted(text: str) -> Any:
    ran = run("consult", "-", "--format", "json", stdin=text.encode())
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def cell(said: Any, guideline: str, option: str) -> Any:
    own = next(one for one in said["guidelines"] if one["id"] == guideline)
    return next(one for one in (*own["options"], *own["tests"]) if one["option"] == option)


def states(text: str, guideline: str, option: str) -> dict[str, str]:
    return {check["id"]: check["state"] for check in cell(consulted(text), guideline, option)["before"]}


@pytest.mark.parametrize(
    ("facts", "option"),
    [("aps: yes\nthrombosis: no\nstage: pregnant\nallergy_aspirin: yes", "heparin-aspirin"),
     ("peripheral_nk: raised\nallergy_immunoglobulin: yes", "ivig")],
)  # fmt: skip
def test_no_dose_is_worked_out_for_a_drug_that_she_is_allergic_to(facts: str, option: str) -> None:
    said = consulted(f"losses: 4\nclinical_losses: 4\nweight: 60 kg\n{facts}")
    assert not [r["calculated"] for r in cell(said, "asri-2025", option)["regimens"] if r["calculated"]]


def test_the_matrix_shows_that_the_law_of_her_country_speaks() -> None:
    """LIT in the United States reads "conditional (may), open now", and nothing stands beside it."""
    assert "FDA" in run("consult", str(EXAMPLE / "18-lit-in-the-us.yaml")).out


def test_a_known_result_was_measured() -> None:
    losses = "losses: 3\nclinical_losses: 3\n"
    tacrolimus = states(f"{losses}th1_th2_ratio: raised", "asri-2025", "tacrolimus")
    assert tacrolimus["tacrolimus.th1-th2-dosing"] == "done"
    vitamin_d = states(f"{losses}vitamin_d: 42 nmol/L\nnorthern_latitude: yes", "asri-2025", "vitamin-d")
    assert vitamin_d["vitamin-d.risk-groups"] == "done"


@pytest.mark.parametrize("fact", ["factor_v_leiden: yes", "on_heparin: yes"])
def test_a_chance_is_not_shown_to_whom_its_trial_left_out(fact: str) -> None:
    said = consulted(f"losses: 3\nclinical_losses: 3\nage: 33\nnatural_conception: yes\nunexplained: yes\n{fact}")
    assert "chance.promise" not in [chance["id"] for chance in said["chances"]]


def test_an_answer_that_is_settled_turns_on_no_test() -> None:
    """IVIG is settled by NK cells, Th1/Th2 and four losses; thyroid antibodies, not measured, change nothing."""
    text = "losses: 4\nclinical_losses: 4\nunexplained: yes\nperipheral_nk: raised\nth1_th2_ratio: raised"
    said = consulted(text)
    assert cell(said, "asri-2025", "ivig")["relevant"] == []
    turning = [found["option"] for found in said["disagreements"] if found["kind"] == "test-against-treatment"]
    assert "ivig" not in turning


@pytest.mark.parametrize("line", ["ana: 양성", "ana: 음성", "peripheral_nk: 상승", "peripheral_nk: 상승 아님"])
def test_what_is_shown_in_korean_can_be_written_in_korean(line: str) -> None:
    assert run("consult", "-", "--option", "ivig", "--lang", "ko", stdin=line.encode()).code == 0


def test_stated_against_computed_says_where_and_yes_or_no() -> None:
    ran = run("consult", "-", stdin=b"unexplained@eshre-2022: yes\naps: yes\n")
    assert ran.err.startswith("stdin:1: ")
    assert "True" not in ran.err


def test_a_bound_without_a_unit_has_one_space() -> None:
    said = consulted('losses: ">= 3"')
    assert {fact["fact"]: fact["value"] for fact in said["patient"]}["losses"] == "3 or more"


def test_certainty_beside_a_settled_answer_is_of_what_surely_applies() -> None:
    said = consulted("losses: 3\nclinical_losses: 3\nunexplained: yes")
    found = cell(said, "asri-2025", "heparin-aspirin")
    surely = {s["certainty"] for s in found["statements"] if s["applies"] == "applies"}
    assert found["answer"] == "evidence-only"
    assert set(found["certainty"]) <= surely


def test_one_loss_leaves_nothing_open() -> None:
    """“Definition not met” or “not in source”: both are silence, and no row has a question mark."""
    said = consulted("losses: 1\nclinical_losses: 1")
    assert {one["group"] for one in said["guidelines"][0]["options"]} == {"silent"}


def test_an_unknown_country_does_not_hide_the_law() -> None:
    """Not said is not elsewhere: the ban in the United States is shown until another country is given."""
    patient = b"losses: 3\nclinical_losses: 3\nunexplained: yes\n"
    assert "FDA" in run("consult", "-", stdin=patient).out
    assert "FDA" not in run("consult", "-", stdin=patient + b"country: KR\n").out


def test_two_that_are_surely_for_stand_alone_though_their_strength_is_open() -> None:
    """Corticosteroids are recommended or conditional here, never less; lymphocytes conditional."""
    said = consulted("losses: 3\nclinical_losses: 3\nunexplained: yes")
    assert cell(said, "asri-2025", "corticosteroids")["answer"] == "needs-data"
    alone = next(one for one in said["alone"] if one["guideline"] == "asri-2025")
    assert {"corticosteroids", "lit"} <= set(alone["options"])
