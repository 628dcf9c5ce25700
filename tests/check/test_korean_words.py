"""Korean that a clinician can read: no particle in two forms, marks that say where words come from, units in words."""

from __future__ import annotations

import re

import pytest

from decidua.facts.values import apart, bounds, in_both
from decidua.guidelines import Knowledge
from decidua.language import words
from decidua.provenance import Citation, Cited, Mark
from decidua.reports.wording import country_names, place_words
from tests.check.bench import text

EITHER = re.compile(r"은\(는\)|는\(은\)|이\(가\)|가\(이\)|을\(를\)|를\(을\)|와\(과\)|과\(와\)|\(으\)로|\(이\)")


def test_no_particle_stands_in_two_forms() -> None:
    assert {key: said for key, said in words("ko").items() if EITHER.search(said)} == {}


@pytest.mark.parametrize(("source", "mark", "shown"), [
    ("lee-2025-talk", "as-told", "as-told"), ("alife-2010", "as-told", "as-cited"),
    ("alife-2010", "verified", "verified"),
])  # fmt: skip
def test_only_what_cites_the_talk_was_told(source: str, mark: Mark, shown: str) -> None:
    item = Cited.model_validate(
        {"id": "x", "says": text(), "cites": [Citation(source=source, place="p")], "mark": mark}
    )
    assert item.mark_shown == shown
    assert f"mark.{shown}" in words("ko")


def test_bounds_and_units_are_said_in_both_languages(knowledge: Knowledge) -> None:
    facts = knowledge.vocabulary.facts
    age, gestation = facts["age"], facts["gestation"]
    assert age.possible is not None
    assert gestation.possible is not None
    assert bounds(age, *age.possible) == {"span": "10 to 65 years", "span_ko": "10–65 세"}
    assert bounds(gestation, *gestation.possible)["span_ko"] == "0주 0일부터 44주 2일까지"
    assert in_both(age, "370 years") == {"given": "370 years", "given_ko": "370 세"}
    assert apart(age, "36 세") == ("36", age.units[0])
    assert apart(age, "36") is None


def test_countries_and_places_have_names() -> None:
    assert country_names(["KR", "XX"], "ko") == "대한민국, XX"
    assert place_words("abstract; study page", "ko") == "초록, 연구 누리집"
    assert place_words("slide 3", "ko") == "slide 3"
