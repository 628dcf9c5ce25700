"""`decidua audit`: every form, errors in one sentence, no half file, no patient in anything that is written."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import polars as pl
import pytest

from cli.running import COMMAND, Ran, python_words, run

pytest.importorskip("polars")
ONLY = ("--option", "ivig", "--option", "vitamin-d", "--guideline", "eshre-2022", "--guideline", "asri-2025")
NAME = "kim-4711"


def rows(count: int = 60) -> str:
    """Women of three centres, losses known in most, IVIG recorded in two of three."""
    lines = ["patient,losses,biochemical_losses,peripheral_nk,group.centre,done.ivig"]
    for at in range(count):
        losses = "" if at % 7 == 0 else str(2 + at % 4)
        nk = ("raised", "not-raised", "")[at % 3]
        lines.append(f"{NAME}-{at},{losses},0,{nk},C{at % 3},{('yes', 'no', '')[at % 3]}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.csv"
    path.write_text(rows())
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def told(ran: Ran, code: int, *said: str) -> None:
    assert ran.code == code, ran.err
    assert python_words(ran.err) == []
    assert all(one in ran.err for one in said), ran.err


def test_every_form_at_once(cohort: Path, tmp_path: Path) -> None:
    out, tables, facts = tmp_path / "report.html", tmp_path / "tables", tmp_path / "facts.parquet"
    ran = run("audit", str(cohort), *ONLY, "--by", "centre", "--out", str(out), "--tables", str(tables), "--facts",
              str(facts))  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.out == ""
    assert "60 rows in" in ran.err
    page = out.read_text("utf-8")
    assert "60 women counted" in page
    written = [page, *(file.read_text("utf-8") for file in tables.iterdir() if file.suffix != ".parquet")]
    assert not any(NAME in text for text in written)
    for file in tables.glob("*.parquet"):
        assert NAME.encode() not in file.read_bytes()
        assert not any(NAME in str(cell) for row in pl.read_parquet(file).rows() for cell in row)
    assert names(tmp_path) == ["cohort.csv", "facts.parquet", "report.html", "tables"]


def test_kept_facts_give_the_same_report(cohort: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.parquet"
    first = run("audit", str(cohort), *ONLY, "--by", "centre", "--facts", str(facts), "--format", "json")
    again = run("audit", str(facts), *ONLY, "--by", "centre", "--format", "json")
    assert first.code == again.code == 0
    assert json.loads(first.out)["options"] == json.loads(again.out)["options"]


@pytest.mark.parametrize(("lang", "said"), [("en", "60 women counted"), ("ko", "집계한 여성 60명")])
def test_text(cohort: Path, lang: str, said: str) -> None:
    ran = run("audit", str(cohort), *ONLY, "--lang", lang)
    assert ran.code == 0, ran.err
    assert said in ran.out
    assert NAME not in ran.out


def test_small_counts_are_hidden_unless_asked_for(cohort: Path) -> None:
    cohort.write_text(rows(20))
    hidden, shown = (
        json.loads(run("audit", str(cohort), *ONLY, "--by", "centre", "--min-cell", least, "--format", "json").out)
        for least in ("5", "1")
    )
    assert hidden["about"]["hidden"] > 0
    assert shown["about"]["hidden"] == 0


def test_made_up_women_stay_marked(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    assert run("synthesize", "40", "--out", str(path)).code == 0
    ran = run("audit", str(path), *ONLY)
    assert ran.code == 0, ran.err
    assert "SYNTHETIC: THESE WOMEN ARE MADE UP" in ran.out


def test_what_was_understood(cohort: Path) -> None:
    cohort.write_text(rows() + f"{NAME}-x,many,0,raised,C1,yes\n")
    ran = run("audit", str(cohort), "--describe")
    assert ran.code == 0
    assert "61 rows" in ran.out
    assert "rows 62" in ran.out
    assert "many" in ran.out
    told_json = run("audit", str(cohort), "--describe", "--format", "json").out
    assert "many" not in told_json
    assert NAME not in told_json


def test_a_signature_resolves_to_words(cohort: Path, tmp_path: Path) -> None:
    """Whatever is known of a patient that bears on her answer, the words say the answer of her row."""
    answers = tmp_path / "answers.parquet"
    assert run("audit", str(cohort), *ONLY, "--answers", str(answers)).code == 0
    frame = pl.read_parquet(answers)
    for row in frame.unique("signature.asri-2025/ivig").head(4).rows(named=True):
        cell = f"asri-2025/ivig/{row['signature.asri-2025/ivig']}"
        ran = run("audit", str(cohort), *ONLY, "--explain", cell, "--format", "json")
        assert ran.code == 0, ran.err
        (option,) = json.loads(ran.out)["guidelines"][0]["options"]
        assert option["answer"] == row["answer.asri-2025/ivig"]
        assert NAME not in ran.out
    told(run("audit", str(cohort), *ONLY, "--explain", "asri-2025/ivig/many"), 2, "is no signature")
    told(run("audit", str(cohort), *ONLY, "--explain", f"asri-2025/ivig/{10**18}"), 2, "is no signature")


# ---- errors -----------------------------------------------------------------------------------------------------


def test_nothing_to_audit() -> None:
    told(run("audit"), 2, "Name what to audit")
    told(run("audit", "a.csv", "--fhir", "b"), 2, "in one way")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    told(run("audit", str(tmp_path / "none.csv")), 10, "no such file")


def test_a_group_that_is_not_there(cohort: Path, tmp_path: Path) -> None:
    ran = run("audit", str(cohort), *ONLY, "--by", "center", "--out", str(tmp_path / "r.html"))
    told(ran, 10, "center", "centre")
    assert names(tmp_path) == ["cohort.csv"]


def test_strict_refuses_all(cohort: Path) -> None:
    cohort.write_text(rows() + f"{NAME}-x,many,0,raised,C1,yes\n")
    told(run("audit", str(cohort), *ONLY, "--strict"), 10, "losses")


def test_too_few_women(cohort: Path) -> None:
    cohort.write_text(rows(3))
    told(run("audit", str(cohort), *ONLY), 2, "Only 3 women", "--min-cell")


def test_an_unknown_option_is_told_with_near_names(cohort: Path) -> None:
    told(run("audit", str(cohort), "--option", "ivgi"), 2, "ivig")


@pytest.mark.parametrize("option", ["--out", "--tables", "--facts", "--answers"])
def test_what_exists_is_not_touched(cohort: Path, tmp_path: Path, option: str) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    told(run("audit", str(cohort), *ONLY, option, str(there)), 2, "exists already")
    assert there.read_text() == "mine"


def test_a_missing_extra_is_named(cohort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    told(run("audit", str(cohort)), 2, "decidua[columns]")
    told(run("audit", str(cohort), "--lang", "ko"), 2, "decidua[columns]", "Polars")


def test_stopping_leaves_no_half_file(tmp_path: Path) -> None:
    cohort, out = tmp_path / "cohort.csv", tmp_path / "out"
    cohort.write_text(rows(2000))
    out.mkdir()
    process = subprocess.Popen(
        [*COMMAND, "audit", str(cohort), "--facts", str(out / "f.parquet"), "--tables", str(out / "t"), "--out",
         str(out / "r.html")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    end = time.monotonic() + 90
    while not any(out.iterdir()) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=90)
    assert process.returncode == 130, said
    assert b"Traceback" not in said
    assert set(names(out)) <= {"f.parquet"}


def test_a_folder_of_cohorts_that_cannot_be_served(tmp_path: Path) -> None:
    told(run("serve", "--cohorts", str(tmp_path / "none")), 2, "is no folder")
    told(run("serve", "--cohorts", str(tmp_path), "--workers", "2"), 2, "--workers 1")
