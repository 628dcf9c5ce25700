"""Which printed rows may be shown in absolute terms, and each kind of refusal; baselines and harms."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

from decidua.content import Content
from decidua.errors import ContentError
from decidua.evidence import Evidence, Verdict
from decidua.evidence.estimates import Estimates, arm_counts, read_estimates
from decidua.evidence.randomised import baseline_refusals, mismatches, refusals, start_unprinted, whose


@pytest.fixture(scope="session")
def estimates(content: Content, evidence: Evidence) -> Estimates:
    return read_estimates(content, evidence)


REFUSED = {
    "corticosteroid-reviews/ma-2022": {"design-mixed"},
    "ivig-reviews/voon-2020": {"design-not-randomised"},
    "ivig-reviews/egerup-2015": {"discrepancy"},
    "ivig-reviews/achilli-2018": {"discrepancy"},
    "ivig-reviews/shi-2022": {"discrepancy"},
    "ivig-trial/live-week-4-5": {"subgroup"},
    "ivig-trial/live-week-6": {"subgroup", "mismatch"},
    "intralipid-outcomes/rpl-miscarriage": {"design-not-printed", "mismatch"},
    "intralipid-outcomes/all-live-birth": {"design-mixed"},
    "intralipid-outcomes/all-implantation": {"design-not-printed"},
    "intralipid-conclusions/implantation": {"design-not-printed"},
    "vitamin-d-forest/total": {"exposure", "design-not-printed"},
    "calcineurin-forest/cheng-2022": {"design-not-randomised", "discrepancy"},
    "calcineurin-forest/nakagawa-2015": {"design-not-printed", "discrepancy", "interval"},
    "g-csf-studies/scarpellini-2009": {"mismatch", "interval"},
    "hcg-numbers/cochrane": {"design-not-printed", "interval"},
    "lit-numbers/trials": {"design-not-printed", "outcome", "interval"},
    "antiphospholipid-outcomes/heparin-aspirin/live": {"design-quasi"},
    "antiphospholipid-outcomes/by-heparin/lmwh": {"design-quasi", "subgroup"},
    "thrombophilia-reviews/de-jong-lmwh": {"design-quasi", "measure"},
    "thrombophilia-reviews/skeith-2016": {"mismatch", "discrepancy"},
    "alife2-subgroups/losses-2": {"subgroup"},
}
ALLOWED = {
    "corticosteroid-reviews/dan-2015", "corticosteroid-reviews/mekinian-2016", "ivig-reviews/christiansen-2005",
    "ivig-reviews/hutton-2007", "ivig-reviews/ata-2011", "ivig-reviews/wong-2014", "ivig-reviews/wang-2016",
    "ivig-reviews/roepke-2018", "ivig-reviews/christiansen-2019", "ivig-trial-outcomes/course/ongoing",
    "intralipid-outcomes/rct-clinical-pregnancy", "intralipid-outcomes/rct-live-birth", "g-csf-trial/live-births",
    "g-csf-trial/miscarriages", "g-csf-studies/eapen-2019/pregnancy", "g-csf-studies/eapen-2019/live-birth",
    "g-csf-studies/zafardoust-2017", "g-csf-studies/fu-2015", "alife2-outcome/live-birth/unadjusted",
    "alife2-outcome/live-birth/adjusted", "alife2-outcome/live-birth/difference",
}  # fmt: skip


@pytest.mark.parametrize("id_", REFUSED)
def test_why_not(id_: str, estimates: Estimates, verdicts: dict[str, Verdict]) -> None:
    assert {one.key for one in refusals(estimates.estimates[id_], verdicts)} == REFUSED[id_]


def test_nothing_else_is_allowed(estimates: Estimates, verdicts: dict[str, Verdict]) -> None:
    """Read off the talk by hand: rows that print 'all RCT', 'RCTs only' or 'RCT', whole, without a contradiction."""
    assert {id_ for id_, one in estimates.estimates.items() if not refusals(one, verdicts)} == ALLOWED


def test_a_review_gives_its_printed_effect_never_one_of_summed_counts(estimates: Estimates) -> None:
    assert all(not one.from_counts for one in estimates.estimates.values() if one.row.review)
    assert estimates.estimates["corticosteroid-reviews/mekinian-2016"].effect is not None
    for one in estimates.estimates.values():
        if one.row.review and one.effect:
            printed = f"{one.table}/{one.row.key}/{one.said.effect}.estimate"
            assert printed in one.refs


def test_a_number_that_ceases_to_follow_takes_its_row_with_it(estimates: Estimates, changed: object) -> None:
    one = estimates.estimates["alife2-outcome/live-birth/unadjusted"]
    wrong = changed("alife2-outcome/live-birth/unadjusted.estimate", "1.40")  # type: ignore[operator]
    assert "mismatch" in {reason.key for reason in refusals(one, wrong)}


def test_every_mismatch_on_a_row_is_found_or_weighed(estimates: Estimates, verdicts: dict[str, Verdict]) -> None:
    for one in estimates.estimates.values():
        wrong = mismatches(one.refs, verdicts)
        cleared = {weighed.of for weighed in one.said.weighed if not weighed.bars}
        barring = [verdict for verdict in wrong if verdict.claim.rsplit("/", 1)[0] not in cleared]
        assert len(barring) == sum(reason.key == "mismatch" for reason in refusals(one, verdicts))


@pytest.mark.parametrize(
    ("estimate", "baseline", "keys"),
    [
        ("g-csf-trial/miscarriages", "baseline.promise", {"baseline-other-outcome"}),
        ("corticosteroid-reviews/dan-2015", "baseline.brigham-2-losses-age-20-25",
         {"baseline-outcome-unknown", "baseline-range"}),
        ("alife2-outcome/live-birth/difference", "baseline.promise", {"baseline-difference"}),
        ("alife2-outcome/live-birth/difference", "baseline.alife2", set()),
        ("intralipid-outcomes/rct-live-birth", "baseline.promise", {"baseline-wider"}),
        ("antiphospholipid-outcomes/lmwh-alone", "baseline.promise", {"baseline-other-comparator"}),
        ("corticosteroid-reviews/mekinian-2016", "baseline.promise", set()),
        ("corticosteroid-reviews/dan-2015", "baseline.promise", {"baseline-other-women"}),
        ("corticosteroid-reviews/dan-2015", "baseline.corticosteroids-dan", set()),
        ("corticosteroid-reviews/mekinian-2016", "baseline.corticosteroids-dan", {"baseline-only-own"}),
        ("alife2-outcome/live-birth/adjusted", "baseline.promise", {"baseline-other-women"}),
        ("alife2-outcome/live-birth/adjusted", "baseline.alife-trying", {"baseline-other-start"}),
        ("g-csf-studies/eapen-2019/live-birth", "baseline.alife-trying", {"baseline-other-start"}),
        ("g-csf-studies/eapen-2019/live-birth", "baseline.alife-pregnant", set()),
        ("g-csf-studies/fu-2015", "baseline.g-csf-zafardoust", {"baseline-only-own"}),
        ("g-csf-studies/fu-2015", "baseline.g-csf-fu", set()),
    ],
)  # fmt: skip
def test_a_baseline_is_of_the_same_outcome_and_comparison(
    estimate: str, baseline: str, keys: set[str], estimates: Estimates
) -> None:
    found = baseline_refusals(estimates.estimates[estimate], estimates.baselines[baseline])
    assert {one.key for one in found} == keys


def test_other_women_only_where_they_are_chosen(estimates: Estimates) -> None:
    dan, alife2 = (
        estimates.estimates[id_] for id_ in ("corticosteroid-reviews/dan-2015", "alife2-outcome/live-birth/adjusted")
    )
    promise, trying = (estimates.baselines[id_] for id_ in ("baseline.promise", "baseline.alife-trying"))
    assert baseline_refusals(dan, promise)
    assert not baseline_refusals(dan, promise, chosen=True)
    assert {one.key for one in baseline_refusals(alife2, trying, chosen=True)} == {"baseline-other-start"}


def test_women_selected_by_a_finding_are_like_no_others(estimates: Estimates) -> None:
    """Line 146: uterine NK cells of 5 % or more; PMC9251568: a loss with normal chromosomes."""
    yamada = estimates.estimates["ivig-trial-outcomes/course/ongoing"]
    assert whose(yamada, estimates.baselines["baseline.corticosteroids-dan"]) == "other"
    assert whose(yamada, estimates.baselines["baseline.ivig-trial"]) == "own"
    assert whose(estimates.estimates["ivig-trial/live-week-6"], estimates.baselines["baseline.promise"]) == "unprinted"


def test_it_is_known_where_the_print_leaves_the_start_open(estimates: Estimates) -> None:
    promise = estimates.baselines["baseline.promise"]
    assert start_unprinted(estimates.estimates["corticosteroid-reviews/mekinian-2016"], promise)
    assert not start_unprinted(estimates.estimates["g-csf-studies/eapen-2019/live-birth"], promise)
    own = estimates.baselines["baseline.g-csf-trial"]
    assert not start_unprinted(estimates.estimates["g-csf-trial/live-births"], own)


def test_counts_of_a_publication_give_its_odds_ratio(estimates: Estimates) -> None:
    """PMC9251568, abstract: 31 of 50 against 17 of 49; the ratio by Woolf from these counts."""
    one = estimates.estimates["ivig-trial-outcomes/course/ongoing"]
    assert one.effect is not None
    shown = [round(value, 2) for value in (one.effect.estimate, one.effect.lower, one.effect.upper)]
    assert shown == [3.07, 1.35, 6.97]
    assert estimates.baselines["baseline.ivig-trial"].counts == (17, 49)


def test_baselines_are_not_a_second_copy(content: Content, estimates: Estimates) -> None:
    """A baseline of a chance has the chance's number, or the counts behind it, rounded alike."""
    for one in estimates.baselines.values():
        if one.said.chance is None:
            continue
        per_100 = content.items["chances"][one.said.chance].data["per_100"]
        if isinstance(per_100, list):
            assert one.risk is None
        else:
            decimals = len(per_100.partition(".")[2])
            assert one.risk is not None
            assert round(100 * one.risk, decimals) == float(per_100)


