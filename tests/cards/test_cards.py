"""Cards speak where they should and nowhere else, in both languages, and as CDS Hooks 2.0 asks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from benchmarks.consult import patients
from cards.examples import DISCOVERY, FEEDBACK, ORDER_SELECT, REQUEST, RESPONSE
from cards.specification import faults
from decidua.answers import Answers
from decidua.facts import Patient
from decidua.fhir.cards import Card, Draft, Setting, order_select, patient_view, topic_of_card
from decidua.fhir.cards.counts import GROUPS, Counts
from decidua.fhir.cards.frame import fitting
from decidua.fhir.cards.order_select import asked_of
from decidua.guidelines import Knowledge
from decidua.intake import read_patient
from decidua.language import Lang

EN, KO = Setting("https://decidua.test", "en"), Setting("https://decidua.test", "ko", smart=True)
IN_SCOPE = "losses: 4\nclinical_losses: 4\n"
OUT_OF_SCOPE = "losses: 1\nclinical_losses: 1\n"
UNEXPLAINED = IN_SCOPE + "unexplained: yes\n"
Read = Callable[[str], Patient]


@pytest.fixture(scope="module")
def base(knowledge: Knowledge) -> Answers:
    return Answers(knowledge)


@pytest.fixture
def read(knowledge: Knowledge) -> Read:
    def reading(text: str) -> Patient:
        known, stated = knowledge.vocabulary, knowledge.stated
        return read_patient(text.encode(), name="p", vocabulary=known, stated=stated).patient

    return reading


def draft(*options: str, **how: Any) -> Draft:
    parts: dict[str, Any] = {"reason": "none", "memory": False, "selected": True} | how
    return Draft(f"MedicationRequest/{options[0]}", options, **parts)


def sent(cards: Sequence[Card]) -> dict[str, Any]:
    return {"cards": [one.model_dump(mode="json", exclude_none=True) for one in cards]}


def topics(cards: Sequence[Card]) -> dict[str, str]:
    return {one.source.topic.code: one.indicator for one in cards}


# ---- the schema itself -----------------------------------------------------------------------------------------------


def test_the_examples_of_the_specification_pass_its_schema() -> None:
    assert faults("discovery", DISCOVERY) == []
    assert faults("request", REQUEST) == []
    assert faults("request", {**REQUEST, "hook": "order-select", "context": ORDER_SELECT}) == []
    assert faults("response", RESPONSE) == []
    assert [faults("feedback", one) for one in FEEDBACK] == [[], [], []]


def test_the_schema_finds_what_is_wrong() -> None:
    card = RESPONSE["cards"][0]
    for wrong in ({"summary": "x" * 140}, {"summary": ""}, {"indicator": "hard-stop"}, {"detail": None}, {"links": []}):
        assert faults("card", {**card, **wrong})
    assert faults("request", {**REQUEST, "context": {"patientId": "1"}})
    assert faults("feedback", {"feedback": [{**FEEDBACK[0]["feedback"][0], "acceptedSuggestions": []}]})


# ---- patient-view ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", [EN, KO], ids=["en", "ko"])
def test_one_info_card_for_a_woman_in_scope(base: Answers, read: Read, setting: Setting) -> None:
    cards = patient_view(base.knowledge, read(IN_SCOPE), setting)
    assert faults("response", sent(cards)) == []
    [card] = cards
    assert card.indicator == "info"
    assert "ESHRE 2022" in card.summary
    assert len(re.findall(r"^- \*\*", card.detail, re.MULTILINE)) == len(base.knowledge.guidelines)


@pytest.mark.parametrize("text", [OUT_OF_SCOPE, "age: 31\n", 'losses: ">= 1"\n'], ids=["out", "nothing", "open"])
def test_no_card_where_she_is_not_surely_in_scope(base: Answers, read: Read, text: str) -> None:
    assert patient_view(base.knowledge, read(text), EN) == ()


@pytest.mark.parametrize("count", [40, pytest.param(400, marks=pytest.mark.slow)])
def test_counts_are_those_of_the_answers(base: Answers, count: int) -> None:
    """The compiled masks, by which cards count, against the answers themselves, over drawn patients."""
    knowledge, counts = base.knowledge, base.knowledge.kept(Counts)
    seen: Counter[str] = Counter()
    for values in patients(knowledge, count):
        known = base.conclude(values)
        found, meant = counts.of(known), {one: Counter[str]() for one in knowledge.guidelines}
        for guideline, option in counts.cells:
            standing = base.standing(guideline, option, values)
            assert standing is not None
            groups = {GROUPS[answer] for answer in standing.possible}
            meant[guideline][groups.pop() if len(groups) == 1 else "open"] += 1
        assert found == meant
        seen.update({group: n for one in found.values() for group, n in one.items()})
    assert {"for", "against", "weak", "silent", "open"} <= set(seen)


# ---- order-select ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", [EN, KO], ids=["en", "ko"])
def test_every_option_gives_good_cards(base: Answers, read: Read, setting: Setting) -> None:
    patient = read(UNEXPLAINED + "country: US\nlatent_tb: positive\n")
    for option in base.knowledge.options:
        cards = order_select(base.apart(), patient, [draft(option, memory=True)], setting)
        assert faults("response", sent(cards)) == []
        assert {one.indicator for one in cards} <= {"info", "warning"}


@pytest.mark.parametrize(
    ("option", "text", "indicator"),
    [
        ("lit", UNEXPLAINED, "warning"),  # ESHRE against
        ("g-csf", UNEXPLAINED, "info"),  # ESHRE: evidence insufficient
        ("anti-tnf", UNEXPLAINED + "latent_tb: positive\n", "warning"),  # a printed precaution fails
        ("ivig", UNEXPLAINED, None),
        ("vitamin-d", UNEXPLAINED, None),
    ],
)
def test_when_it_speaks(base: Answers, read: Read, option: str, text: str, indicator: str | None) -> None:
    cards = order_select(base.apart(), read(text), [draft(option)], EN)
    assert topics(cards) == ({option: indicator} if indicator else {})


def test_a_law_of_her_country_speaks_first(base: Answers, read: Read) -> None:
    [here] = order_select(base.apart(), read(UNEXPLAINED + "country: US\n"), [draft("lit")], EN)
    [elsewhere] = order_select(base.apart(), read(UNEXPLAINED + "country: KR\n"), [draft("lit")], EN)
    assert "law" in here.summary
    assert "law" not in elsewhere.summary
    assert "investigational" in elsewhere.detail


@pytest.mark.parametrize(
    ("text", "reason", "speaks"),
    [
        (UNEXPLAINED, "none", True),
        (UNEXPLAINED, "pregnancy-loss", True),
        (UNEXPLAINED, "other", False),
        (OUT_OF_SCOPE, "none", False),
        ("age: 31\n", "none", False),
    ],
)
def test_whom_it_speaks_of(base: Answers, read: Read, text: str, reason: str, speaks: bool) -> None:
    assert bool(order_select(base.apart(), read(text), [draft("lit", reason=reason)], EN)) is speaks


def test_another_indication_silences_an_order_without_a_reason(base: Answers, read: Read) -> None:
    """A negative answer on pregnancy loss must not stand against a drug that is for something else."""
    patient = read(UNEXPLAINED + "thrombosis: yes\n")
    assert order_select(base.apart(), patient, [draft("heparin")], EN) == ()
    said = order_select(base.apart(), patient, [draft("heparin", reason="pregnancy-loss")], EN)
    assert all(one.detail.startswith("She has another indication") for one in said)
    assert bool(order_select(base.apart(), read(UNEXPLAINED), [draft("heparin")], EN))


def test_only_selected_orders_are_spoken_of(base: Answers, read: Read) -> None:
    orders = [draft("lit", selected=False), draft("g-csf")]
    assert topics(order_select(base.apart(), read(UNEXPLAINED), orders, EN)) == {"g-csf": "info"}


def test_a_combination_stands_in_the_place_of_its_parts(knowledge: Knowledge, read: Read) -> None:
    """A statement on heparin alone is not about a woman who gets aspirin too, nor the reverse."""
    alone, taking = read(UNEXPLAINED), read(UNEXPLAINED + "on_aspirin: yes\n")
    pair = [draft("heparin", reason="pregnancy-loss"), draft("aspirin", selected=False)]
    assert [one.option for one in asked_of(knowledge, alone, [draft("heparin")])] == ["heparin"]
    assert [one.option for one in asked_of(knowledge, taking, [draft("heparin")])] == ["heparin-aspirin"]
    [both] = asked_of(knowledge, alone, pair)
    assert (both.option, both.for_loss) == ("heparin-aspirin", True)
    other = [draft("heparin"), draft("aspirin", reason="other")]
    assert [one.option for one in asked_of(knowledge, alone, other)] == ["heparin"]


# ---- what every card has ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_card_says_what_it_is(base: Answers, read: Read, lang: Lang) -> None:
    setting = Setting("https://decidua.test", lang, not_read=("medications",))
    patient = read(UNEXPLAINED)
    cards = [
        *patient_view(base.knowledge, patient, setting),
        *order_select(base.apart(), patient, [draft("lit")], setting),
    ]
    assert len(cards) == 2
    for card in cards:
        assert base.knowledge.content.hash in card.detail
        assert ("Unreviewed content" if lang == "en" else "검토되지 않은 콘텐츠") in card.detail
        assert "medications" in card.detail
        assert card.source.url == f"https://decidua.test/{lang}/guidelines"
        assert all(link.url.startswith("https://decidua.test/") and "?" not in link.url for link in card.links)
        assert all(reason.display for reason in card.overrideReasons)


def test_a_summary_is_cut_only_at_last() -> None:
    assert fitting(["x" * 140, "short"]) == "short"
    assert len(fitting(["x" * 200])) == 139


def test_an_id_names_its_topic_and_no_other(base: Answers, read: Read) -> None:
    [card] = order_select(base.apart(), read(UNEXPLAINED), [draft("lit")], EN)
    known = UUID(card.uuid)
    assert (known.version, topic_of_card(known, base.knowledge.options)) == (8, "lit")
    assert topic_of_card(known, ["ivig", "g-csf"]) is None
    assert topic_of_card(UUID("4e0a3a1e-3283-4575-ab82-028d55fe2719"), base.knowledge.options) is None
