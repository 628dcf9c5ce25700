"""What was done counts for a row only within its own days, if the mapping sets any; unknown days say nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from decidua.errors import CohortError
from decidua.facts import Vocabulary
from decidua.guidelines import Knowledge
from decidua.intake.bulk import read_bulk
from decidua.intake.cohort import FactsTable, Names, Settings, mapping_of, option_places, read_cohort
from decidua.intake.cohort.mapping import Window
from intake.cohort_reading import problems, settings
from intake.fhir_reading import bundle, observation
from intake.reading import AS_OF
from intake.test_bulk_care import visit
from intake.test_bulk_done import medicine

FACTS = "patient,losses,seen\na,2,2021-06-01\na,3,2023-06-01\nb,2,2023-06-01\nc,4,\n"
T, F, N = True, False, None
WITHIN = "within: {before: 90 d, after: 52 wk}"


def read(folder: Path, vocabulary: Vocabulary, events: str, rule: str = WITHIN, care: str = "care: seen") -> FactsTable:
    (folder / "facts.csv").write_text(FACTS)
    (folder / "events.csv").write_text("patient,system,code,date\n" + events)
    mapping = f"index: seen\n{care}\nevents:\n  date: date\n  codes: {{HA1: heparin-aspirin}}\n  {rule}"
    return read_cohort(folder / "facts.csv", settings(vocabulary, mapping), events=folder / "events.csv")


def rows(table: FactsTable, *columns: str) -> list[tuple[object, ...]]:
    """A column that is not there is unknown."""
    frame = table.frame.collect()
    found = (frame[name].to_list() if name in frame.columns else [None] * len(frame) for name in columns)
    return list(zip(*found, strict=True))


@pytest.mark.parametrize(
    ("events", "done"),
    [
        ("a,ATC,J06BA02,2023-06-01\n", [N, T, N, N]),
        ("a,ATC,J06BA02,2023-03-03\n", [N, T, N, N]),  # 90 days before
        ("a,ATC,J06BA02,2023-03-02\n", [N, N, N, N]),
        ("a,ATC,J06BA02,2022-05-31\n", [T, N, N, N]),  # 364 days after
        ("a,ATC,J06BA02,2022-06-01\n", [N, N, N, N]),
        ("a,ATC,J06BA02,\n", [N, N, N, N]),
        ("b,ATC,J06BA02,2023-06-01\nc,ATC,J06BA02,2023-06-01\n", [N, N, T, N]),
    ],
)
def test_a_row_has_its_own_acts(tmp_path: Path, vocabulary: Vocabulary, events: str, done: list[bool | None]) -> None:
    table = read(tmp_path, vocabulary, events)
    assert [one for (one,) in rows(table, "done.ivig")] == done


def test_the_first_day_is_that_within(tmp_path: Path, vocabulary: Vocabulary) -> None:
    days = ("2021-06-01", "2023-08-01", "2023-07-01")
    table = read(tmp_path, vocabulary, "".join(f"a,ATC,J06BA02,{day}\n" for day in days))
    assert rows(table, "date.ivig")[:2] == [(date(2021, 6, 1),), (date(2023, 7, 1),)]


@pytest.mark.parametrize(
    ("events", "done"),
    [
        ("a,ATC,J06BA02,2023-06-01\n", [F, T, F, F]),
        ("a,ATC,J06BA02,\n", [N, N, F, F]),  # perhaps within, so not a no
        ("c,ATC,J06BA02,2023-06-01\n", [F, F, F, N]),  # her own day is not known
        ("a,ATC,J06BA02,\na,ATC,J06BA02,2023-06-01\n", [N, T, F, F]),
    ],
)
def test_unknown_days_are_no_no_in_a_complete_record(
    tmp_path: Path, vocabulary: Vocabulary, events: str, done: list[bool | None]
) -> None:
    table = read(tmp_path, vocabulary, events, f"{WITHIN}\n  complete: [ivig]")
    assert [one for (one,) in rows(table, "done.ivig")] == done


@pytest.mark.parametrize(
    ("heparin", "aspirin", "row"),
    [
        ("2023-06-01", "2023-06-10", (N, N, T)),
        ("2021-06-01", "2023-06-10", (N, T, N)),  # the other was within the days of another row
        ("", "2023-06-10", (N, N, N)),
        ("", "", (N, N, N)),
    ],
)
def test_parts_of_a_combination(
    tmp_path: Path, vocabulary: Vocabulary, heparin: str, aspirin: str, row: tuple[bool | None, ...]
) -> None:
    events = f"a,ATC,B01AB05,{heparin}\na,ATC,B01AC06,{aspirin}\n"
    table = read(tmp_path, vocabulary, events, f"{WITHIN}\n  together_days: 28")
    assert rows(table, "done.heparin", "done.aspirin", "done.heparin-aspirin")[1] == row


def test_a_panel_needs_all_parts_within(tmp_path: Path, vocabulary: Vocabulary) -> None:
    codes = ["3281-3", "3181-5", "3182-3", "44448-9", "44449-7"]
    lines = [f"b,LOINC,{code},2023-06-0{n}\n" for n, code in enumerate(codes, 1)]
    assert rows(read(tmp_path, vocabulary, "".join(lines)), "done.test:antiphospholipid")[2] == (T,)
    lines[0] = "b,LOINC,3281-3,2020-01-01\n"
    assert rows(read(tmp_path, vocabulary, "".join(lines)), "done.test:antiphospholipid")[2] == (N,)


def test_what_is_outside_or_open_is_told(tmp_path: Path, vocabulary: Vocabulary) -> None:
    events = "a,ATC,J06BA02,2019-01-01\nb,ATC,J06BA02,\nzz,ATC,J06BA02,2023-06-01\n"
    told = problems(read(tmp_path, vocabulary, events))
    assert (told["cohort.window-outside"].count, told["cohort.window-open"].count) == (1, 1)
    assert told["cohort.event-strangers"].count == 1
    assert "cohort.any-time" not in told


def test_without_a_window_all_counts_and_that_is_told(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = read(tmp_path, vocabulary, "a,ATC,J06BA02,2019-01-01\n", "purpose: preventing-loss")
    assert rows(table, "done.ivig")[:2] == [(T,), (T,)]
    assert problems(table)["cohort.any-time"].note


def test_without_a_day_of_care_nothing_is_known(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = read(tmp_path, vocabulary, "a,ATC,J06BA02,2023-06-01\n", f"{WITHIN}\n  complete: [ivig]", care="")
    assert [one for (one,) in rows(table, "done.ivig")] == [N, N, F, F]


@pytest.mark.parametrize(
    ("given", "window"),
    [
        ("P90D", Window(90, 90)),
        ("12 wk", Window(84, 84)),
        ("{after: P1W}", Window(None, 7)),
        ("{before: 0 d, after: 1 day}", Window(0, 1)),
    ],
)
def test_lengths(given: str, window: Window) -> None:
    rule = mapping_of(f"events: {{within: {given}}}", "m").events
    assert rule is not None
    assert rule.within == window


@pytest.mark.parametrize("given", ["P3M", "90", "-5 d", "{around: 5 d}", "[1, 2]", "soon"])
def test_what_is_no_length_is_refused_with_its_line(given: str) -> None:
    with pytest.raises(CohortError, match="m:2"):
        mapping_of(f"events:\n  within: {given}", "m")


def test_from_fhir_too(knowledge: Knowledge, tmp_path: Path) -> None:
    drug = medicine("MedicationStatement", "J06BA02", "completed", effectiveDateTime="2023-01-01")
    (tmp_path / "b.json").write_bytes(bundle(observation("losses", valueInteger=3), visit("2024-05-01"), drug))
    places = option_places(knowledge.content)
    names = Names(knowledge.vocabulary, knowledge.stated, places)
    for days, done in ((30, N), (600, T)):
        mapping = mapping_of(f"events: {{within: P{days}D}}", "m")
        frame = read_bulk(tmp_path, Settings(names, mapping, places, AS_OF)).frame.collect()
        assert (frame["done.ivig"][0] if "done.ivig" in frame.columns else None) is done
