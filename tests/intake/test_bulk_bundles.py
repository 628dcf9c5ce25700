"""Bundles in bulk and one by one: cell by cell the same, however odd the bundles are."""

from __future__ import annotations

import random
from itertools import islice

import pytest
from standards.bundles import Writer
from standards.test_fhir_round_trip import AS_OF, drawn

from benchmarks.fhir_bundles import AS_OF as DAY
from benchmarks.fhir_bundles import bundles
from decidua.answers import Answers
from decidua.guidelines import Knowledge
from intake.bulk_reading import Cells, as_bytes, differences, in_bulk, reader
from intake.fhir_reading import BUNDLES, LOINC, bundle, concept, observation, quantity
from intake.odd_bundles import Charts


def charts(knowledge: Knowledge, seed: int, count: int, oddness: float) -> list[bytes]:
    drawn_charts = Charts(knowledge.vocabulary, seed, AS_OF, oddness)
    return [as_bytes(drawn_charts.bundle()) for _ in range(count)]


def written(knowledge: Knowledge, answers: Answers, seed: int, count: int) -> list[bytes]:
    """Patients drawn around every cut-off, each fact in a form drawn at random."""
    draw = random.Random(seed)
    kept = (values for values, _ in islice(drawn(answers, seed), count))
    return [as_bytes(Writer(knowledge.vocabulary, draw, AS_OF).bundle(values)) for values in kept]


def test_odd_charts_are_read_alike(knowledge: Knowledge) -> None:
    for seed, oddness in ((1, 0.02), (2, 0.15), (3, 0.5)):
        found = reader(knowledge, AS_OF)
        assert differences(knowledge, found, charts(knowledge, seed, 150, oddness), AS_OF) == []
        assert 0 < found.account.slow < 140  # neither reader is compared with itself alone
        assert found.account.refused > 0


@pytest.mark.slow
def test_thousands_of_odd_charts_are_read_alike(knowledge: Knowledge) -> None:
    for seed in range(10, 15):
        found = reader(knowledge, AS_OF)
        assert differences(knowledge, found, charts(knowledge, seed, 1000, 0.03 * (seed - 9)), AS_OF) == []


def test_every_form_of_a_fact_is_read_alike(knowledge: Knowledge, answers: Answers) -> None:
    found = reader(knowledge, AS_OF)
    assert differences(knowledge, found, written(knowledge, answers, 1, 120), AS_OF) == []
    assert found.account.slow < 30  # those with a contained resource


@pytest.mark.slow
def test_thousands_in_every_form_are_read_alike(knowledge: Knowledge, answers: Answers) -> None:
    found = reader(knowledge, AS_OF)
    assert differences(knowledge, found, written(knowledge, answers, 2, 2000), AS_OF) == []


def test_bundles_of_hospital_systems_are_read_the_fast_way(knowledge: Knowledge) -> None:
    found = reader(knowledge, DAY)
    assert differences(knowledge, found, list(bundles(100)), DAY) == []
    assert found.account.slow == 0


@pytest.mark.parametrize("name", ["kr-core", "us-core", "ips"])
def test_published_shapes_are_read_alike(knowledge: Knowledge, name: str) -> None:
    data = (BUNDLES / f"{name}.json").read_bytes()
    assert differences(knowledge, reader(knowledge, AS_OF), [data], AS_OF) == []


def test_a_change_of_one_cell_is_seen(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison above can fail: with a reader that doubles every number."""
    from decidua.intake.bulk import facts

    data = [bundle(observation("tsh", "2024-05-01", **quantity(2.5, "m[IU]/L")))]
    assert differences(knowledge, reader(knowledge, AS_OF), data, AS_OF) == []
    monkeypatch.setattr(facts, "_close", lambda found, _, __: found.low.__imul__(2))
    assert differences(knowledge, reader(knowledge, AS_OF), data, AS_OF) != []


def test_two_spellings_of_a_number_without_a_day_contradict_each_other(knowledge: Knowledge) -> None:
    """Whatever the one-patient reader makes of 5.0 beside 5.00, it is made here too."""
    pairs = [(b"5.0", b"5.00"), (b"5.0", b"5.0"), (b"5", b"6")]
    data = [
        bundle(
            observation("tsh", None, "a", **quantity(111, "m[IU]/L")),
            observation("tsh", None, "b", **quantity(222, "m[IU]/L")),
        )
        .replace(b"111", one)
        .replace(b"222", other)
        for one, other in pairs
    ]
    assert differences(knowledge, reader(knowledge, AS_OF), data, AS_OF) == []


def test_bundles_do_not_colour_each_other(knowledge: Knowledge) -> None:
    """What is learnt of one bundle is not carried to the next: in any order and batch, the same rows."""
    data = charts(knowledge, 7, 120, 0.1)
    together = in_bulk(reader(knowledge, AS_OF), data)
    one_by_one = reader(knowledge, AS_OF)
    apart = [row for one in data for row in in_bulk(one_by_one, [one])]
    assert together == apart
    backwards = in_bulk(reader(knowledge, AS_OF), data[::-1])
    assert backwards[::-1] == together


def test_times_of_day_and_zones(knowledge: Knowledge) -> None:
    """The day as written, in whatever length the time is given."""
    days = ("2024-05-01", "2024-05-01T23:59Z", "2024-05-01T23:59:59.123456+09:00", "2024-05-01T ", "2024-05-32",
            "2024-02-30T10:00:00Z", "20240501", "1899-05-01", "2024-05-01t10:00", "0000-01-01")  # fmt: skip
    data = [bundle(observation("losses", day, **quantity(3, "1"))) for day in days]
    assert differences(knowledge, reader(knowledge, AS_OF), data, AS_OF) == []
    assert differences(knowledge, reader(knowledge, AS_OF), data[:1] * 3, AS_OF) == []


def test_a_union_of_yes_and_no_stays_yes_and_no(knowledge: Knowledge) -> None:
    """A code that says a part of a fact of yes and no is no laboratory's `positive`."""
    one = observation("x", valueBoolean=True, code=concept("91930004", "http://snomed.info/sct"))
    row: Cells = in_bulk(reader(knowledge, AS_OF), [bundle(one)])[0]
    assert row["allergy_egg_soy_peanut"] is True


def test_a_panel_gives_each_of_its_parts(knowledge: Knowledge) -> None:
    parts = [{"code": concept("tsh"), **quantity(2, "m[IU]/L")}, {"code": concept("losses"), "valueInteger": 3}]
    panel = {**observation("x"), "code": concept("85354-9", LOINC), "component": parts}
    found = reader(knowledge, AS_OF)
    row = in_bulk(found, [bundle(panel)])[0]
    assert (row["tsh"], row["losses.low"], found.account.slow) == (2.0, 3.0, 0)


def test_a_body_mass_index_near_a_half_is_rounded_alike(knowledge: Knowledge) -> None:
    """Halves go up, and no binary fraction decides."""
    draw = random.Random(1)
    data = []
    for height in (150, 155, 160, 165, 170, 175, 180) * 12:
        weight = round((draw.randrange(160, 320) + 0.5) / 10 * height * height / 10_000, draw.choice((1, 2, 4)))
        measured = {"weight": quantity(weight, "kg"), "height": quantity(height, "cm")}
        data.append(bundle(*(observation(fact, **value) for fact, value in measured.items())))
    found = reader(knowledge, AS_OF)
    assert differences(knowledge, found, data, AS_OF) == []
    assert found.account.slow == 0
