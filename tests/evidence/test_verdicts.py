"""Every stored verdict is found again; the search says what a hit is worth; each kind of claim can break."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pytest

from decidua.content import Content
from decidua.errors import ContentError
from decidua.evidence import Evidence, Verdict, counts, read_verdicts
from decidua.evidence.methods.candidate import Candidate, Outcome, sure
from decidua.evidence.model import Declared
from decidua.evidence.printed import Printed, rounded, truncated
from decidua.evidence.questions import Question, questions
from decidua.evidence.reproduce import reproduce
from decidua.evidence.verdict import chance_of, grade, judge
from decidua.reports.reproduction import why


def differs(stored: Verdict, fresh: Verdict) -> bool:
    """Values may differ in the sixth digit between machines; nothing else may."""
    one, other = stored.value, fresh.value
    near = one == other or (one is not None and other is not None and math.isclose(one, other, rel_tol=2e-5))
    return not near or replace(stored, value=None) != replace(fresh, value=None)


def test_every_stored_verdict_is_reproducible(verdicts: dict[str, Verdict]) -> None:
    stored = read_verdicts()
    assert list(stored) == list(verdicts), "run `decidua reproduce --write`"
    assert [claim for claim in stored if differs(stored[claim], verdicts[claim])] == []


def test_a_stale_verdict_is_seen(verdicts: dict[str, Verdict]) -> None:
    claim = "vitamin-d-forest/pool/estimate"
    assert differs(replace(read_verdicts()[claim], value=1.61), verdicts[claim])
    assert differs(replace(read_verdicts()[claim], word="mismatch"), verdicts[claim])


def test_claims_are_counted(verdicts: dict[str, Verdict]) -> None:
    found = counts(verdicts.values())
    assert sum(found.values()) == len(verdicts) > 400
    assert found["mismatch"] < found["exact"]


def test_all_claims_within_a_second(evidence: Evidence) -> None:
    start = time.thread_time()
    reproduce(evidence)
    assert time.thread_time() - start < 1.0


def test_every_candidate_method_is_described(evidence: Evidence, verdicts: dict[str, Verdict]) -> None:
    used = {name for v in verdicts.values() for name in (*v.matching, v.method) if name}
    assert used <= set(evidence.methods)


def test_every_mismatch_is_told_as_a_discrepancy(
    content: Content, evidence: Evidence, verdicts: dict[str, Verdict]
) -> None:
    places = [place for item in content.of("discrepancies") for place in item.data["places"]]
    told = {line for place in places if place["source"] == "lee-2025-talk" for line in place["lines"]}
    mismatches = [v for v in verdicts.values() if v.word == "mismatch"]
    assert [v.claim for v in mismatches if not set(evidence.place(v.ref).lines) & told] == []


def test_known_answers(verdicts: dict[str, Verdict]) -> None:
    """RevMan 5 reproduces both forest plots, and Fisher's test and exact intervals the IVIG trial."""
    assert {verdicts[f"vitamin-d-forest/pool/{part}"].method for part in ("estimate", "upper", "tau2")} == {
        "mh-random-revman"
    }
    assert verdicts["vitamin-d-forest/pool/upper"].matching == ("mh-random-revman",)
    assert verdicts["calcineurin-forest/pool/z"].matching == ("mh-fixed",)
    assert verdicts["ivig-trial/live-week-6/test/p"].matching == ("fisher",)
    assert verdicts["ivig-trial/ongoing-week-4-5/ivig-interval/lower"].matching == ("clopper-pearson",)
    assert verdicts["thrombophilia-reviews/skeith-2016/effect/estimate"].note == "crude-outside"
    assert verdicts["ivig-reviews/wang-2016/effect/estimate"].word == "not-recomputable"


