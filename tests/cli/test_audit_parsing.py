"""A large cohort is parsed once if the user names a place for its rows; if not, it is told that it is parsed again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cli.running import run
from cli.test_audit import ONLY, names, rows
from decidua.intake.cohort.convert import Converter
from decidua.intake.cohort.read import read_cohort

COUNT = 400


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many rows were turned into facts, while more than 100 rows are a large cohort."""
    found: Counter[str] = Counter()
    convert = Converter.table

    def counted(self: Converter, block: Any, tally: Any) -> pl.DataFrame:
        found["rows"] += len(block.frame)
        return convert(self, block, tally)

    monkeypatch.setattr(Converter, "table", counted)
    assert read_cohort.__kwdefaults__ is not None
    monkeypatch.setitem(read_cohort.__kwdefaults__, "kept", 100)
    return found


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.csv"
    path.write_text(rows(COUNT))
    return path


@pytest.mark.parametrize("place", ["--facts", "--scratch"])
def test_once(cohort: Path, tmp_path: Path, parsed: Counter[str], place: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    where = str(out / "f.parquet") if place == "--facts" else str(out)
    answers = str(tmp_path / "a.parquet")
    ran = run("audit", str(cohort), *ONLY, "--by", "centre", place, where, "--answers", answers, "--format", "json")
    assert ran.code == 0, ran.err
    assert parsed["rows"] == COUNT
    assert names(out) == (["f.parquet"] if place == "--facts" else [])
    assert "read anew" not in ran.out
    parsed.clear()
    plain = run("audit", str(cohort), *ONLY, "--by", "centre", "--format", "json")
    assert parsed["rows"] > COUNT
    assert "read anew" in plain.out
    assert json.loads(plain.out)["options"] == json.loads(ran.out)["options"]


def test_nothing_is_left_after_an_error(cohort: Path, tmp_path: Path, parsed: Counter[str]) -> None:
    (tmp_path / "s").mkdir()
    assert run("audit", str(cohort), *ONLY, "--by", "nothing", "--scratch", str(tmp_path / "s")).code == 10
    assert parsed["rows"] == COUNT
    assert names(tmp_path / "s") == []


def test_a_folder_that_cannot_be_written_is_told(cohort: Path, tmp_path: Path) -> None:
    ran = run("audit", str(cohort), *ONLY, "--facts", str(tmp_path / "none" / "f.parquet"))
    assert ran.code == 2
    assert "cannot be written" in ran.err
