"""What the counselling sheet says: the chance first, every kind of answer, randomised numbers only, no gap filled."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from decidua.consult import consult
from decidua.errors import UsageError
from decidua.evidence.randomised import KIND_UNKNOWN
from decidua.facts import Patient
from decidua.language import LANGUAGES, words
from decidua.reports.sheet import CARE, MOST, build, build_sheet, read_numbers
from decidua.reports.sheet import tongue as tongues
from decidua.reports.sheet.build import GIVES_WAY
from decidua.reports.sheet.numbers import WOMEN, pairs
from decidua.reports.sheet.room import height
from reports.sheets import EXAMPLES, bench, consulted, lines, sheet_of, text_of

FACTOR_V, IMMUNE, NOTHING = "13-factor-v-leiden", "04-immune-workup", "20-nothing-known"


def block(sheet, option):  # type: ignore[no-untyped-def]
    return next(one for one in sheet.options if one.option == option)


def test_the_chance_with_no_drug_stands_first_and_both_ways() -> None:
    chance = sheet_of(IMMUNE, "ivig").chances[0]
    assert (chance.births, chance.others) == (63, 37)  # PROMISE 2015: 271 of 428
    assert "63 had a live birth" in chance.says.text
    assert "37 did not" in chance.says.text
    assert "Limits:" in chance.who.text


def test_nothing_says_that_women_on_standard_care_took_no_drug() -> None:
    """Which other medicines were in ALIFE2's standard care is not in the text that was read."""
    facts = {"losses": Decimal(3), "age": Decimal(30), "factor_v_leiden": True}
    sheet = build_sheet(consult(bench().answers, Patient(facts), (CARE, "hcg")), ["hcg"], "en", bench().numbers)
    assert [chance.id for chance in sheet.chances] == ["chance.alife2"]
    assert "standard care" in sheet.chances[0].who.text
    assert sheet.chances_title.text == "The chance of a live birth without the drug that was studied"
    assert not re.search(r"\b(?:no|without a) drug\b", text_of(sheet).partition("Questions to ask")[0])


def test_every_chance_can_stand_alone() -> None:
    """Each is shown without the others, so none may point to another."""
    for chance in bench().answers.knowledge.chances.values():
        assert not re.search(r"\bsame\b|\bother trial\b|\babove\b", chance.says.en), chance.id
        assert not re.search(r"같은 \S+ 시험|위의", chance.says.ko), chance.id


def test_no_number_of_a_model_or_of_a_part_of_a_trial() -> None:
    fits = {chance.id for chance in consulted(FACTOR_V).chances}
    shown = {chance.id for chance in sheet_of(FACTOR_V, "vitamin-d").chances}
    assert {"chance.brigham-3-losses-age-30-45", "chance.alife2-under-36"} <= fits - shown
    assert words("en")["sheet.chances-others"] in text_of(sheet_of(FACTOR_V, "vitamin-d"))


def test_chances_that_found_no_room_leave_their_range() -> None:
    note = sheet_of(IMMUNE, "ivig", "heparin-aspirin")
    assert "further-chances" in note.left_out
    assert len(note.chances) == 1
    assert "57 to 67 of 100" in note.chances_note.text


def test_no_sourced_chance_is_said_and_not_filled() -> None:
    sheet = sheet_of(NOTHING, "ivig")
    assert sheet.chances == ()
    assert sheet.chances_note.text.startswith(words("en")["sheet.chances-none"])
    assert block(sheet, CARE).note is None  # there is no chance above to point to
    assert block(sheet_of(IMMUNE, "ivig"), CARE).note is not None


def test_every_kind_of_answer_has_its_sentence() -> None:
    met = {}
    for example in EXAMPLES:
        for option in bench().therapies:
            for one in block(sheet_of(example, option), option).guidelines:
                met.setdefault(one.answer, one.line.text)
    assert set(met) == {
        "recommended", "conditional", "against", "insufficient", "research-only", "evidence-only",
        "other-population", "out-of-scope", "not-in-source", "needs-data", "disputed",
    }  # fmt: skip
    assert len(set(met.values())) == 11
    assert "Silence is not advice against it." in met["not-in-source"]
    assert "depends on what is not known:" in met["needs-data"]
    assert "different ways" in met["disputed"]