@pytest.mark.parametrize(
    ("harm", "treated", "control"),
    [
        ("harm.ivig-trial.preterm", (13, 29), (1, 17)),
        ("harm.ivig-trial.growth", (10, 29), (0, 17)),
        ("harm.ivig-trial.anomaly", (4, 29), (0, 17)),
        ("harm.g-csf-trial.rash", (1, 35), (0, 33)),
        ("harm.g-csf-trial.leukocytosis", (2, 35), (0, 33)),
        ("harm.g-csf-eapen.adverse", (52, 76), (43, 74)),
        ("harm.g-csf-eapen.preterm", (5, 45), (8, 48)),
        ("harm.ivig-trial.mild", (None, None), (None, None)),
    ],
)
def test_harms_keep_their_denominators(
    harm: str, treated: tuple[int, int], control: tuple[int, int], evidence: Evidence, estimates: Estimates
) -> None:
    said = estimates.harms[harm]
    for arm, counts in ((said.treated, treated), (said.control, control)):
        found = arm_counts(evidence, arm)
        assert (found.events, found.total) == counts


def test_harms_among_live_births_are_not_called_randomised(estimates: Estimates) -> None:
    for harm in estimates.harms.values():
        assert (harm.per == "live-birth") <= (harm.randomised is False)


BREAKS = [
    ("comparisons", "comparisons.ivig-reviews", ("rows", "wong-2014", "printed"), "9 (all RCT)", "printed neither"),
    ("comparisons", "comparisons.ivig-reviews", ("rows", "wong-2014", "design"), None, "give a `design`"),
    ("comparisons", "comparisons.ivig-reviews", ("default", "outcome"), "birth", "not among the outcomes"),
    ("comparisons", "comparisons.ivig-reviews", ("default", "arms", "a"), "treat.events", "no printed number"),
    ("comparisons", "comparisons.ivig-reviews", ("table",), "ivig", "not among the tables"),
    ("comparisons", "comparisons.ivig-trial-outcomes", ("rows", "course/ongoing", "cites"), [], "need the publication"),
    ("baselines", "baseline.promise", ("chance",), "chance.none", "not among the chances"),
    ("baselines", "baseline.alife2", ("total",), "alife2-outcome/groups/n", "no printed number"),
    ("harms", "harm.ivig-trial.mild", ("treated", "percent"), "ivig-trial-outcomes/adverse/some", "no printed number"),
]


@pytest.mark.parametrize(("kind", "id_", "path", "value", "said"), BREAKS)
def test_what_leads_nowhere_is_told(
    kind: str, id_: str, path: tuple[str, ...], value: object, said: str, content: Content, evidence: Evidence
) -> None:
    item = content.items[kind][id_]
    data = deepcopy(item.data)
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    items = {**content.items, kind: {**content.items[kind], id_: replace(item, data=data)}}
    with pytest.raises(ContentError) as raised:
        read_estimates(replace(content, items=items), evidence)
    assert any(id_ in problem and said in problem for problem in raised.value.problems)


def test_a_contradiction_about_an_outcome_must_be_weighed(content: Content) -> None:
    from decidua.check.comparisons import comparison_problems
    from decidua.guidelines.knowledge import assemble

    assert not list(comparison_problems(assemble(content)))
    item = content.items["comparisons"]["comparisons.ivig-reviews"]
    data = deepcopy(item.data)
    del data["rows"]["egerup-2015"]["weighed"]
    items = {**content.items, "comparisons": {**content.items["comparisons"], item.id: replace(item, data=data)}}
    found = list(comparison_problems(assemble(replace(content, items=items))))
    assert any("ivig-egerup-outcome" in problem.message for problem in found)
