"""The command as a whole: standard input, `new`, pipes and signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from cli.running import COMMAND, EXAMPLES, ROOT, run
from decidua.language import LANGUAGES

TWO = str(ROOT / "examples" / "01-two-losses.yaml")


@pytest.mark.usefixtures("quick")
def test_standard_input() -> None:
    there = run("consult", TWO, "--format", "json")
    here = run("consult", "-", "--format", "json", stdin=Path(TWO).read_bytes())
    assert (here.code, here.err) == (0, "")
    assert json.loads(here.out) == json.loads(there.out)


@pytest.mark.usefixtures("quick")
def test_as_of_wins_over_the_file() -> None:
    ran = run("consult", TWO, "--format", "json", "--as-of", "2027-01-31", "--option", "ivig")
    assert json.loads(ran.out)["as_of"] == "2027-01-31"


@pytest.mark.usefixtures("quick")
def test_option_and_guideline_narrow_the_report() -> None:
    chosen = ("--option", "ivig", "--option", "test:ana", "--guideline", "asri-2025")
    ran = run("consult", TWO, "--format", "json", *chosen)
    said = json.loads(ran.out)
    assert [guideline["id"] for guideline in said["guidelines"]] == ["asri-2025"]
    assert [cell["option"] for cell in said["guidelines"][0]["options"]] == ["ivig"]
    assert [cell["option"] for cell in said["guidelines"][0]["tests"]] == ["test:ana"]


@pytest.mark.usefixtures("quick")
def test_text_fits_its_width() -> None:
    """100 columns where there is no terminal; a wide character takes two."""
    from rich.cells import cell_len

    for path in (EXAMPLES[0], EXAMPLES[3]):
        for lang in LANGUAGES:
            lines = run("consult", str(path), "--lang", lang).out.splitlines()
            assert max(map(cell_len, lines)) <= 100


@pytest.mark.usefixtures("quick")
def test_the_same_twice() -> None:
    assert run("consult", TWO, "--format", "json").out == run("consult", TWO, "--format", "json").out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_new_writes_a_blank_that_can_be_read_and_never_overwrites(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "patient.yaml"
    assert run("new", str(path), "--lang", lang).code == 0
    blank = path.read_bytes()
    assert run("consult", str(path), "--option", "supportive-care", "--lang", lang).code == 0
    again = run("new", str(path), "--lang", lang)
    assert (again.code, again.out, again.err.count("\n")) == (2, "", 1)
    assert str(path) in again.err
    assert path.read_bytes() == blank
    assert run("new", "-", "--lang", lang).out.encode() == blank


def test_new_where_nothing_can_be_written(tmp_path: Path) -> None:
    ran = run("new", str(tmp_path / "none" / "patient.yaml"))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("arguments", [("consult", TWO), ("consult", TWO, "--format", "json"), ("facts",)])
def test_a_pipe_that_breaks(arguments: tuple[str, ...]) -> None:
    """`decidua … | head -1`: the reader has gone, which is nobody's error."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.read(1)
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(30) in (0, 1)


def test_ctrl_c_is_quiet_130(tmp_path: Path) -> None:
    """Opening the pipe for writing waits until the command has opened it for reading."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [*COMMAND, "consult", str(pipe)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running,
        pipe.open("wb"),
    ):
        out, err = interrupted(running)
    assert running.returncode == 130
    assert (out, err.strip()) == (b"", b"")


def interrupted(running: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """A signal in the instant before Python begins to wait is only seen after the wait: then it is sent again."""
    for _ in range(30):
        running.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return running.communicate(timeout=10)
    raise AssertionError("it goes on")


def test_exit_code_of_an_error_reaches_the_shell(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, "consult", str(tmp_path)], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (4, b"", 1)
    assert b"Traceback" not in done.stderr
    assert sys.executable.encode() not in done.stderr
