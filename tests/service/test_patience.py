"""Slow clients, long computations and crowds: one sentence, and nobody else waits."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from decidua.service import listen
from decidua.service.settings import Limits, Settings
from decidua.web.refused import Refused
from decidua.web.worker import Worker
from service.running import live, shipped_shelf

CONSULT = "decidua.service.api.consult.consult"
YAML = {"content-type": "application/yaml"}
HEAD = b"POST /api/v1/consult HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/yaml\r\n"


def line_to(base: str) -> socket.socket:
    return socket.create_connection((urlsplit(base).hostname or "", urlsplit(base).port or 0), timeout=10)


def rest_of(line: socket.socket) -> bytes:
    found = b""
    while more := line.recv(65_536):
        found += more
    return found


def test_what_is_written_is_sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the end of an answer waits for the client to acknowledge its beginning, for 40 ms."""
    set_, made = list[int](), listen.TimedProtocol.connection_made

    def looked(self: listen.TimedProtocol, transport: asyncio.Transport) -> None:
        made(self, transport)
        set_.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(listen.TimedProtocol, "connection_made", looked)
    with live() as base:
        assert httpx.get(f"{base}/en/about", timeout=60).status_code == 200
    assert set_
    assert all(set_)


def test_a_head_that_drips_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "HEADERS_WITHIN", 0.4)
    began = time.monotonic()
    with live() as base, line_to(base) as silent, line_to(base) as dripping:
        for line in (silent, dripping):
            assert hung_up(line)
        assert time.monotonic() - began < 8


def hung_up(line: socket.socket) -> bool:
    """A byte of the head now and then, until the other side has gone; nothing is answered."""
    for at in range(100):
        try:
            line.send(HEAD[at : at + 1])
            line.settimeout(0.1)
            return line.recv(1000) == b""
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False


def test_a_body_that_drips_is_told_so() -> None:
    with live(Settings(limits=Limits(receiving=0.4))) as base, line_to(base) as line:
        line.sendall(HEAD + b"Content-Length: 100\r\n\r\nlos")
        answer = rest_of(line)
        assert b" 408 " in answer.splitlines()[0]
        assert b"refused.slow" in answer


