"""`decidua serve`: starts fast, says where, refuses in one sentence, ends cleanly."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cli.running import COMMAND, run

from decidua.language import LANGUAGES

TOKEN = "correct-horse-battery-staple"
STUDIES = "study,ai,n1i,ci,n2i\na,1,10,2,10\nb,3,20,4,20\n"


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A service in its own process; its address as printed."""
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments], text=True, encoding="utf-8", stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=os.environ | environment,
    ) as running:  # fmt: skip
        assert running.stdout
        line = running.stdout.readline()
        address = re.search(r"http://[0-9.]+:[0-9]+", line)
        assert address, line
        try:
            yield address[0], running
        finally:
            running.kill()


def children_of(process: int) -> list[int]:
    """Whichever thread started them."""
    lists = (path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children"))
    return [int(child) for line in lists for child in line.split()]


def runs(process: int) -> bool:
    """Whether it is there and no zombie that nobody has buried yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_cleanly_with_all_that_it_started(number: signal.Signals) -> None:
    with serving() as (base, running):
        answer = httpx.post(f"{base}/api/v1/pool?measure=OR", content=STUDIES, headers={"content-type": "text/csv"},
                            timeout=60)  # fmt: skip
        assert answer.status_code == 200
        workers = children_of(running.pid)
        assert workers
        running.send_signal(number)
        out, err = running.communicate(timeout=20)
        assert (err, "Traceback" in out) == ("", False)
        if number == signal.SIGINT:
            assert (running.returncode, out) == (0, "Decidua has stopped; nothing was kept.\n")
        end = time.monotonic() + 10
        while left := [worker for worker in workers if runs(worker)]:
            assert time.monotonic() < end, left


def test_several_workers_share_an_address_and_a_sign_in(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n", "utf-8")
    with serving("--workers", "2", "--token-file", str(file)) as (base, running):
        with httpx.Client(base_url=base, timeout=60) as browser:
            assert browser.post("/en/sign-in", data={"token": TOKEN}).status_code == 303
        cookie = {"cookie": f"decidua={browser.cookies['decidua']}"}
        statuses = {httpx.get(f"{base}/api/v1/content", headers=cookie, timeout=60).status_code for _ in range(12)}
        assert statuses == {200}
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
        assert err == ""


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for lang, said in (("en", "is taken by another program"), ("ko", "다른 프로그램이 쓰고 있습니다")):
            ran = run("serve", "--port", port, "--lang", lang)
            assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
            assert said in ran.err
            assert port in ran.err


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_beyond_this_machine_a_token_is_needed(host: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DECIDUA_TOKEN", raising=False)
    ran = run("serve", "--host", host, "--lang", lang)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "DECIDUA_TOKEN" in ran.err


@pytest.mark.parametrize("token", ["", "short", "에" * 30, "a" * 19])
def test_a_token_that_could_be_guessed(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECIDUA_TOKEN", token)
    ran = run("serve", "--host", "0.0.0.0")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert not token or token not in ran.err


def test_a_token_file_that_is_not_there(tmp_path: Path) -> None:
    ran = run("serve", "--token-file", str(tmp_path / "none"))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_an_address_that_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECIDUA_TOKEN", TOKEN)
    ran = run("serve", "--host", "192.0.2.1", "--port", "0")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "192.0.2.1" in ran.err


def test_beyond_this_machine_it_says_so_and_asks() -> None:
    with serving("--host", "0.0.0.0", DECIDUA_TOKEN=TOKEN) as (base, running):
        assert httpx.get(f"{base}/api/v1/content", timeout=20).status_code == 401
        bearer = {"authorization": f"Bearer {TOKEN}"}
        assert httpx.get(f"{base}/api/v1/content", headers=bearer, timeout=20).status_code == 200
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert "not encrypted" in err
    assert TOKEN not in out + err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_extra_that_is_missing(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ran = run("serve", "--lang", lang)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "pip install 'decidua[web]'" in ran.err


def test_numpy_is_not_imported_to_serve() -> None:
    said = (
        "import sys, decidua.service.listen, decidua.web.browse, decidua.web.consult;"
        "print([name for name in ('numpy', 'scipy', 'weasyprint', 'vl_convert', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
