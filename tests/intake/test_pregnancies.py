"""Counts from the table of pregnancies: exact, within bounds, against what was stated."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from decidua.errors import PatientConflictError, PatientError
from decidua.facts import Range
from decidua.intake.counts import longest_run
from decidua.intake.problems import PatientErrors
from intake.reading import Read

OUTCOMES = {
    "l": "loss", "c": "clinical-loss", "h": "biochemical", "b": "live-birth", "n": "ectopic", "?": "unknown",
}  # fmt: skip


def table(letters: str, complete: str = "yes", more: str = "") -> str:
    rows = ", ".join(f"{{outcome: {OUTCOMES[letter]}}}" for letter in letters)
    return f"pregnancies: [{rows}]\npregnancies_complete: {complete}\n{more}\n"


def between(low: int, high: int | None) -> Range:
    return Range(Decimal(low), None if high is None else Decimal(high))


RUNS: list[tuple[str, object]] = [
    ("lll", Decimal(3)),
    ("llbl", Decimal(2)),
    ("lnl", Decimal(2)),
    ("l?l", between(1, 3)),
    ("b", Decimal(0)),
    ("", Decimal(0)),
    ("lblblll", Decimal(3)),
    ("?", between(0, 1)),
]


@pytest.mark.parametrize(("letters", "run"), RUNS)
def test_consecutive_losses_of_a_complete_list(read: Read, letters: str, run: object) -> None:
    assert read(table(letters)).patient.values["consecutive_losses"] == run


def test_consecutive_losses_when_all_births_are_listed(read: Read) -> None:
    assert read(table("l?l", more="live_births: 0")).patient.values["consecutive_losses"] == between(2, 3)
    values = read(table("lll", "unknown", "live_births: 0")).patient.values
    assert values["consecutive_losses"] == between(3, None)


def test_an_unlisted_birth_may_stand_between_any_two_losses(read: Read) -> None:
    assert read(table("lll", "no")).patient.values["consecutive_losses"] == between(1, None)


@pytest.mark.parametrize("letters", ["".join(p) for n in range(5) for p in product("lbn?", repeat=n)])
def test_bounds_of_the_run_hold_and_are_reached(read: Read, letters: str) -> None:
    """Brute force over what the unknown outcomes may be."""
    fills = product("lbn", repeat=letters.count("?"))
    template = letters.replace("?", "{}")
    runs = [longest_run(template.format(*fill)) for fill in fills]
    expected = Decimal(min(runs)) if min(runs) == max(runs) else between(min(runs), max(runs))
    assert read(table(letters)).patient.values["consecutive_losses"] == expected


def test_a_complete_list_is_exact(read: Read) -> None:
    values = read(table("ccbhn")).patient.values
    names = ("losses", "clinical_losses", "biochemical_losses", "live_births")
    assert [values[name] for name in names] == [3, 2, 1, 1]
    assert values["ectopic_pregnancies"] == 1
    assert values["stillbirths"] == values["molar_pregnancies"] == 0
    assert values["total_pregnancies"] == 5


def test_missing_completeness_is_unknown(read: Read) -> None:
    values = read("pregnancies: [{outcome: loss}, {outcome: ectopic}]").patient.values
    assert values["losses"] == between(1, None)
    assert values["total_pregnancies"] == between(2, None)
    assert "stillbirths" not in values


def test_the_stated_total_can_complete_the_list(read: Read) -> None:
    intake = read("pregnancies: [{outcome: loss}, {outcome: loss}]\ntotal_pregnancies: 2")
    assert intake.patient.values["losses"] == 2
    assert intake.pregnancies_complete is True
    values = read("pregnancies: [{outcome: loss}]\ntotal_pregnancies: 2").patient.values
    assert values["losses"] == between(1, None)


def test_unknown_outcomes_widen_the_bounds(read: Read) -> None:
    values = read(table("c??")).patient.values
    assert values["losses"] == between(1, 3)
    assert values["clinical_losses"] == between(1, 3)
    assert values["live_births"] == between(0, 2)
    assert values["total_pregnancies"] == 3


def test_a_loss_of_unknown_kind(read: Read) -> None:
    values = read(table("cl")).patient.values
    assert (values["losses"], values["clinical_losses"]) == (2, between(1, 2))
    rows = "[{outcome: loss, confirmed: histology}, {outcome: loss, confirmed: hcg-only}]"
    values = read(f"pregnancies: {rows}\npregnancies_complete: yes").patient.values
    assert (values["clinical_losses"], values["biochemical_losses"]) == (1, 1)


def test_stated_and_computed_meet(read: Read) -> None:
    values = read(table("ll", "no", 'losses: "3"')).patient.values
    assert values["losses"] == 3
    patient = read(table("ll", "no", "losses: '<= 4'")).patient
    assert patient.values["losses"] == between(2, 4)
    assert patient.origins["losses"] == "derived"
    assert read(table("ll", "yes", "losses: 2")).patient.given["losses"] == "2"


def test_stated_against_computed_names_both_and_the_place(read: Read) -> None:
    with pytest.raises(PatientConflictError) as caught:
        read(table("lll", more="losses: 2"))
    message = str(caught.value)
    assert message.startswith("p.yaml:3: losses is stated as 2, but the list of ")
    assert "pregnancies (p.yaml:1) gives 3;" in message
    assert "임신 목록(p.yaml:1)" in caught.value.message("ko")
    with pytest.raises(PatientConflictError, match="≥ 3"):
        read(table("lll", "no", more="losses: 2"))


def test_twins_are_not_a_contradiction(read: Read) -> None:
    intake = read(table("b", more="live_births: 2"))
    assert intake.patient.values["live_births"] == 2
    assert [key for key, _ in intake.warnings][:1] == ["warn.multiple-births"]
    with pytest.raises(PatientConflictError):
        read(table("l", more="live_births: 2"))


def test_more_parts_than_pregnancies_is_a_warning(read: Read) -> None:
    intake = read("losses: 2\nlive_births: 2\ntotal_pregnancies: 3\n")
    key, parts = intake.warnings[0]
    assert (key, parts["where"]) == ("warn.constraint", "p.yaml:3")


KARYOTYPES = [
    (["abnormal", "unknown"], True, True),
    (["normal", "normal"], False, None),
    (["normal", "not-tested"], None, None),
    (["normal", "unknown"], None, None),
    ([], False, None),
]


@pytest.mark.parametrize(("found", "complete", "open_"), KARYOTYPES)
def test_tissue_karyotype(read: Read, found: list[str], complete: bool | None, open_: bool | None) -> None:
    rows = ", ".join(f"{{outcome: loss, karyotype: {one}}}" for one in found)
    for said, expected in (("yes", complete), ("unknown", open_)):
        values = read(f"pregnancies: [{rows}]\npregnancies_complete: {said}").patient.values
        assert values.get("tissue_karyotype_abnormal") is expected


def test_ongoing_gives_stage_only_with_weeks(read: Read) -> None:
    values = read('pregnancies: [{outcome: loss}, {outcome: ongoing, weeks: "6+3"}]').patient.values
    assert (values["stage"], values["gestation"]) == ("pregnant", 45)
    values = read("pregnancies: [{outcome: ongoing}]").patient.values
    assert "stage" not in values
    assert "gestation" not in values
    with pytest.raises(PatientErrors) as caught:
        read('stage: trying\ngestation: 7+0\npregnancies: [{outcome: ongoing, weeks: "6+3"}]')
    assert "gestation is stated as 7+0" in str(caught.value)
    assert "gives 6+3" in str(caught.value)


@pytest.mark.parametrize(
    ("written", "days"), [('"8+3"', 59), ("8w3d", 59), ("8 wk", 56), ("59 d", 59), ("8", 56), ("8주 3일", 59)]
)
def test_weeks(read: Read, written: str, days: int) -> None:
    intake = read(f"pregnancies: [{{outcome: loss, weeks: {written}}}]")
    assert intake.pregnancies is not None
    assert intake.pregnancies[0].weeks == days


@pytest.mark.parametrize("written", ["8.3", "400 d", "8+9", "eight", "[8]"])
def test_weeks_that_are_none(read: Read, written: str) -> None:
    with pytest.raises(PatientError, match=r"p.yaml:1: weeks"):
        read(f"pregnancies: [{{outcome: loss, weeks: {written}}}]")


def test_all_cells(read: Read) -> None:
    row = (
        "{order: 1, date: 2020-02-29, year: 2020, outcome: 임상적 유산, confirmed: ultrasound, karyotype: "
        "not tested, conception: IVF, partner: A, treatment: [aspirin, heparin], treatment_start: before}"
    )
    intake = read(f"pregnancies: [{row}]")
    assert intake.pregnancies is not None
    one = intake.pregnancies[0]
    assert (one.outcome, one.karyotype) == ("clinical-loss", "not-tested")
    assert (one.conception, one.partner) == ("ivf", "A")
    assert (one.treatment, one.treatment_start, one.year) == (("aspirin", "heparin"), "before", 2020)


def test_order_makes_the_sequence(read: Read) -> None:
    rows = "[{order: 3, outcome: loss}, {order: 1, outcome: loss}, {order: 2, outcome: live-birth}]"
    assert read(f"pregnancies: {rows}\npregnancies_complete: yes").patient.values["consecutive_losses"] == 1


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("{year: 2022, outcome: loss}, {year: 2020, outcome: loss}", "listed after a later one"),
        ("{order: 1, outcome: loss}, {order: 1, outcome: loss}", "have the order 1"),
        ("{outcome: ongoing}, {outcome: loss}", "ongoing pregnancy is the last"),
        ("{outcome: biochemical, confirmed: ultrasound}", "contradict each other"),
        ("{year: 2020, date: 2021-01-01}", "differ"),
        ("{date: 2024-06-02}", "after the as-of date 2024-06-01"),
        ("{year: 2025}", "from 1930 to 2024"),
        ("{outcom: loss}", "nearest or allowed: outcome"),
        ("{outcome: abortion}", "allowed are biochemical"),
        ("3", "a row of pregnancies is a table"),
        ("{outcome: loss}, ~", "a row of pregnancies is a table"),
    ],
)
def test_rows_that_cannot_be(read: Read, rows: str, sentence: str) -> None:
    with pytest.raises(PatientError, match=sentence):
        read(f"pregnancies: [{rows}]")


def test_complete_without_a_list(read: Read) -> None:
    with pytest.raises(PatientError, match=r"pregnancies: \[\]"):
        read("pregnancies_complete: yes")
    assert read("pregnancies: []\npregnancies_complete: yes").patient.values["losses"] == 0
    assert read("pregnancies:\nlosses: 2").pregnancies is None
