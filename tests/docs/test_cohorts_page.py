"""The example of docs/cohorts.md is run as it stands, and says what the page says of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from decidua.content import load
from decidua.facts import read_vocabulary
from decidua.intake.cohort import FactsTable, Names, Settings, option_places, read_cohort, read_mapping
from decidua.intake.cohort.mapping_file import KEYS
from decidua.intake.cohort.read import KEPT
from decidua.intake.omop.records import SHAPES

PAGE = (Path(__file__).parents[2] / "docs" / "cohorts.md").read_text("utf-8")
FILES = dict(re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
T, F, N = True, False, None


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> FactsTable:
    folder = tmp_path_factory.mktemp("page")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    content, mapping = load(), read_mapping(folder / "mapping.yaml")
    places = option_places(content)
    names = Names(read_vocabulary(content), (), places)
    settings = Settings(names, mapping, places, mapping.as_of)
    return read_cohort(folder / "cohort.csv", settings, events=folder / "events.csv")


def test_the_three_files_stand_on_the_page() -> None:
    assert set(FILES) == {"cohort.csv", "mapping.yaml", "events.csv"}


def test_facts(table: FactsTable) -> None:
    wanted = ["patient", "losses", "losses.low", "vitamin_d", "vitamin_d.high", "tsh", "done_tsh", "group.age"]
    assert table.frame.select(wanted).collect().rows() == [
        ("001", 3.0, N, 30.0, N, 2.5, T, "35–<40"),
        ("002", N, 4.0, 30.0, N, 3.1, F, "<30"),
        ("003", 2.0, N, N, pytest.approx(20.032, abs=1e-3), N, N, "≥40"),
        ("004", N, N, pytest.approx(32.051, abs=1e-3), N, 2.2, T, "30–<35"),
    ]


def test_done(table: FactsTable) -> None:
    wanted = [f"done.{option}" for option in ("ivig", "heparin", "aspirin", "heparin-aspirin", "corticosteroids")]
    assert table.frame.select(wanted).collect().rows() == [
        (T, N, N, T, T),
        (F, T, N, N, F),
        (N, N, N, N, N),
        (F, N, N, N, N),
    ]


def test_what_is_told(table: FactsTable) -> None:
    said = table.description
    assert (said.rows, said.patients, said.duplicates) == (5, 4, 1)
    told = {problem.key: (problem.rows, problem.count) for problem in said.problems}
    assert told == {
        "error.count": ((6,), 1),
        "cohort.date": ((4, 5), 2),
        "cohort.own-unit": ((3,), 1),
        "cohort.double-same": ((5,), 1),
        "cohort.event-unmapped": ((6,), 1),
        "cohort.event-later": ((7,), 1),
        "cohort.any-time": ((), 1),
    }


def test_keys_tables_and_limits_are_named() -> None:
    assert all(f"`{key}`" in PAGE for key in KEYS)
    assert all(f"`{shape.table}`" in PAGE for shape in SHAPES)
    assert f"more than {KEPT:,} rows" in PAGE