def test_a_body_that_comes_to_its_end_after_the_answer_keeps_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs up on a body that goes on does not hang up on the next request."""
    monkeypatch.setattr(listen, "LINGER", 2.0)
    nowhere = HEAD.replace(b"consult", b"nowhere")
    with live() as base, line_to(base) as line:
        line.sendall(nowhere + b"Content-Length: 9\r\n\r\nlos")
        assert b" 404 " in line.recv(65_536).splitlines()[0]
        line.sendall(b"ses: 3")
        time.sleep(2.5)
        line.sendall(b"GET /en/about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b"HTTP/1.1 200 " in rest_of(line)


def test_a_body_without_end_is_cut_off() -> None:
    with live() as base, line_to(base) as line:
        line.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        piece = b"10000\r\n" + b"#" * 0x10000 + b"\r\n"
        try:
            for _ in range(200):
                line.sendall(piece)
        except OSError:
            return
        assert b" 413 " in rest_of(line).splitlines()[0]


@pytest.mark.parametrize("pieces", [1, 50])
def test_a_head_that_is_too_large(pieces: int) -> None:
    """Whether it arrives at once or not."""
    head = HEAD + b"Connection: close\r\nX-Much: " + b"a" * 200_000 + b"\r\n\r\n"
    with live() as base, line_to(base) as line:
        try:
            for at in range(0, len(head), len(head) // pieces):
                line.sendall(head[at : at + len(head) // pieces])
                time.sleep(0.01)
            assert rest_of(line).split(b" ", 2)[1] in (b"400", b"431")
        except ConnectionError:
            pass


def test_a_long_computation_is_given_up_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(CONSULT, lambda *_: release.wait(10))
    with live(Settings(limits=Limits(answering=2))) as base, ThreadPoolExecutor(1) as other:
        stuck = other.submit(httpx.post, f"{base}/api/v1/consult", content="losses: 3", headers=YAML)
        assert httpx.get(f"{base}/api/v1/content", timeout=60).status_code == 200
        assert not stuck.done()
        answer = stuck.result(10)
        release.set()
    assert (answer.status_code, answer.json()["key"]) == (503, "refused.overtime")
    assert answer.headers["retry-after"]


def test_a_crowd_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    release, inside = threading.Event(), threading.Barrier(3)

    def wait(*_: object) -> None:
        inside.wait(20)
        release.wait(20)

    monkeypatch.setattr(CONSULT, wait)
    with live(Settings(limits=Limits(at_once=2))) as base, ThreadPoolExecutor(2) as others:
        under_way = [
            others.submit(httpx.post, f"{base}/api/v1/consult", content="losses: 3", headers=YAML, timeout=60)
            for _ in range(2)
        ]
        inside.wait(20)
        answer = httpx.get(f"{base}/ko/api", timeout=60)
        assert answer.status_code == 503
        assert "처리 중인 요청이 너무 많습니다" in answer.text
        release.set()
        for one in under_way:
            one.result(20)
        assert httpx.get(f"{base}/ko/api", timeout=60).status_code == 200


def test_a_worker_is_ended_at_its_deadline_and_replaced() -> None:
    worker = Worker()
    assert worker.run(abs, -3) == 3
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        worker.run(time.sleep, 60, seconds=0.3)
    assert time.monotonic() - began < 30
    assert (refused.value.status, refused.value.key) == (503, "refused.overtime")
    assert worker.run(abs, -4) == 4
    worker.close()


def test_few_wait_for_the_worker_so_that_threads_are_left_for_others() -> None:
    """One computes and one waits; the next is turned away at once, and afterwards all is as before."""
    worker = Worker()
    worker.run(abs, -1)
    with ThreadPoolExecutor(2) as others:
        waiting = [others.submit(worker.run, time.sleep, 1.0) for _ in range(2)]
        time.sleep(0.2)
        with pytest.raises(Refused) as refused:
            worker.run(abs, -3)
        assert not all(one.done() for one in waiting)
        assert (refused.value.status, refused.value.key) == (503, "refused.busy")
        for one in waiting:
            one.result(20)
    assert worker.run(abs, -4) == 4
    worker.close()


def test_nobody_waits_long_for_what_another_recomputes() -> None:
    from decidua.service.api.reproduce import Recomputed

    recomputed = Recomputed(shipped_shelf().evidence)
    with recomputed.turn:
        began = time.monotonic()
        with pytest.raises(Refused) as refused:
            recomputed.of(())
        assert time.monotonic() - began < 30
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "5")


def test_a_worker_that_dies_is_replaced() -> None:
    import os

    worker = Worker()
    with pytest.raises(Refused):
        worker.run(os._exit, 3)
    assert worker.run(abs, -4) == 4
    worker.close()


def test_a_worker_has_a_bound_of_memory() -> None:
    pytest.importorskip("resource")
    worker = Worker()
    with pytest.raises(Refused) as refused:
        worker.run(bytearray, 16 << 30)
    assert refused.value.status == 503
    assert worker.run(abs, -4) == 4
    worker.close()


def test_errors_pass_between_processes_as_they_are() -> None:
    import pickle

    from decidua.errors import ContentError, PatientError, StudyError
    from decidua.intake import PatientErrors
    from decidua.studies.problems import StudyErrors

    one = StudyError("error.study-none", where="a.csv")
    patient = PatientErrors([PatientError("error.file-missing", where="x")])
    for error in (one, StudyErrors([one], 2), ContentError(["a", "b"]), patient, Refused(503, "refused.busy")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.message("ko")) == (type(error), error.message("ko"))
        assert again.exit_code == error.exit_code
