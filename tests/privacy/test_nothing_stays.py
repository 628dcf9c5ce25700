"""Nothing about a patient stays or leaves: no file is written, no socket opened, nothing said on standard error."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.running import COMMAND, run

from decidua.answers import Answers
from decidua.guidelines import Knowledge

CANARY = "CANARY-7f3a"
WEIGHT = "61.8347"
PATIENT = f"""\
title: {CANARY}
as_of: 2026-11-01
weight: {WEIGHT} kg
losses: 4
clinical_losses: 4
unexplained: yes
peripheral_nk: raised
results: [{{fact: ana, date: 2026-03-04, value: positive}}]
"""
PLACES = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")


def every_file(root: Path) -> dict[str, tuple[bytes | None, int]]:
    """Each path below root with its content and the time of its last change."""
    found = sorted(root.rglob("*"))
    return {str(path): (path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns) for path in found}


def surroundings(root: Path) -> dict[str, str]:
    """An environment in which every place that a program likes to write to is a fresh empty folder."""
    there = {name: str(root / name.lower()) for name in PLACES}
    for folder in (*there.values(), str(root / "cwd")):
        Path(folder).mkdir(mode=0o700)
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    return kept | there | {"PYTHONDONTWRITEBYTECODE": "1"}


def consulted(tmp_path: Path, *arguments: str, patient: str = PATIENT) -> subprocess.CompletedProcess[str]:
    """A run in its own process, after which no file below tmp_path is new, gone or changed."""
    root = tmp_path / "places"
    root.mkdir()
    environment = surroundings(root)
    path = tmp_path / "patient.yaml"
    path.write_text(patient, encoding="utf-8")
    before = every_file(tmp_path)
    ran = subprocess.run(
        [*COMMAND, "consult", str(path), *arguments],
        cwd=root / "cwd", env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert every_file(tmp_path) == before
    return ran


@pytest.mark.parametrize("shape", ["text", "json", "html"])
def test_no_file_is_written_and_nothing_said_aside(shape: str, tmp_path: Path) -> None:
    ran = consulted(tmp_path, "--format", shape, "--lang", "ko")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert CANARY in ran.stdout
    assert WEIGHT in ran.stdout


def test_errors_quote_only_what_is_wrong(tmp_path: Path) -> None:
    ran = consulted(tmp_path, patient=PATIENT + "losess: 3\n")
    assert (ran.returncode, ran.stdout) == (4, "")
    assert CANARY not in ran.stderr
    assert WEIGHT not in ran.stderr


@pytest.fixture
def patient(tmp_path: Path, knowledge: Knowledge, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The canary in a file, and a command that does not read the content anew."""
    monkeypatch.setattr("decidua.guidelines.read_knowledge", lambda *_: knowledge)
    monkeypatch.setattr("decidua.answers.Answers", lambda *_: answers)
    monkeypatch.delenv("DECIDUA_TRACEBACK", raising=False)
    path = tmp_path / "patient.yaml"
    path.write_text(PATIENT, encoding="utf-8")
    yield str(path)
    assert [str(left) for left in tmp_path.rglob("*")] == [str(path)]


class UnforeseenError(Exception):
    """Stands for an error of a library that quotes what it was given."""


@pytest.mark.parametrize("error", [ValueError, KeyError, OSError, UnicodeError, UnforeseenError, RecursionError])
@pytest.mark.parametrize(
    "place",
    ["decidua.intake.read_patient_file", "decidua.consult.consult", "decidua.reports.build.build_report",
     "decidua.reports.text.print_report"],
)  # fmt: skip
def test_an_unforeseen_error_shows_only_its_kind(
    place: str, error: type[Exception], patient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error(f"{CANARY} weighs {WEIGHT}")

    monkeypatch.setattr(place, fail)
    ran = run("consult", patient)
    assert (ran.code, ran.out) == (70, "")
    assert ran.err.count("\n") == 1
    assert error.__name__ in ran.err
    assert CANARY not in ran.err
    assert WEIGHT not in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("shape", ["text", "json", "html"])
def test_no_socket_is_opened(shape: str, patient: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        opened.append(arguments)
        raise OSError("no network here")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname", "socketpair"):
        monkeypatch.setattr(socket, name, refuse)
    ran = run("consult", patient, "--format", shape)
    assert (ran.code, ran.err, opened) == (0, "", [])
    assert CANARY in ran.out


@pytest.mark.parametrize("shape", ["json", "html"])
def test_no_link_carries_a_value(shape: str, patient: str) -> None:
    """Whatever addresses stand in the output, none has a patient's value in it."""
    ran = run("consult", patient, "--format", shape)
    words = ran.out.replace('"', " ").replace("'", " ").split()
    links = [word for word in words if "://" in word or ("?" in word and "=" in word)]
    assert not [link for link in links if CANARY in link or WEIGHT in link]