def test_each_guideline_speaks_for_itself() -> None:
    told = block(sheet_of(IMMUNE, "ivig"), "ivig").guidelines
    assert [one.guidelines for one in told] == [("asrm-2012",), ("eshre-2022",), ("asri-2025",)]
    assert "Strength, by ESHRE 2022: “Conditional”." in told[1].line.text
    assert "Certainty, by ESHRE 2022, of improvement of the live birth rate: “⊕⊕■■”." in told[1].line.text


def test_no_strength_or_certainty_stands_without_its_guideline() -> None:
    for example in EXAMPLES:
        for option in bench().therapies:
            for line in lines(sheet_of(example, option)):
                bare = re.findall(r"(?:Strength|Certainty)(?!, by (?:ASRM 2012|ESHRE 2022|ASRI 2025)[,:;])", line.text)
                assert not bare, line.text


def test_what_is_missing_is_named() -> None:
    sheet = sheet_of("01-two-losses", "ivig")
    knowledge = bench().answers.knowledge
    labels = {id_: one.label.en for id_, one in {**knowledge.vocabulary.facts, **knowledge.named}.items()}
    told = next(one for one in block(sheet, "ivig").guidelines if one.answer == "needs-data")
    assert any(labels[id_] in told.line.text for id_ in told.line.sources if id_ in labels)
    assert any("does not mean that you need a test" in line.text for line in sheet.unknown)


def test_a_bound_is_told() -> None:
    """Example 5: whatever is learned, ESHRE will not be for the therapy; it must not look open."""
    for option in bench().therapies:
        for cell in (consulted("05-uterine-nk-exactly-5").cell(g, option) for g in ("eshre-2022", "asri-2025")):
            if cell.answer == "needs-data" and cell.standing.bound == "never-for":
                sheet = sheet_of("05-uterine-nk-exactly-5", option)
                told = next(one for one in block(sheet, option).guidelines if cell.guideline in one.guidelines)
                assert "it will not be advice for it" in told.line.text


def test_benefits_are_all_randomised_numbers_that_hold() -> None:
    """G-CSF: Scarpellini 2009 (29 of 35, 16 of 33) and Eapen 2019 (45 of 76, 48 of 74), the worse one too."""
    told = block(sheet_of(IMMUNE, "g-csf"), "g-csf").benefits[0].text
    assert "83 of 100 with it, 48 of 100 without it (68 women)" in told
    assert "59 of 100 with it, 65 of 100 without it (150 women)" in told


def test_a_trial_stands_there_once() -> None:
    """ALIFE2 prints one outcome as counts, two ratios and a difference: 116 of 162 and 112 of 158."""
    told = block(sheet_of(FACTOR_V, "heparin"), "heparin").benefits[0].text
    assert told.count("72 of 100 with it, 71 of 100 without it") == 1
    assert "72 of 100 with it, 71 of 100 without it (320 women)" in told
    for example in EXAMPLES:
        for option in bench().therapies:
            found, _ = pairs(bench().numbers, consulted(example), option)
            rows = [(pair.estimate.table, pair.estimate.row.key, pair.estimate.said.outcome) for pair in found]
            assert len(rows) == len(set(rows)), (example, option)


def test_every_kind_of_women_that_may_stand_there_has_its_sentence() -> None:
    kinds = {*WOMEN, *filter(None, KIND_UNKNOWN), "not-printed"}
    assert {f"sheet.say.women.{kind}" for kind in kinds} == {key for key in words("en") if ".say.women." in key}


@pytest.mark.parametrize("option", ["hcg", "lit"])
def test_a_design_that_is_not_printed_is_not_called_unrandomised(option: str) -> None:
    designs = {one.said.design for one in bench().numbers.estimates.about(option)}
    assert designs == {"not-printed"}
    told = block(sheet_of(IMMUNE, option), option).benefits[0].text
    assert words("en")["sheet.say.why.design-unsaid"] in told
    assert words("en")["sheet.say.why.design"] not in told


