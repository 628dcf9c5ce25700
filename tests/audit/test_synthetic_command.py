"""`decidua synthesize`: what a user types and sees; nothing half is left, nothing that was there is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
from cli.running import COMMAND, python_words, run


def test_it_writes_and_says_what_it_is(tmp_path: Path) -> None:
    for name in ("c.parquet", "c.csv", "c.ndjson", "bulk"):
        ran = run("synthesize", "40", "--seed", "3", "--out", str(tmp_path / name))
        assert ran.code == 0, ran.err
        assert "plausible, not real" in ran.err
        assert "no conclusion about care" in ran.err
    assert pl.read_parquet(tmp_path / "c.parquet").height == 40
    assert len((tmp_path / "c.csv").read_bytes().splitlines()) == 41
    assert len((tmp_path / "c.ndjson").read_bytes().splitlines()) == 40
    assert len((tmp_path / "bulk" / "Patient.ndjson").read_bytes().splitlines()) == 40
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bulk", "c.csv", "c.ndjson", "c.parquet"]


def test_it_speaks_korean(tmp_path: Path) -> None:
    ran = run("synthesize", "5", "--out", str(tmp_path / "c.csv"), "--lang", "ko")
    assert "실제 환자가 아닙니다" in ran.err


def test_nobody_is_a_cohort_too(tmp_path: Path) -> None:
    for name in ("c.parquet", "c.csv", "c.ndjson", "bulk"):
        assert run("synthesize", "0", "--out", str(tmp_path / name)).code == 0
    assert pl.read_parquet(tmp_path / "c.parquet").height == 0
    assert len((tmp_path / "c.csv").read_bytes().splitlines()) == 1
    assert (tmp_path / "c.ndjson").read_bytes() == b""
    assert (tmp_path / "bulk" / "Observation.ndjson").read_bytes() == b""


@pytest.mark.parametrize(
    ("arguments", "told", "korean"),
    [
        (("-5",), "'-5' is no number of patients", "환자 수가 아닙니다"),
        (("1e6",), "'1e6' is no number of patients", "환자 수가 아닙니다"),
        (("٣",), "'٣' is no number of patients", "환자 수가 아닙니다"),
        (("9" * 5000,), "is no number of patients", "환자 수가 아닙니다"),
        (("5", "--seed", "-1"), "'-1' is no seed", "시드가 아닙니다"),
        (("5", "--seed", str(2**63)), "is no seed", "시드가 아닙니다"),
    ],
)
def test_wrong_numbers_are_told(tmp_path: Path, arguments: tuple[str, ...], told: str, korean: str) -> None:
    for lang, words in (("en", told), ("ko", korean)):
        ran = run("synthesize", *arguments, "--out", str(tmp_path / "c.csv"), "--lang", lang)
        assert (ran.code, ran.out) == (2, "")
        assert words in ran.err
        assert len(ran.err.strip().splitlines()) == 1
        assert not python_words(ran.err)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_ending_is_told(tmp_path: Path) -> None:
    ran = run("synthesize", "5", "--out", str(tmp_path / "c.xlsx"))
    assert ran.code == 2
    assert ".parquet, .csv or .ndjson" in ran.err
    assert "says no format" in run("synthesize", "5", "--out", "-").err
    assert run("synthesize", "5", "--out", str(tmp_path / "c.txt"), "--format", "csv").code == 0


def test_a_missing_extra_is_told(tmp_path: Path) -> None:
    def without(name: str) -> object:
        return None if name == "polars" else find_spec(name)

    with patch("importlib.util.find_spec", without):
        ran = run("synthesize", "5", "--out", str(tmp_path / "c.csv"))
    assert ran.code == 2
    assert "decidua[columns,evidence]" in ran.err


def test_what_is_there_stays_unless_forced(tmp_path: Path) -> None:
    file, folder = tmp_path / "c.csv", tmp_path / "bulk"
    for out in (file, folder):
        assert run("synthesize", "5", "--out", str(out)).code == 0
        ran = run("synthesize", "6", "--out", str(out))
        assert ran.code == 2
        assert "not touched" in ran.err
        assert run("synthesize", "6", "--out", str(out), "--force").code == 0
    assert len(file.read_bytes().splitlines()) == 7
    assert len((folder / "Patient.ndjson").read_bytes().splitlines()) == 6
    (folder / "thesis.txt").write_text("mine")
    ran = run("synthesize", "7", "--out", str(folder), "--force")
    assert ran.code == 2
    assert "other files" in ran.err
    assert (folder / "thesis.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bulk", "c.csv"]


def test_a_folder_that_cannot_be_put_in_place_costs_nothing(tmp_path: Path) -> None:
    out, rename = tmp_path / "bulk", Path.rename
    assert run("synthesize", "5", "--out", str(out)).code == 0

    def failing(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    swapping = "decidua.intake.cohort.new_folder._exchanged"
    with patch.object(Path, "rename", failing), patch(swapping, lambda *_: False):
        ran = run("synthesize", "6", "--out", str(out), "--force")
    assert ran.code == 2
    assert "No space left" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["bulk"]
    assert len((out / "Patient.ndjson").read_bytes().splitlines()) == 5


def test_files_and_folders_are_not_confused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    ran = run("synthesize", "5", "--out", str(tmp_path / "folder"), "--format", "csv", "--force")
    assert "is a folder" in ran.err
    ran = run("synthesize", "5", "--out", str(tmp_path / "file"), "--force")
    assert "is a file" in ran.err
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("name", ["c.parquet", "c.csv", "c.ndjson", "bulk"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    ran = run("synthesize", "5", "--out", str(tmp_path / "nowhere" / name))
    assert ran.code == 2
    assert "cannot be written" in ran.err
    assert not python_words(ran.err)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """The part is a link to a device that is always full."""
    from decidua.audit.synthetic import csv_file

    def full(cohort: object, path: Path, *rest: object) -> None:
        path.unlink()
        path.symlink_to("/dev/full")
        original(cohort, path, *rest)  # type: ignore[arg-type]

    original = csv_file.write_csv
    with patch.object(csv_file, "write_csv", full):
        ran = run("synthesize", "500", "--out", str(tmp_path / "c.csv"))
    assert ran.code == 2
    assert "cannot be written" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["c.parquet", "c.csv", "c.ndjson", "bulk"])
def test_an_interrupt_leaves_nothing_half(tmp_path: Path, name: str) -> None:
    """Ctrl-C while it writes: what was there before stays, no part is left, no traceback is shown."""
    out = tmp_path / name
    assert run("synthesize", "5", "--out", str(out)).code == 0
    before = (out / "Patient.ndjson" if out.is_dir() else out).read_bytes()
    arguments = [*COMMAND, "synthesize", "20000000", "--out", str(out), "--force"]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "100"})
    limit = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert not python_words(err)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (out / "Patient.ndjson" if out.is_dir() else out).read_bytes() == before
