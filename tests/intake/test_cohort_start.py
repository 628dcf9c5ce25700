"""`decidua new FILE --mapping SOURCE`: a start that can be read, with what is not understood to be filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.running import run

from decidua.facts import Vocabulary
from decidua.intake.cohort import Names, mapping_of, read_cohort
from decidua.intake.cohort.mapping_start import mapping_start
from decidua.language import LANGUAGES, Lang
from intake.cohort_reading import OPTIONS, problems, rows, settings
from intake.reading import STATED

TEXT = 'patient,유산횟수,vitamin_d_nmol_l,tsh,Weight (kg),"odd, name",done.ivig\na,2,75,4,60,x,yes\n'


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_start_that_can_be_read(tmp_path: Path, vocabulary: Vocabulary, lang: Lang) -> None:
    path = tmp_path / "c.csv"
    path.write_text(TEXT)
    start = mapping_start(path, Names(vocabulary, STATED, OPTIONS), lang)
    mapping = mapping_of(start, "m.yaml")
    assert mapping.patient == "patient"
    assert {rule.column: rule.fact for rule in mapping.columns.values()} == {
        "유산횟수": "losses", "vitamin_d_nmol_l": "vitamin_d", "tsh": "tsh", "Weight (kg)": "weight",
    }  # fmt: skip
    assert '# "odd, name": ?' in start
    assert "uIU/mL" in start
    table = read_cohort(path, settings(vocabulary, start))
    assert rows(table, "losses", "vitamin_d", "weight", "done.ivig") == [(2.0, 30.0, 60.0, True)]
    assert set(problems(table)) >= {"error.unit-missing"}


@pytest.mark.parametrize("heading", ["x,y", "x,x", "patient,", "a"])
def test_little_to_go_by(tmp_path: Path, vocabulary: Vocabulary, heading: str) -> None:
    (tmp_path / "c.csv").write_text(heading + "\n")
    assert mapping_of(mapping_start(tmp_path / "c.csv", Names(vocabulary), "en"), "m.yaml").columns == {}


def test_the_command(tmp_path: Path) -> None:
    source, out = tmp_path / "c.csv", tmp_path / "m.yaml"
    source.write_text(TEXT)
    assert run("new", str(out), "--mapping", str(source)).code == 0
    assert "patient: patient" in out.read_text()
    again = run("new", str(out), "--mapping", str(source))
    assert (again.code, again.err.count("\n")) == (2, 1)
    missing = run("new", "-", "--mapping", str(tmp_path / "none.csv"))
    assert (missing.code, missing.err.count("\n")) == (10, 1)
