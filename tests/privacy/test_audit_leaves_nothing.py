"""An audit writes what it was asked to write and nothing else, and no id of a patient into any report."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cli.running import COMMAND
from cli.test_audit import NAME, ONLY, rows

from privacy.test_nothing_stays import every_file, surroundings


@pytest.mark.parametrize("arguments", [(), ("--describe", "--format", "json"), ("--format", "html", "--lang", "ko")])
def test_nothing_is_written_but_what_was_asked_for(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    root = tmp_path / "places"
    root.mkdir()
    environment = surroundings(root)
    cohort = tmp_path / "cohort.csv"
    cohort.write_text(rows(), encoding="utf-8")
    before = every_file(tmp_path)
    ran = subprocess.run(
        [*COMMAND, "audit", str(cohort), *ONLY, "--by", "centre", *arguments],
        cwd=root / "cwd", env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert every_file(tmp_path) == before
    assert ran.stdout
    assert NAME not in ran.stdout + ran.stderr