def test_numbers_of_other_women_are_not_hers() -> None:
    knowledge = bench().answers.knowledge
    other = consult(bench().answers, Patient({"losses": Decimal(3), "aps": True}), (CARE, "g-csf"))
    unknown = consult(bench().answers, Patient({"losses": Decimal(3)}), (CARE, "g-csf"))
    for consultation in (other, unknown):
        assert pairs(bench().numbers, consultation, "g-csf") == ((), ("women", "contradiction", "design-unsaid"))
    assert knowledge is other.knowledge


def test_no_number_that_is_not_randomised() -> None:
    """Voon 2020 (140 of 152 against 35 of 91) pools non-randomised studies: 92 and 38 of 100."""
    told = block(sheet_of(IMMUNE, "ivig"), "ivig").benefits[0].text
    assert "92 and 38" not in told
    assert "56 and 43" in told  # Christiansen 2005


def test_certainty_stands_beside_every_benefit() -> None:
    for option in bench().therapies:
        for line in block(sheet_of(IMMUNE, option), option).benefits[-1:]:
            assert any(word in line.text for word in ("ertainty", "No randomised number"))


def test_a_certainty_says_of_what() -> None:
    told = block(sheet_of(IMMUNE, "g-csf"), "g-csf").benefits[-1].text
    assert told == "Certainty, by ASRI 2025, of effect in unexplained loss: “Conflicting”."
    told = block(sheet_of(NOTHING, "ivig"), "ivig").benefits[-1].text
    assert told == "Certainty, by ASRI 2025, of improvement of the live birth rate: “moderate”."


def test_a_certainty_of_what_is_not_printed_says_so() -> None:
    """ASRI on tacrolimus prints “Low” and not of what."""
    assert bench().answers.knowledge.statements["asri-2025.tacrolimus.reported"].certainty.of is None
    told = [one.line.text for one in block(sheet_of("23-transplant-tacrolimus", "tacrolimus"), "tacrolimus").guidelines]
    told += [one.line.text for one in block(sheet_of(IMMUNE, "corticosteroids"), "corticosteroids").guidelines]
    assert any("Certainty, by ASRI 2025; of what is not printed: “Moderate”." in text for text in told)


def test_beside_a_number_a_certainty_never_loses_of_what() -> None:
    builder = build._Builder(consulted(IMMUNE), ["ivig"], "en", bench().numbers, GIVES_WAY)
    told = builder.option("ivig")
    assert "Certainty, by ESHRE 2022: “⊕⊕■■”." in told.guidelines[1].line.text
    assert "of improvement of the live birth rate: “moderate”." in told.benefits[-1].text


@pytest.mark.parametrize(("option", "women", "statement"), [
    ("heparin", FACTOR_V, "asri-2025.heparin.unexplained"),  # beside women with inherited thrombophilia
    ("corticosteroids", IMMUNE, "asri-2025.corticosteroids.effect"),  # chosen by a marker
])  # fmt: skip
def test_a_certainty_about_other_women_does_not_stand_beside(option: str, women: str, statement: str) -> None:
    knowledge = bench().answers.knowledge
    told = block(sheet_of(women, option), option).benefits
    assert knowledge.statements[statement].certainty.printed
    assert statement not in {source for line in told for source in line.sources}
    assert told[-1].text == words("en")["sheet.say.no-certainty"]


def test_harms_have_denominators_or_no_number() -> None:
    told = " ".join(line.text for line in block(sheet_of(IMMUNE, "g-csf"), "g-csf").harms)
    assert "With skin rash: 1 of 35 given it, 0 of 33 not given it (of 100: 3 and 0)." in told
    ivig = " ".join(line.text for line in block(sheet_of(IMMUNE, "ivig"), "ivig").harms)
    assert "congenital anomaly" in ivig
    assert "14.3" not in ivig  # the print contradicts itself (4 of 29)
    assert "44.8" not in ivig  # among live births, which were not randomised


def test_silence_on_harm_is_said() -> None:
    told = block(sheet_of(IMMUNE, "heparin-aspirin"), "heparin-aspirin").harms
    assert [line.text for line in told] == [words("en")["sheet.say.no-harms"]]