FU, LIVE = "g-csf-studies/fu-2015", "ivig-trial/live-week-4-5"
SKEITH = "thrombophilia-reviews/skeith-2016"
BREAKS = {
    "percentage": ("ivig-reviews/ata-2011/treated.percent", "63.5", "ivig-reviews/ata-2011/treated/percent"),
    "whole-number": (f"{FU}/pregnancy-treated", "86.0", f"{FU}/pregnancy-treated/percent"),
    "effect": (f"{LIVE}/effect.estimate", "4.04", f"{LIVE}/effect/estimate"),
    "interval": (f"{LIVE}/ivig-interval.lower", "46.9", f"{LIVE}/ivig-interval/lower"),
    "p": ("ivig-trial/ongoing-week-4-5/p", "0.007", "ivig-trial/ongoing-week-4-5/test/p"),
    "means": ("g-csf-trial/newborn-weight/p", "0.2098", "g-csf-trial/weight-test/p"),
    "middle": ("ivig-reviews/habets-2022/effect.upper", "3.73", "ivig-reviews/habets-2022/middle/estimate"),
    "p from interval": (f"{SKEITH}/effect.p", "0.38", f"{SKEITH}/test/p"),
    "sum": ("vitamin-d-forest/total/low-total", "4103", "vitamin-d-forest/sum-low/total"),
    "pool": ("vitamin-d-forest/total/effect.upper", "2.29", "vitamin-d-forest/pool/upper"),
    "weight": ("vitamin-d-forest/thiele-2019/weight", "6.9", "vitamin-d-forest/pool/weight-thiele-2019"),
    "heterogeneity": ("vitamin-d-forest/statistics/i2", "36", "vitamin-d-forest/heterogeneity/i2"),
    "z": ("vitamin-d-forest/statistics/p-effect", "0.02", "vitamin-d-forest/overall-test/p"),
    "subgroups": ("calcineurin-forest/subgroup-test/chi2", "0.90", "calcineurin-forest/subgroups/chi2"),
    "agreement": ("dose-numbers/ivig-table/dose.upper", "500", "dose-numbers/ivig/upper"),
    "conversion": ("threshold-numbers/vitamin-d-slide/amount", "76", "threshold-numbers/vitamin-d-units/amount"),
    "difference": ("alife2-outcome/live-birth/difference.lower", "-9.3", "alife2-outcome/live-birth/difference/lower"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BREAKS)
def test_broken_on_purpose(kind: str, verdicts: dict[str, Verdict], changed) -> None:  # type: ignore[no-untyped-def]
    ref, text, claim = BREAKS[kind]
    assert verdicts[claim].word in ("exact", "rounding")
    assert changed(ref, text)[claim].word == "mismatch"


def test_reviews_are_never_pooled(evidence: Evidence) -> None:
    options = {"table": "ivig-reviews", "measure": "OR", "model": "random", "rows": ["ata-2011", "wong-2014"],
               "a": "treated.events", "n1": "treated.total", "c": "control.events", "n2": "control.total"}  # fmt: skip
    claim = {
        "id": "x",
        "method": "pool",
        "prints": {"estimate": "ivig-reviews/ata-2011/effect.estimate"},
        "options": options,
    }
    with pytest.raises(ContentError, match="never pooled"):
        reproduce(replace(evidence, claims={"x": Declared.model_validate(claim)}))


def test_a_claim_on_a_number_that_is_not_there(evidence: Evidence) -> None:
    claim = Declared.model_validate({"id": "x", "method": "sum", "prints": {"total": "ivig-trial/nothing/here"}})
    with pytest.raises(ContentError, match="ivig-trial/nothing/here"):
        list(questions(replace(evidence, claims={"x": claim})))


def test_a_method_that_is_not_there(evidence: Evidence) -> None:
    prints = {"total": "ivig-trial/live-week-6/p"}
    claim = Declared.model_validate({"id": "x", "method": "guess", "prints": prints})
    with pytest.raises(ContentError, match="no method 'guess'"):
        reproduce(replace(evidence, claims={"x": claim}))


GRADES = [
    ("0.58", Outcome(0.5837, 0.5837, 0.5837), "exact"),
    ("0.58", Outcome(0.5863, 0.5863, 0.5863), "rounding"),
    ("0.58", Outcome(0.5951, 0.5951, 0.5951), "mismatch"),
    ("0.58", Outcome(0.5951, 0.57, 0.62), "rounding"),
    ("82.8", Outcome(82.857, 82.857, 82.857), "rounding"),
    ("0.58", Outcome(math.nan, math.nan, math.nan), "mismatch"),
]


@pytest.mark.parametrize(("text", "outcome", "word"), GRADES)
def test_what_counts_as_agreement(text: str, outcome: Outcome, word: str) -> None:
    assert grade(Printed(text, float(text), len(text.split(".")[1])), outcome)[0] == word


def test_bounds_are_compared_not_rounded() -> None:
    below = Printed("0.001", 0.001, 3, "<")
    assert grade(below, sure(0.0009))[0] == "exact"
    assert grade(below, sure(0.0011))[0] == "mismatch"
    assert grade(below, Outcome(0.0011, 0.0008, 0.0014))[0] == "rounding"


def test_rounding_and_truncation() -> None:
    assert rounded(2.675, 2) == pytest.approx(2.68)
    assert rounded(-2.675, 2) == pytest.approx(-2.68)
    assert truncated(82.857, 1) == pytest.approx(82.8)


def question(**printed: str) -> Question:
    numbers = {part: Printed(text, float(text), len(text.split(".")[1])) for part, text in printed.items()}
    return Question("q", "m", numbers, {part: f"t/r/{part}" for part in printed})


def test_one_method_must_give_the_row() -> None:
    """A number that only another method than the row's gives is a mismatch, and says so."""
    row = Candidate("a", {"estimate": sure(1.0), "lower": sure(0.51), "upper": sure(2.0)})
    other = Candidate("b", {"estimate": sure(7.0), "lower": sure(0.50), "upper": sure(9.0)})
    found = judge(question(estimate="1.00", lower="0.50", upper="2.00"), [row, other])
    assert [(v.word, v.note) for v in found] == [("exact", ""), ("mismatch", "other-method"), ("exact", "")]


def test_a_mix_up_must_explain_everything() -> None:
    half = Candidate("swapped", {"estimate": sure(1.0), "lower": sure(0.3)}, mix_up=True)
    whole = Candidate("swapped", {"estimate": sure(1.0), "lower": sure(0.5)}, mix_up=True)
    plain = Candidate("plain", {"estimate": sure(4.0), "lower": sure(3.0)})
    asked = question(estimate="1.00", lower="0.50")
    assert [v.method for v in judge(asked, [plain, half])] == ["plain", "plain"]
    assert [v.method for v in judge(asked, [plain, whole])] == ["swapped", "swapped"]


def test_chance_grows_with_the_number_of_different_values() -> None:
    printed = Printed("0.50", 0.5, 2)
    one, many = chance_of(printed, [0.51]), chance_of(printed, [0.45 + i / 100 for i in range(12)])
    assert one is not None
    assert many is not None
    assert one == pytest.approx(1 / 26, abs=1e-4)
    assert many == pytest.approx(12 / 26, abs=1e-4)
    assert chance_of(printed, [0.51, 0.5101]) == one


def test_a_value_from_rounded_inputs_hits_all_of_its_range(verdicts: dict[str, Verdict]) -> None:
    printed = Printed("0.50", 0.5, 2)
    assert chance_of(printed, [Outcome(0.5, 0.455, 0.545)]) == pytest.approx(9 / 26, abs=1e-4)
    assert (chance_of(printed, [Outcome(0.9, 0.0, 2.0)]) or 0) > 0.95
    assert (verdicts["g-csf-trial/week-test/p"].chance or 0) > 0.5


def test_relations_are_compared(verdicts: dict[str, Verdict]) -> None:
    """At least 30 is not above 30; a share of another population is compared with nothing."""
    for claim, shown in (("vitamin-d/mass", ">30"), ("unk-summary/percent", ">=5")):
        found = verdicts[f"threshold-numbers/{claim}"]
        assert (found.word, found.printed) == ("mismatch", shown)
    assert verdicts["threshold-numbers/unk/percent"].word == "exact"
    share = verdicts["background-numbers/immune-share/share"]
    assert (share.word, share.printed) == ("not-recomputable", ">70")


def test_parts_that_are_not_all_contradict_nothing(verdicts: dict[str, Verdict], evidence: Evidence) -> None:
    kinds = {arm: [f"{arm}-{what}" for what in ("events", "total")] for arm in ("lmwh", "standard")}
    for end in (end for ends in kinds.values() for end in ends):
        assert verdicts[f"alife2-subgroups/type-{end}/total"].word == "not-recomputable"
        missing = verdicts[f"alife2-subgroups/live-birth-{end}/total"]
        assert missing.word == "mismatch"
        assert "women are missing" in why(evidence, missing, "en")
