"""`decidua reproduce` and `decidua evidence`."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from decidua.cli.main import cli
from decidua.errors import UsageError
from decidua.evidence import Evidence, Verdict


def run(*arguments: str) -> str:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False).output


def test_json_holds_every_claim(verdicts: dict[str, Verdict]) -> None:
    report = json.loads(run("reproduce", "--format", "json"))
    assert [claim["id"] for claim in report["claims"]] == list(verdicts)
    assert sum(report["counts"].values()) == len(verdicts)


def test_csv_holds_one_row_a_claim(verdicts: dict[str, Verdict]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("reproduce", "g-csf-trial", "--format", "csv"))))
    assert len(rows) == sum(v.ref.startswith("g-csf-trial/") for v in verdicts.values())
    assert {row["verdict"] for row in rows} == {"exact", "rounding", "mismatch"}


@pytest.mark.parametrize(("lang", "word"), [("en", "MISMATCH"), ("ko", "불일치")])
def test_text_in_both_languages(lang: str, word: str) -> None:
    assert word in run("reproduce", "ivig-trial-outcomes", "--lang", lang)
    assert word in run("evidence", "ivig-trial-outcomes", "--lang", lang)


def test_every_table_can_be_shown(evidence: Evidence) -> None:
    listed = run("evidence")
    for table in evidence.tables:
        assert table in listed
        assert table in run("evidence", table)


def test_repairs_and_discrepancies_are_shown() -> None:
    shown = run("evidence", "ivig-reviews")
    assert "Egerup" in shown
    assert "outcome is inverted" in " ".join(shown.split())


def test_an_unknown_table_names_its_neighbours() -> None:
    with pytest.raises(UsageError, match="ivig-reviews"):
        run("evidence", "ivig-review")


def test_write_takes_the_whole(tmp_path: object) -> None:  # noqa: ARG001
    with pytest.raises(UsageError, match="--write"):
        run("reproduce", "ivig-trial", "--write")


WITHOUT = "import sys; sys.modules['numpy'] = sys.modules['scipy'] = None; from decidua.cli.main import main; main()"


@pytest.mark.parametrize(("verb", "code", "said"), [("evidence", 0, "MISMATCH"), ("reproduce", 2, "NumPy")])
def test_without_numpy(verb: str, code: int, said: str) -> None:
    """Stored verdicts are read without NumPy; recomputing asks for it in one line."""
    command = [sys.executable, "-c", WITHOUT, verb, "ivig-trial"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
