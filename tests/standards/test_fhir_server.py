"""The client against a server in a thread: good, slow, dead, endless, paging in circles, refusing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from decidua.errors import DeciduaError, ServerError, UsageError
from decidua.fhir import server as client
from decidua.fhir.server import checked, fetch
from decidua.language import LANGUAGES

CANARY = "CANARY-4711"
Answering = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers with what the test put on the server; keeps what was asked."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        try:
            self.server.answering(self)  # type: ignore[attr-defined]
        except OSError:
            return  # the client has gone

    def log_message(self, *_: object) -> None:
        return

    def send(self, status: int, body: object, content: str = "application/fhir+json", **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answering: Answering = lambda one: one.send(404, {})

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/fhir"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def searchset(*ids: str, following: str | None = None) -> dict[str, object]:
    entries = [{"resource": {"resourceType": "Observation", "id": id_}} for id_ in ids]
    link = {"link": [{"relation": "next", "url": following}]} if following else {}
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **link}


def outcome(text: str) -> dict[str, object]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": text}]}


def ids(pages: tuple[bytes, ...]) -> list[str]:
    return [entry["resource"]["id"] for page in pages for entry in json.loads(page).get("entry", [])]


def test_everything_over_pages(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECIDUA_FHIR_TOKEN", "t0ken")

    def answering(one: Handler) -> None:
        following = f"{server.base}?page=2" if "page" not in one.path else None
        one.send(200, searchset("a" if following else "b", following=following))

    server.answering = answering
    assert ids(fetch(server.base + "/", "p").pages) == ["a", "b"]
    (path, headers), _ = server.asked
    assert urlsplit(path).path == "/fhir/Patient/p/$everything"
    assert (headers["Accept"], headers["Authorization"]) == ("application/fhir+json", "Bearer t0ken")


def test_a_server_without_everything_is_asked_type_by_type(server: Server) -> None:
    def answering(one: Handler) -> None:
        path = urlsplit(one.path)
        if path.path == "/fhir/Patient/p":
            one.send(200, {"resourceType": "Patient", "id": "p"})
        elif path.path == "/fhir/Observation":
            one.send(200, searchset("o"))
        elif path.path == "/fhir/MedicationStatement":
            one.send(400, outcome("unknown type"))
        elif path.path.endswith("$everything"):
            one.send(404, outcome("unknown operation"))
        else:
            one.send(200, searchset())

    server.answering = answering
    found = fetch(server.base, "p")
    assert ids(found.pages) == ["p", "o"]
    assert found.missing == ("MedicationStatement",)
    assert any("_include=MedicationRequest%3Amedication" in path for path, _ in server.asked)


def drip(one: Handler) -> None:
    one.send_response(200)
    one.end_headers()
    for _ in range(100):
        one.wfile.write(b" ")
        one.wfile.flush()
        time.sleep(0.05)


def drip_headers(one: Handler) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 80:
        one.wfile.write(bytes([letter]))
        one.wfile.flush()
        time.sleep(0.05)


def endless(one: Handler) -> None:
    one.send_response(200)
    one.send_header("Content-Type", "application/fhir+json")
    one.end_headers()
    while True:
        one.wfile.write(b" " * 65_536)


def cut_off(one: Handler) -> None:
    one.send_response(200)
    one.send_header("Content-Type", "application/fhir+json")
    one.send_header("Content-Length", "1000")
    one.end_headers()
    one.wfile.write(b'{"resourceType": "Bundle"')


def in_circles(one: Handler) -> None:
    port = one.server.server_address[1]
    one.send(200, searchset("a", following=f"http://127.0.0.1:{port}/fhir?again"))


PATIENT = {"resourceType": "Patient", "id": "p", "name": [{"family": CANARY}]}
BAD: dict[str, tuple[Answering, str]] = {
    "silent": (lambda _: time.sleep(3), "did not finish within 1 seconds"),
    "a byte at a time": (drip, "did not finish within 1 seconds"),
    "headers a byte at a time": (drip_headers, "did not finish within 1 seconds"),
    "endless": (endless, "more than 1000000 bytes"),
    "cut off": (cut_off, "cannot be reached|ends too early"),
    "in circles": (in_circles, "the same page again"),
    "next elsewhere": (
        lambda one: one.send(200, searchset("a", following="http://127.0.0.1:1/x")),
        "another server",
    ),
    "next by ftp": (lambda one: one.send(200, searchset("a", following="ftp://127.0.0.1/x")), "another server"),
    "redirect elsewhere": (lambda one: one.send(302, b"", Location="http://127.0.0.1:1/x"), "another server"),
    "redirect to a file": (lambda one: one.send(302, b"", Location="file:///etc/passwd"), "answers HTTP 302"),
    "401": (lambda one: one.send(401, outcome(CANARY)), r"refuses access \(HTTP 401\)"),
    "403": (lambda one: one.send(403, b""), r"refuses access \(HTTP 403\)"),
    "404 of the patient": (lambda one: one.send(404, outcome("not known")), "no Patient of that id"),
    "429": (lambda one: one.send(429, outcome("Too many requests; wait.")), "HTTP 429: Too many requests; wait"),
    "503 in HTML": (lambda one: one.send(503, b"<h1>x</h1>", "text/html"), "answers HTTP 503"),
    "a page in HTML": (lambda one: one.send(200, b"<h1>Log in</h1>", "text/html"), "with text/html, and not with FHIR"),
    "xml": (lambda one: one.send(200, b"<Bundle/>", "application/fhir+xml"), r"with application/fhir\+xml"),
    "no JSON": (lambda one: one.send(200, b"<Bundle/>"), "this is XML"),
    "no bundle": (lambda one: one.send(200, PATIENT), "type 'Patient'"),
    "OperationOutcome as success": (lambda one: one.send(200, outcome("x")), "type 'OperationOutcome'"),
    "broken outcome": (lambda one: one.send(418, {"resourceType": "OperationOutcome", "issue": [3]}), "HTTP 418"),
}


@pytest.mark.parametrize(("answering", "sentence"), BAD.values(), ids=BAD)
def test_a_server_that_misbehaves(
    server: Server, answering: Answering, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LIMIT", 1_000_000)
    monkeypatch.setenv("DECIDUA_FHIR_TOKEN", "t0ken")
    server.answering = answering
    started = time.monotonic()
    with pytest.raises(DeciduaError, match=sentence) as caught:
        fetch(server.base, "p", seconds=1)
    assert isinstance(caught.value, ServerError)
    assert time.monotonic() - started < 20
    for lang in LANGUAGES:
        said = caught.value.message(lang)
        assert len(said.splitlines()) == 1
        assert CANARY not in said
        assert "t0ken" not in said


def test_a_dead_server(server: Server) -> None:
    base = server.base
    server.server_close()
    with pytest.raises(ServerError, match=r"cannot be reached \(Connection refused\)"):
        fetch(base, "p", seconds=5)


def test_a_redirect_on_the_same_server_carries_no_token(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECIDUA_FHIR_TOKEN", "t0ken")

    def answering(one: Handler) -> None:
        if "moved" in one.path:
            one.send(200, searchset("a"))
        else:
            one.send(307, b"", Location="/moved")

    server.answering = answering
    assert ids(fetch(server.base, "p").pages) == ["a"]
    assert [("Authorization" in headers) for _, headers in server.asked] == [True, False]


@pytest.mark.parametrize(
    "base",
    [
        "http://hospital.example/fhir",
        "ftp://x.example",
        "https://",
        "https://a:b@x.example",
        "https://x.example?q",
        "x",
    ],
)
def test_addresses_that_are_refused_before_anything_is_sent(base: str) -> None:
    with pytest.raises(UsageError):
        checked(base)


@pytest.mark.parametrize(
    "base", ["https://x.example/fhir", "http://localhost:8080/fhir", "http://[::1]/", "http://127.9.9.9"]
)
def test_addresses_that_are_accepted(base: str) -> None:
    assert checked(base) == base.rstrip("/")
