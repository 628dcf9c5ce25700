"""What was done: columns, long tables of coded events, complete records; a missing record is no no."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from decidua.errors import CohortError
from decidua.facts import Vocabulary
from decidua.intake.cohort import FactsTable, read_cohort
from decidua.intake.cohort.option_codes import option_codes
from intake.cohort_reading import OPTIONS, problems, rows, settings

FACTS = "patient,losses,seen,ivig\na,3,2023-01-01,yes\nb,2,2023-02-01,no\nc,4,2019-01-01,\nd,5,,\n"
T, F, N = True, False, None


def read(
    folder: Path, vocabulary: Vocabulary, events: str, mapping: str = "events: {purpose: preventing-loss}"
) -> FactsTable:
    (folder / "facts.csv").write_text(FACTS)
    (folder / "events.csv").write_text("patient,system,code,date\n" + events)
    given = settings(vocabulary, f"ignore: [seen, ivig]\n{mapping}" if "seen" not in mapping else mapping)
    return read_cohort(folder / "facts.csv", given, events=folder / "events.csv")


def test_a_code_is_an_option_and_its_class(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = read(tmp_path, vocabulary, "a,ATC,J06BA02,2023-03-01\na,atc,J06BA02,2023-02-01\nb,ATC,L04AD02,2023-02-05\n")
    assert rows(table, "patient", "done.ivig", "date.ivig", "done.tacrolimus", "done.calcineurin-inhibitors") == [
        ("a", T, date(2023, 2, 1), N, N),
        ("b", N, N, T, T),
        ("c", N, N, N, N),
        ("d", N, N, N, N),
    ]
    assert "done.ciclosporin" not in table.frame.collect_schema().names()
    assert table.description.sound


def test_without_a_purpose_that_is_said(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = read(tmp_path, vocabulary, "a,ATC,J06BA02,2023-03-01\n", "events: {}")
    assert problems(table)["cohort.purpose"].note


@pytest.mark.parametrize(
    ("events", "days", "heparin", "aspirin", "both"),
    [
        ("a,ATC,B01AB05,2023-03-01\n", None, T, N, N),
        ("a,ATC,B01AC06,2023-03-01\n", None, N, T, N),
        ("a,ATC,B01AB05,2023-03-01\na,ATC,B01AC06,2023-03-01\n", None, N, N, N),
        ("a,ATC,B01AB05,2023-03-01\na,ATC,B01AC06,2023-03-20\n", 28, N, N, T),
        ("a,ATC,B01AB05,2020-03-01\na,ATC,B01AC06,2023-03-20\n", 28, T, T, N),
        ("a,ATC,B01AB05,\na,ATC,B01AC06,2023-03-20\n", 28, N, N, N),
        ("a,ours,HA1,2023-03-01\n", None, N, N, T),
    ],
)
def test_a_combination_answers_for_no_part_nor_a_part_for_it(
    tmp_path: Path, vocabulary: Vocabulary, events: str, days: int | None,
    heparin: bool | None, aspirin: bool | None, both: bool | None,
) -> None:  # fmt: skip
    other = "b,ATC,B01AB05,2023-03-01\nc,ATC,B01AC06,2023-03-01\nd,ours,HA1,2023-03-01\n"
    said = "" if days is None else f", together_days: {days}"
    table = read(tmp_path, vocabulary, events + other, f"events: {{codes: {{HA1: heparin-aspirin}}{said}}}")
    assert rows(table, "done.heparin", "done.aspirin", "done.heparin-aspirin")[0] == (heparin, aspirin, both)
    assert rows(table, "done.heparin", "done.aspirin", "done.heparin-aspirin")[1:] == [(T, N, N), (N, T, N), (N, N, T)]


def test_no_only_where_the_record_is_complete(tmp_path: Path, vocabulary: Vocabulary) -> None:
    mapping = """
care: seen
ignore: [ivig]
events:
  complete: {ivig: {from: 2020-01-01}, heparin: yes}
