"""`decidua audit --engine spark` as a user has it: any input, the same report, one sentence for what is wrong.

What needs no Spark to be refused is tested everywhere.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from intake.omop_tables import WOMEN, frames, parquet

from cli.running import COMMAND, python_words, run
from cli.test_audit import NAME, ONLY, names, rows, told

SPARK = ("--engine", "spark", "--master", "local[2]")
no_java = pytest.mark.skipif(shutil.which("java") is None, reason="no Java: apt-get install openjdk-17-jre-headless")


@pytest.fixture
def spark() -> None:
    pytest.importorskip("pyspark", reason="Spark is not installed: uv sync --group spark")


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.csv"
    path.write_text(rows())
    return path


def quiet(*arguments: str) -> bytes:
    """What a process of its own writes to standard output, where it says nothing else than it would by Polars."""
    ran = subprocess.run([*COMMAND, "audit", *arguments], capture_output=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    assert [line for line in ran.stderr.decode().splitlines() if " rows in " not in line] == []
    return ran.stdout


def but_the_engine(report: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(report)
    found["about"].pop("engine", None)  # type: ignore[attr-defined]
    return found


@pytest.mark.engines
@no_java
@pytest.mark.usefixtures("spark")
class TestWithJava:
    def test_csv_by_scratch(self, cohort: Path, tmp_path: Path) -> None:
        """The same report and, row by row, the same answers; nothing else is left anywhere."""
        (tmp_path / "scratch").mkdir()
        common = (str(cohort), *ONLY, "--by", "centre", "--format", "json", "--answers")
        by_spark = quiet(*common, str(tmp_path / "s.parquet"), *SPARK, "--scratch", str(tmp_path / "scratch"))
        by_polars = quiet(*common, str(tmp_path / "p.parquet"))
        assert but_the_engine(by_spark) == but_the_engine(by_polars)
        answers = pl.read_parquet(tmp_path / "s.parquet")
        assert answers.sort("row").equals(pl.read_parquet(tmp_path / "p.parquet"))
        assert answers.height == 60
        assert names(tmp_path) == ["cohort.csv", "p.parquet", "s.parquet", "scratch"]
        assert names(tmp_path / "scratch") == []

    def test_omop_by_kept_facts(self, tmp_path: Path) -> None:
        source, facts = parquet(tmp_path / "omop", frames(WOMEN)), tmp_path / "facts.parquet"
        common = ("--omop", str(source), *ONLY, "--min-cell", "0", "--format", "json")
        by_spark = quiet(*common, *SPARK, "--facts", str(facts))
        assert but_the_engine(by_spark) == but_the_engine(quiet(*common))
        assert pl.read_parquet(facts).height == json.loads(by_spark)["about"]["women"] == len(WOMEN)

    def test_stopping_leaves_no_half_file_and_no_java(self, tmp_path: Path) -> None:
        cohort, out, scratch = tmp_path / "cohort.csv", tmp_path / "out", tmp_path / "scratch"
        cohort.write_text(rows(40_000))
        out.mkdir()
        scratch.mkdir()
        process = subprocess.Popen(
            [*COMMAND, "audit", str(cohort), *SPARK, "--scratch", str(scratch), "--answers", str(out / "a.parquet")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        end = time.monotonic() + 240
        while not any(out.iterdir()) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        java = java_below(process.pid)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 130, said
        assert said.strip() == b""
        assert (names(out), names(scratch)) == ([], [])
        assert java
        while any(Path(f"/proc/{pid}").exists() for pid in java) and time.monotonic() < end:
            time.sleep(0.1)
        assert not any(Path(f"/proc/{pid}").exists() for pid in java)

    def test_a_master_that_nobody_answers_for(self, cohort: Path, tmp_path: Path) -> None:
        """Java is there, Spark does not start: one sentence and nothing of Java's."""
        command = ("audit", str(cohort), "--engine", "spark", "--master", "k8s://nowhere.invalid", "--scratch")
        ran = subprocess.run([*COMMAND, *command, str(tmp_path)], capture_output=True, text=True, timeout=300)
        assert (ran.returncode, ran.stdout) == (10, "")
        assert len(ran.stderr.splitlines()) == 1, ran.stderr
        assert "k8s://nowhere.invalid" in ran.stderr
        assert python_words(ran.stderr) == []
        assert NAME not in ran.stderr
        assert names(tmp_path) == ["cohort.csv"]


def java_below(pid: int) -> list[int]:
    """The processes that this one started; where the system has no /proc, none."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    if not found.exists():
        pytest.skip("no /proc on this system: which Java is whose cannot be told")
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


# ---- errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "said"), [("en", "facts files"), ("ko", "사실 파일")])
def test_spark_needs_facts_files(cohort: Path, lang: str, said: str) -> None:
    """Said before a long cohort is read."""
    told(run("audit", str(cohort), *SPARK, "--lang", lang), 10, said, "--facts OUT", "--scratch DIR")


def test_facts_files_are_taken_as_they_are(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("audit", str(cohort), *ONLY, "--facts", str(tmp_path / "f.parquet")).code == 0
    monkeypatch.setitem(sys.modules, "pyspark", None)
    told(run("audit", str(tmp_path / "f.parquet"), *SPARK), 10, "decidua[spark]")


def test_spark_that_is_not_installed(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    told(run("audit", str(cohort), *SPARK, "--scratch", str(tmp_path)), 10, "decidua[spark]")
    assert names(tmp_path) == ["cohort.csv"]


@pytest.mark.engines
@pytest.mark.usefixtures("spark")
def test_no_java(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    told(run("audit", str(cohort), *SPARK, "--scratch", str(tmp_path)), 10, "Java 17")
    assert names(tmp_path) == ["cohort.csv"]


@pytest.mark.parametrize("master", ["", "spark", "local[0]", "localhost:7077"])
def test_a_master_that_is_none(cohort: Path, tmp_path: Path, master: str) -> None:
    ran = run("audit", str(cohort), "--engine", "spark", "--master", master, "--scratch", str(tmp_path))
    told(ran, 10, f"--master '{master}'", "local[N]")
    assert names(tmp_path) == ["cohort.csv"]


@pytest.mark.engines
@pytest.mark.usefixtures("spark")
def test_a_broken_facts_file(tmp_path: Path) -> None:
    (tmp_path / "facts.parquet").write_bytes(b"PAR1 and nothing more")
    told(run("audit", str(tmp_path / "facts.parquet"), *SPARK, "--scratch", str(tmp_path)), 10, "no whole Parquet")
