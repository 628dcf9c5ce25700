"""Bundles with nasty text, many in one batch: each is read as the one-patient reader reads it alone."""

from __future__ import annotations

import json
import random

import pytest

from decidua.guidelines import Knowledge
from decidua.intake.bulk import days
from decidua.intake.bulk.days import Days
from intake.bulk_reading import differences, in_bulk, reader
from intake.fhir_reading import WOMAN, bundle, observation, quantity
from intake.nasty_bundles import DATES, Nasty
from intake.reading import AS_OF


def nasty(seed: int, count: int) -> list[bytes]:
    drawn = Nasty(seed)
    return [drawn.bundle() for _ in range(count)]


def test_nasty_text_is_read_alike(knowledge: Knowledge) -> None:
    for seed in (1, 2):
        found = reader(knowledge, AS_OF)
        assert differences(knowledge, found, nasty(seed, 400), AS_OF) == []
        assert 40 < found.account.slow < 300  # neither reader is compared with itself alone


@pytest.mark.slow
def test_thousands_of_nasty_texts_are_read_alike(knowledge: Knowledge) -> None:
    for seed in range(10, 20):
        assert differences(knowledge, reader(knowledge, AS_OF), nasty(seed, 2000), AS_OF) == []


def test_neighbours_lend_each_other_nothing(knowledge: Knowledge) -> None:
    """In any order and batch the same rows, and nothing of what a spoilt bundle taught."""
    data = nasty(3, 200)
    together = in_bulk(reader(knowledge, AS_OF), data)
    one_by_one = reader(knowledge, AS_OF)
    assert together == [row for one in data for row in in_bulk(one_by_one, [one])]
    assert in_bulk(reader(knowledge, AS_OF), data[::-1])[::-1] == together


def test_subjects_that_fill_each_others_gaps_are_told_apart(knowledge: Knowledge) -> None:
    """One bundle names its neighbour's patient as often as the neighbour's resources name nobody."""

    def of(id_: str, *abouts: str | None) -> bytes:
        resources = []
        for number, who in enumerate(abouts):
            one = observation("tsh", "2024-05-01", f"{id_}{number}", **quantity(2.5 + number, "m[IU]/L"))
            resources.append({**one, "subject": {"reference": f"Patient/{who}"}} if who else
                             {name: value for name, value in one.items() if name != "subject"})  # fmt: skip
        return bundle(*resources, patient={"resourceType": "Patient", "id": id_})

    for data in (
        [of("a", None, "b"), of("b", "b", None)],
        [of("a", "a", "b"), of("b", "b", None)],
        [of("a", "a", None), of("b", "a", "b")],
        [of("a", None, None), of("b", "b", "b")],
        [of("a", "b", "b"), of("b", None, None)],
    ):
        found = reader(knowledge, AS_OF)
        assert differences(knowledge, found, data, AS_OF) == []


@pytest.mark.parametrize("url", ["Patient/p", "urn:uuid:p", "Observation/a:b"])
@pytest.mark.parametrize("about", ["Patient/p", "urn:uuid:p", "Observation/a:b"])
@pytest.mark.parametrize("first", [True, False])
def test_of_two_with_one_name_the_first_has_it(knowledge: Knowledge, url: str, about: str, first: bool) -> None:
    own = observation("tsh", "2024-05-01", "o", **quantity(2.5, "m[IU]/L"), subject={"reference": about})
    woman = {"fullUrl": url, "resource": WOMAN}
    thief = {"fullUrl": url, "resource": {"resourceType": "Condition", "id": "t"}}
    namesake = {"resource": {"resourceType": "Observation", "id": "a:b"}}
    order = [thief, namesake, woman] if first else [woman, thief, namesake]
    entries = [*order, {"resource": {**own, "subject": {"reference": about}}}]
    data = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    assert differences(knowledge, reader(knowledge, AS_OF), [data], AS_OF) == []


def test_an_id_of_odd_letters_is_not_taken_for_its_escape(knowledge: Knowledge) -> None:
    """The id is a, a backslash and b; between quotes, that is a and a backspace."""
    text = bundle(observation("tsh", "2024-05-01", "o", **quantity(2.5, "m[IU]/L")), patient={**WOMAN, "id": "a\\b"})
    text = text.replace(b": ", b":")
    for name in (rb"Patient/a\\b", rb"Patient/a\b"):
        data = text.replace(b"Patient/p", name)
        assert differences(knowledge, reader(knowledge, AS_OF), [data], AS_OF) == []


def test_an_address_that_spells_a_type_and_id_is_that_resource(knowledge: Knowledge) -> None:
    own = observation("tsh", "2024-05-01", "o", **quantity(2.5, "m[IU]/L"))
    woman = {"fullUrl": "Observation/a:b", "resource": WOMAN}
    entries = [{"resource": {"resourceType": "Observation", "id": "a:b"}}, woman,
               {"resource": {**own, "subject": {"reference": "Observation/a:b"}}}]  # fmt: skip
    data = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    assert differences(knowledge, reader(knowledge, AS_OF), [data], AS_OF) == []


def test_what_names_nobody_teaches_nothing_to_others(knowledge: Knowledge) -> None:
    """A resource with a subject that cannot be read says nothing of equal words in another bundle."""
    good = observation("tsh", "2024-05-01", "o", **quantity(2.5, "m[IU]/L"))
    found = reader(knowledge, AS_OF)
    in_bulk(found, [bundle({**good, "subject": "Patient/p"})])
    assert in_bulk(found, [bundle(good)])[0]["tsh"] == 2.5


def test_lines_of_dates_are_read_as_each_alone() -> None:
    draw, many = random.Random(1), Days(AS_OF)
    for _ in range(300):
        texts = [draw.choice(DATES) for _ in range(draw.randrange(1, 12))]
        line = many.line(texts)
        assert many.lines(line, len(texts)).tolist() == [Days(AS_OF).code(text) for text in texts], texts


def test_every_day_of_the_calendar_is_itself() -> None:
    every = [f"{year}-{month:02}-{day:02}" for year in (1900, 1999, 2000, 2023, 2024, 2199)
             for month in range(20) for day in range(40)]  # fmt: skip
    own = Days(AS_OF)
    assert own.lines(own.line(every), len(every)).tolist() == [Days(AS_OF).of(text) for text in every]
    assert len({days.ABSENT, days.BAD, days.LATER, days.UNDATED}) == 4
