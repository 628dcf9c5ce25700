"""The mapping file: columns, units, words, groups, dates; every mistake in it is one sentence with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from decidua.errors import CohortError
from decidua.facts import Vocabulary
from decidua.intake.cohort import mapping_of, read_cohort, read_mapping
from intake.cohort_reading import cohort, problems, rows, settings
from intake.reading import STATED

MAPPING = """
patient: pid
care: {column: seen, format: "%d.%m.%Y"}
unknown: ["-9", ND]
columns:
  n_losses: losses
  vitd: {fact: vitamin_d, unit: nmol/L}
  tsh_tested: {fact: done_tsh, values: {1: yes, 0: no, 9: unknown}}
  unexpl: unexplained@eshre-2022
ignore: [name]
groups:
  centre: site
  arm: {column: arm, values: {A: first, B: second}}
  year: {column: seen, take: year, format: "%d.%m.%Y"}
  age: {fact: age, cuts: [30, 35.5]}
"""
TEXT = """pid,name,n_losses,vitd,tsh_tested,unexpl,site,arm,seen,age
1,Kim,3,75,1,yes,Seoul,A,31.12.2023,29
2,Lee,-9,>=80,0,no,Busan,B,01.02.2024,30
3,Park,nd,30 ng/mL,9,,,C,2024-02-01,35.5
4,Choi,2,74,1,,NA,,01.01.2030,>=36
"""


def test_everything_that_a_mapping_may_say(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = cohort(tmp_path, TEXT, vocabulary, MAPPING)
    assert rows(table, "patient", "losses", "vitamin_d", "vitamin_d.low", "done_tsh", "unexplained@eshre-2022") == [
        ("1", 3.0, 30.0, None, True, True),
        ("2", None, None, pytest.approx(32.05128205), False, False),
        ("3", None, 30.0, None, None, None),
        ("4", 2.0, 29.647435897435898, None, True, None),
    ]
    assert rows(table, "group.centre", "group.arm", "group.year", "group.age", "date.care") == [
        ("Seoul", "first", "2023", "<30", date(2023, 12, 31)),
        ("Busan", "second", "2024", "30–<35.5", date(2024, 2, 1)),
        (None, "C", None, "≥35.5", None),
        (None, None, None, None, None),
    ]
    assert "name" not in str(table.frame.collect_schema())
    found = problems(table)
    assert set(found) == {"cohort.date", "cohort.date-later", "cohort.own-unit"}
    assert (found["cohort.date"].rows, found["cohort.date-later"].rows) == ((4,), (5,))


def test_what_the_description_counts(tmp_path: Path, vocabulary: Vocabulary) -> None:
    described = {column.fact: column for column in cohort(tmp_path, TEXT, vocabulary, MAPPING).description.columns}
    vitamin_d = described["vitamin_d"]
    assert (vitamin_d.known, vitamin_d.bounded, vitamin_d.unknown, vitamin_d.refused) == (3, 1, 0, 0)
    assert (vitamin_d.name, vitamin_d.unit) == ("vitd", "nmol/L")
    assert (described["losses"].known, described["losses"].unknown) == (2, 2)
    assert (described["date.care"].known, described["date.care"].refused) == (2, 2)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("patients: pid", 1, "patients"),
        ("patient: pid\npatient: x", 2, "patient"),
        ("columns: [a]", 1, "columns"),
        ("columns:\n  a: {unit: kg}", 2, "fact"),
        ("columns:\n  a: {fact: losses, unnit: kg}", 2, "unit"),
        ("columns:\n  a:", 2, "fact"),
        ("columns:\n  a: {fact: losses, values: [1]}", 2, "values"),
        ("groups:\n  g: {column: a, fact: age, cuts: [1]}", 2, "g"),
        ("groups:\n  g: {fact: age}", 2, "cuts"),
        ("groups:\n  g: {fact: age, cuts: [3, 2]}", 2, "cuts"),
        ("groups:\n  g: {fact: age, cuts: [x]}", 2, "cuts"),
        ("as_of: soon", 1, "as_of"),
        ("encoding: klingon", 1, "klingon"),
        ("done:\n  ivig: {complete: {since: 2020-01-01}, column: a}", 2, "since"),
        ("done:\n  ivig: {complete: yes}", 2, "column"),
        ("care: {format: x}", 1, "column"),
        ("events: x", 1, "events"),
        ("events: {together_days: 9999}", 1, "together_days"),
        ("- a", 1, ""),
        ("a: b: c", 1, ""),
        ("", None, "nothing"),
    ],
)
def test_mistakes_of_shape(text: str, line: int | None, word: str) -> None:
    with pytest.raises(CohortError) as found:
        mapping_of(text, "m.yaml")
    first = found.value.message("en").splitlines()[-1]
    assert first.startswith("m.yaml" if line is None else f"m.yaml:{line}: ")
    assert word in first
    assert found.value.exit_code == 10
    assert found.value.message("ko")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("patient: pid\n", "pid"),
        ("columns:\n  lossez: losses", "losses"),
        ("columns:\n  losses: lossez", "losses"),
        ("columns:\n  age: {fact: age, unit: kg}", "years"),
        ("groups:\n  g: {fact: stage, cuts: [1]}", "stage"),
        ("done:\n  ivigg: {column: age}", "ivig"),
        ("events: {codes: {X: heparine}}", "heparin"),
    ],
)
def test_mistakes_that_show_with_the_source(tmp_path: Path, vocabulary: Vocabulary, text: str, word: str) -> None:
    with pytest.raises(CohortError) as found:
        cohort(tmp_path, "patient,losses,age\na,3,31\n", vocabulary, text)
    assert word in found.value.message("en")
    assert "m.yaml:" in found.value.message("en")


def test_several_mistakes_are_told_at_once(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(CohortError) as found:
        cohort(tmp_path, "patient,losses\na,3\n", vocabulary, "columns:\n  x: losses\n  losses: y\n")
    assert len(found.value.message("en").splitlines()) == 2


def test_a_mapping_file(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "m.yaml").write_text("patient: pid\n")
    assert read_mapping(tmp_path / "m.yaml").patient == "pid"
    with pytest.raises(CohortError):
        read_mapping(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CohortError):
        read_mapping(tmp_path / "bad.yaml")
    (tmp_path / "c.csv").write_text("pid,losses\na,3\n")
    plain = settings(vocabulary)
    assert read_cohort(tmp_path / "c.csv", settings(vocabulary, "patient: pid")).description.patients == 1
    with pytest.raises(CohortError):
        read_cohort(tmp_path / "c.csv", plain)


def test_names_that_may_be_stated(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = cohort(tmp_path, "patient,unexplained,persistent_apl\na,yes,no\nb,,예\n", vocabulary)
    wanted = [name for name in STATED if name.startswith("unexplained@")]
    assert rows(table, *wanted, "persistent_apl") == [(True, True, False), (None, None, True)]


def test_many_columns_that_mean_nothing_do_not_hang(tmp_path: Path, vocabulary: Vocabulary) -> None:
    names = [f"column_{n}" for n in range(3000)]
    table = cohort(tmp_path, ",".join(["patient", *names]) + "\na" + "," * 3000 + "\n", vocabulary)
    assert len(table.description.problems) == 3000
    assert rows(table, "patient") == [("a",)]