@pytest.mark.parametrize(("country", "said"), [
    ("US", "Another source: The FDA letter"), ("KR", "of the law of another country (United States)"),
    (None, "your country is not recorded"), ("other", "your country is not recorded"),
])  # fmt: skip
def test_the_law_by_her_country(country: str | None, said: str) -> None:
    patient = Patient({"losses": Decimal(3)} | ({"country": country} if country else {}))
    sheet = build_sheet(consult(bench().answers, patient, (CARE, "lit")), ["lit"], "en", bench().numbers)
    assert said in sheet.law[0].text


def test_off_label_is_never_said_from_memory() -> None:
    law = sheet_of(IMMUNE, "ivig").law
    assert [line.text for line in law] == [words("en")["sheet.say.law-none-all"]]
    assert "not known here" in law[0].text


def test_another_reason_leads_and_medicines_are_kept() -> None:
    sheet = sheet_of("11-sle-on-hydroxychloroquine", "hydroxychloroquine")
    assert "another reason for this medicine" in block(sheet, "hydroxychloroquine").other_reasons[0].text
    assert "keep taking medicines that are prescribed for other reasons" in sheet.keep.text


def test_the_foot_tells_versions_date_and_review() -> None:
    foot, knowledge = sheet_of(IMMUNE, "ivig").foot.text, bench().answers.knowledge
    assert knowledge.content.hash in foot
    assert f"0 of {len(knowledge.statements)} statements clinically reviewed" in foot
    assert "2026-11-01" in foot


def test_a_sheet_without_a_date_says_so() -> None:
    sheet = build_sheet(
        consult(bench().answers, Patient({"losses": Decimal(3)}), (CARE, "ivig")), ["ivig"], "en", bench().numbers
    )
    assert "No date of the facts is given" in sheet.foot.text


@pytest.mark.parametrize(
    "picks", [(), ("ivig", "ivig"), ("ivig", "lit", "hcg", "g-csf"), ("test:nk-cells",), (CARE,), ("x",)]
)
def test_picks_that_make_no_sheet(picks: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as refused:
        build_sheet(consulted(IMMUNE), picks, "en", bench().numbers)
    assert refused.value.key in ("error.sheet-picks", "error.sheet-therapy")


def test_options_that_do_not_fit_are_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError, match="do not fit on one A4 page"):
        sheet_of(IMMUNE, "ivig", "g-csf", "corticosteroids")


def test_things_give_way_in_the_stated_order_and_never_too_many() -> None:
    for example in (IMMUNE, FACTOR_V, NOTHING, "18-lit-in-the-us"):
        for pick in bench().therapies:
            sheet = sheet_of(example, pick, "hydroxychloroquine") if pick != "hydroxychloroquine" else None
            assert sheet is None or sheet.left_out == GIVES_WAY[: len(sheet.left_out)]


def test_a_fuller_sheet_is_higher() -> None:
    heights = [height(sheet_of(NOTHING, *picks)) for picks in (("hcg",), ("hcg", "uterine-surgery"))]
    assert heights[0] < heights[1]
    assert MOST == 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_blank(lang) -> None:  # type: ignore[no-untyped-def]
    for example in EXAMPLES:
        assert all(line.text.strip() for line in lines(sheet_of(example, "ivig", lang=lang)))


def test_korean_that_no_person_has_checked_stands_in_english() -> None:
    sheet = sheet_of(IMMUNE, "ivig", lang="ko")
    assert sheet.english is not None
    assert {run.lang for run in sheet.chances[0].says.runs} == {"en"}
    assert {run.lang for run in sheet.keep.runs} == {"en"}
    assert sheet.title.runs[0].lang == "ko"


def test_a_checked_sentence_stands_in_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = words("ko")["sheet.say.keep"]
    tongues.checked.cache_clear()
    monkeypatch.setattr(tongues, "_checked", lambda: {"sheet.say.keep": sentence, "sheet.say.no-harms": "다른 말"})
    try:
        sheet = sheet_of(IMMUNE, "hcg", lang="ko")
    finally:
        tongues.checked.cache_clear()
    assert sheet.keep.text == sentence
    assert {run.lang for run in block(sheet, "hcg").harms[0].runs} == {"en"}  # the words have changed since the check


def test_numbers_are_read_from_the_content() -> None:
    assert (
        read_numbers(bench().answers.knowledge.content).estimates.harms.keys() == bench().numbers.estimates.harms.keys()
    )
