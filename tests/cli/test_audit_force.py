"""`decidua audit --force`: results are replaced whole; a full disk or a kill loses nothing that was there before."""

from __future__ import annotations

import random
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from cli.running import COMMAND, run
from cli.test_audit import ONLY, names, rows, told

FILES = ("f.parquet", "a.parquet", "r.json")
TABLES = "t"


def arguments(folder: Path, *more: str) -> list[str]:
    places = ("--facts", "f.parquet"), ("--answers", "a.parquet"), ("--tables", TABLES), ("--out", "r.json")
    return [*ONLY, *(part for option, name in places for part in (option, str(folder / name))), *more]


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.csv"
    path.write_text(rows(3000))
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def contents(folder: Path) -> dict[str, bytes]:
    """Of every result; hidden names are of what is being written."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if "/." not in str(file)}


def made_before(cohort: Path, out: Path) -> dict[str, bytes]:
    """The results of an earlier cohort."""
    (cohort.parent / "old.csv").write_text(rows(60))
    assert run("audit", str(cohort.parent / "old.csv"), *arguments(out)).code == 0
    return contents(out)


def whole(folder: Path) -> None:
    """Every result can be read."""
    assert {pl.read_parquet(folder / name).height for name in ("f.parquet", "a.parquet")} <= {60, 3000}
    assert (folder / "r.json").read_text().endswith("}\n")
    assert {file.suffix for file in (folder / TABLES).iterdir()} == {".csv", ".parquet", ".json", ".txt"}


def test_results_are_replaced_and_nothing_else_is_left(cohort: Path, out: Path) -> None:
    before = made_before(cohort, out)
    told(run("audit", str(cohort), *arguments(out)), 2, "exists already")
    assert contents(out) == before
    assert run("audit", str(cohort), *arguments(out, "--force")).code == 0
    assert names(out) == sorted((*FILES, TABLES))
    whole(out)
    assert pl.read_parquet(out / "f.parquet").height == 3000
    assert contents(out).keys() == before.keys()


def test_a_folder_with_other_files_is_not_replaced(cohort: Path, out: Path) -> None:
    made_before(cohort, out)
    (out / TABLES / "mine.txt").write_text("mine")
    before = contents(out / TABLES)
    told(run("audit", str(cohort), *ONLY, "--tables", str(out / TABLES), "--force"), 2, "other files")
    assert contents(out / TABLES) == before


def test_a_file_is_no_folder(cohort: Path, out: Path) -> None:
    (out / "there").mkdir()
    told(run("audit", str(cohort), *ONLY, "--out", str(out / "there"), "--force"), 2, "is a folder")
    (out / "file").write_text("mine")
    told(run("audit", str(cohort), *ONLY, "--tables", str(out / "file"), "--force"), 2, "is a file")
    assert (out / "file").read_text() == "mine"


@pytest.mark.parametrize("option", ["--facts", "--out", "--answers"])
def test_what_is_read_is_never_replaced(cohort: Path, option: str) -> None:
    before = cohort.read_bytes()
    told(run("audit", str(cohort), *ONLY, option, str(cohort), "--force"), 2, "is read by this audit")
    assert cohort.read_bytes() == before


def test_two_results_need_two_names(cohort: Path, out: Path) -> None:
    same = str(out / "x.parquet")
    told(run("audit", str(cohort), *ONLY, "--facts", same, "--answers", same), 2, "for two results")


# ---- a full disk and a kill -------------------------------------------------------------------------------------


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 kB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a file system may not be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_loses_nothing(cohort: Path, tiny: Path) -> None:
    made_before(cohort, tiny)
    (tiny / "ballast").write_bytes(b"0" * _room(tiny))
    before = contents(tiny)
    ran = subprocess.run([*COMMAND, "audit", str(cohort), *arguments(tiny, "--force")], capture_output=True, text=True)
    assert ran.returncode == 2, ran.stderr
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert contents(tiny) == before
    assert names(tiny) == sorted(("ballast", *FILES, TABLES))


def _room(folder: Path) -> int:
    """All that is left but four pages."""
    import shutil

    return max(0, shutil.disk_usage(folder).free - 4 * 4096)


@pytest.mark.parametrize("limit", [2_000, 6_000, 20_000])
def test_a_limit_on_files_loses_nothing(cohort: Path, out: Path, limit: int) -> None:
    """Each result is the old one or the new one, and the command says what could not be written."""
    before = made_before(cohort, out)
    ran = subprocess.run(
        [*COMMAND, "audit", str(cohort), *arguments(out, "--force")], capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert ran.returncode in (2, 10), ran.stderr  # of a file's end the engine does not say what the disk said
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr
    whole(out)
    assert names(out) == sorted((*FILES, TABLES))
    if limit == 2_000:
        assert contents(out) == before


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_loses_nothing(cohort: Path, out: Path, seed: int) -> None:
    """At a moment between the start and the end; only hidden files may be left over."""
    made_before(cohort, out)
    started = time.monotonic()
    command = [*COMMAND, "audit", str(cohort), *arguments(out, "--force")]
    subprocess.run(command, capture_output=True, check=True)
    takes = time.monotonic() - started
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(takes * random.Random(seed).uniform(0.5, 1))
    process.kill()
    process.wait(timeout=60)
    whole(out)
    assert {name for name in names(out) if not name.startswith(".")} == {*FILES, TABLES}