"""
    table = read(tmp_path, vocabulary, "a,ATC,J06BA02,2023-03-01\na,ATC,B01AC06,2023-03-01\n", mapping)
    assert rows(table, "patient", "done.ivig", "done.heparin", "done.aspirin", "done.heparin-aspirin") == [
        ("a", T, F, T, F),
        ("b", F, F, N, F),
        ("c", N, F, N, F),  # her care was before the record is complete
        ("d", N, F, N, F),  # no day of care: not known whether it was
    ]


def test_what_cannot_be_told_stays_unknown_in_a_complete_record(tmp_path: Path, vocabulary: Vocabulary) -> None:
    events = "a,ATC,B01AB05,2023-03-01\na,ATC,B01AC06,2023-03-01\n"
    table = read(tmp_path, vocabulary, events, "events: {complete: [heparin, aspirin, heparin-aspirin]}")
    assert rows(table, "done.heparin", "done.aspirin", "done.heparin-aspirin")[:2] == [(N, N, N), (F, F, F)]
    told = problems(table)["cohort.combination-open"]
    assert (told.column, told.count) == ("done.heparin-aspirin", 1)


def test_columns_and_events_together(tmp_path: Path, vocabulary: Vocabulary) -> None:
    mapping = "care: seen\ndone: {ivig: ivig}\nevents: {}"
    table = read(tmp_path, vocabulary, "b,ATC,J06BA02,2023-03-01\nc,ATC,J06BA02,2023-03-01\n", mapping)
    assert rows(table, "patient", "done.ivig") == [("a", T), ("b", N), ("c", T), ("d", N)]
    assert problems(table)["cohort.done-contradiction"].count == 1


def test_columns_of_dates_and_complete_columns(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "c.csv").write_text("patient,on,seen\na,2023-01-01,2023-01-01\nb,,2023-01-01\nc,,2010-01-01\n")
    mapping = "care: seen\ndone: {ivig: {date: on, complete: {from: 2020-01-01, to: 2024-01-01}}}"
    table = read_cohort(tmp_path / "c.csv", settings(vocabulary, mapping))
    assert rows(table, "done.ivig", "date.ivig") == [(T, date(2023, 1, 1)), (F, N), (N, N)]
    table = read_cohort(tmp_path / "c.csv", settings(vocabulary, "care: seen\ndone: {ivig: {date: on}}"))
    assert rows(table, "done.ivig") == [(T,), (N,), (N,)]


def test_a_test_of_several_parts_needs_them_all(tmp_path: Path, vocabulary: Vocabulary) -> None:
    apl = ["3281-3", "3181-5", "3182-3", "44448-9", "44449-7"]
    events = "".join(f"a,LOINC,{code},2023-01-0{n}\n" for n, code in enumerate(apl, 1)) + "b,LOINC,3281-3,2023-01-01\n"
    table = read(tmp_path, vocabulary, events)
    assert rows(table, "done.test:antiphospholipid", "date.test:antiphospholipid")[:2] == [
        (T, date(2023, 1, 5)),
        (N, N),
    ]


def test_odd_events_are_told(tmp_path: Path, vocabulary: Vocabulary) -> None:
    events = (
        "a,ATC,X99,2023-01-01\na,ATC,J06BA02,2030-01-01\na,ATC,J06BA02,soon\n,ATC,J06BA02,2023-01-01\n"
        "zz,ATC,J06BA02,2023-01-01\na,ATC\n"
    )
    table = read(tmp_path, vocabulary, events)
    found = {key: (problem.rows, problem.count) for key, problem in problems(table).items()}
    assert found == {
        "cohort.event-unmapped": ((2,), 1),
        "cohort.event-later": ((3,), 1),
        "cohort.event-date": ((4,), 1),
        "cohort.no-patient": ((5,), 1),
        "cohort.event-strangers": ((), 1),
        "cohort.row-short": ((7,), 1),
        "cohort.any-time": ((), 1),
    }
    assert rows(table, "done.ivig") == [(N,)] * 4


def test_a_missing_column_of_events(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(CohortError, match="atc"):
        read(tmp_path, vocabulary, "a,ATC,X,2023-01-01\n", "events: {code: atc}")


def test_the_table_of_codes() -> None:
    table = option_codes()
    assert {code.option for code in table.codes} <= set(OPTIONS)
    assert {code.system for code in table.codes} <= set(table.systems)
    assert len({(code.system, code.code) for code in table.codes}) == len(table.codes)
    combined = {place.id for place in OPTIONS.values() if place.combines}
    assert not combined & {code.option for code in table.codes}, "no code of one drug means a combination"
    assert {code.status for code in table.codes} == {"verified", "memory"}
