"""Dated results: the latest value, and persistent antiphospholipid antibodies."""

from __future__ import annotations

from datetime import date

import pytest

from decidua.errors import PatientConflictError, PatientError
from decidua.intake.results import ANALYTES
from intake.reading import Read

DAYS = {0: "2024-01-01", 83: "2024-03-24", 84: "2024-03-25", 120: "2024-04-30"}


def results(*rows: tuple[str, int, str]) -> str:
    lines = [f"  - {{fact: {fact}, date: {DAYS[day]}, value: {value}}}" for fact, day, value in rows]
    return "\n".join(["results:", *lines]) + "\n"


def all_negative(day: int = 0, without: str = "") -> list[tuple[str, int, str]]:
    return [(analyte, day, "negative") for analyte in ANALYTES if analyte != without]


LA, ACL = "lupus_anticoagulant", "anticardiolipin_igg"
ACL_M = "anticardiolipin_igm"
TABLE: list[tuple[str, list[tuple[str, int, str]], bool | None]] = [
    ("nothing measured", [], None),
    ("one positive", [(LA, 0, "positive")], None),
    ("the same twice, 84 days", [(LA, 0, "positive"), (LA, 84, "positive")], True),
    ("the same twice, 83 days", [(LA, 0, "positive"), (LA, 83, "positive")], None),
    ("two different ones", [(LA, 0, "positive"), (ACL, 84, "positive")], None),
    ("IgG and IgM are different", [(ACL_M, 0, "positive"), (ACL, 84, "positive")], None),
    ("all five negative", all_negative(), False),
    ("one never measured", all_negative(without=ACL), None),
    ("one pending", [*all_negative(without=ACL), (ACL, 0, "unknown")], None),
    ("positive, gone after 84 days", [*all_negative(84), (LA, 0, "positive")], False),
    ("positive, gone after 83 days", [*all_negative(83), (LA, 0, "positive")], None),
    ("positive once, others negative", [*all_negative(without=LA), (LA, 0, "positive")], None),
    ("persistent, then gone", [*all_negative(120), (LA, 0, "positive"), (LA, 84, "positive")], True),
    ("persistent, another unknown", [(LA, 0, "positive"), (LA, 84, "positive"), (ACL, 0, "negative")], True),
]


@pytest.mark.parametrize(("rows", "persistent"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_apl_persistent(read: Read, rows: list[tuple[str, int, str]], persistent: bool | None) -> None:
    assert read(results(*rows)).patient.values.get("apl_persistent") is persistent


def test_undated_negatives_do_not_make_it_false(read: Read) -> None:
    text = "".join(f"{analyte}: negative\n" for analyte in ANALYTES)
    assert "apl_persistent" not in read(text).patient.values


def test_stated_against_computed_names_both(read: Read) -> None:
    rows = results((LA, 0, "positive"), (LA, 84, "positive"))
    assert read(f"apl_persistent: yes\n{rows}").patient.given["apl_persistent"] == "yes"
    with pytest.raises(PatientConflictError, match=r"p.yaml:1: .* stated as no.*p.yaml:2.*true"):
        read(f"apl_persistent: no\n{rows}")


def test_latest_fills_the_fact(read: Read) -> None:
    patient = read(results((LA, 84, "negative"), (LA, 0, "positive"))).patient
    assert (patient.values[LA], patient.origins[LA]) == ("negative", "derived")
    with pytest.raises(PatientConflictError, match="latest of the dated results"):
        read("lupus_anticoagulant: positive\n" + results((LA, 84, "negative"), (LA, 0, "positive")))


def test_a_pending_latest_result_is_unknown(read: Read) -> None:
    assert LA not in read(results((LA, 0, "positive"), (LA, 84, "unknown"))).patient.values


def test_two_results_on_the_latest_day(read: Read) -> None:
    intake = read(results((LA, 0, "positive"), (LA, 0, "negative")))
    assert LA not in intake.patient.values
    assert intake.warnings[0][0] == "warn.same-day"


def test_numbers_units_aliases_and_methods(read: Read) -> None:
    text = (
        "results:\n"
        "  - {test: 25OHD, date: 2024-01-01, value: 75 nmol/L}\n"
        "  - {fact: ana_titre, date: 2024-01-01, value: 1:80, method: immunofluorescence}\n"
        "  - {fact: tsh, date: 2024-01-01, value: {value: 2.1, unit: mIU/L}, method: any}\n"
    )
    values = read(text).patient.values
    assert (values["vitamin_d"], values["ana_titre"], values["ana_method"]) == (30, 80, "immunofluorescence")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("{fact: tsh, date: 2024-06-02, value: 2 mIU/L}", "after the as-of date 2024-06-01"),
        ("{fact: tsh, value: 2 mIU/L}", "this result has no date"),
        ("{fact: tsh, date: , value: 2 mIU/L}", "this result has no date"),
        ("{fact: tsh, date: 2024-05-01}", "this result has no value"),
        ("{date: 2024-05-01, value: 2}", "names one `fact`"),
        ("{fact: tsh, test: ana, date: 2024-05-01, value: 2}", "names one `fact`"),
        ("{fact: vitamind, date: 2024-05-01, value: 2}", "nearest are: vitamin_d"),
        ("{fact: tsh, date: 20240501, value: 2 mIU/L}", "YYYY-MM-DD"),
        ("{fact: tsh, date: 2024-02-30, value: 2 mIU/L}", "YYYY-MM-DD"),
        ("{fact: ana, date: 2024-05-01, value: positive, method: guess}", "allowed are immunofluorescence"),
        ("{fact: ana, date: 2024-05-01, value: positive, lab: x}", "'lab' is not a key of a result"),
    ],
)
def test_rows_that_cannot_be(read: Read, row: str, sentence: str) -> None:
    with pytest.raises(PatientError, match=sentence):
        read(f"results: [{row}]")


def test_all_that_is_wrong_in_a_row_is_said(read: Read) -> None:
    with pytest.raises(PatientError) as caught:
        read("ana: negative\nresults: [{fact: ana, date: 2030-01-01, value: pos, method: guess, lab: x}]")
    assert len(str(caught.value).splitlines()) == 4


def test_a_list_with_mistakes_is_not_counted(read: Read) -> None:
    with pytest.raises(PatientError) as caught:
        read("total_pregnancies: 2\npregnancies_complete: yes\npregnancies: [{outcome: loss}, 3]")
    assert len(str(caught.value).splitlines()) == 1


def test_as_of_of_the_file_counts_and_the_parameter_wins(read: Read) -> None:
    text = "as_of: 2023-01-01\nresults: [{fact: tsh, date: 2023-06-01, value: 2 mIU/L}]"
    with pytest.raises(PatientError, match="2023-01-01"):
        read(text, None)
    assert read(text, date(2023, 6, 1)).as_of == date(2023, 6, 1)
    assert read("as_of: 2023-01-01", None).patient.as_of == date(2023, 1, 1)
