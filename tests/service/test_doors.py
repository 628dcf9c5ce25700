"""Who may ask, and what is sent with every answer."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from decidua.service.settings import LOOPBACK, Settings
from service.running import live

TOKEN = "correct-horse-battery-staple"
CSV = {"content-type": "text/csv"}
POOL = "/api/v1/pool?measure=OR"
STUDIES = "study,ai,n1i,ci,n2i\na,1,10,2,10\nb,3,20,4,20\n"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """A service that asks for a token."""
    with live(Settings(names=LOOPBACK, token=TOKEN)) as address:
        yield address


@pytest.mark.parametrize(
    "path", ["/", "/en/consult", "/ko/api", "/en/nowhere", "/api/v1/content", "/api/v1/nowhere", "/static/x/y"]
)
def test_headers_of_every_answer(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
    assert "server" not in headers
    assert "set-cookie" not in headers


def test_static_files_may_be_kept_and_are_compressed(client: httpx.Client) -> None:
    page = client.get("/en/consult").text
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert sheet
    answer = client.get(sheet[1])
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-security-policy"] == POLICY


def test_pages_name_no_other_host(client: httpx.Client) -> None:
    for path in ("/en/consult", "/ko/api", "/en/nowhere"):
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', client.get(path).text) == []


@pytest.mark.parametrize("host", [
    "evil.example", "127.0.0.1.evil.example", "evil.example:8000", "", "localhost.evil", "127.0.0.1:80#",
    "127.0.0.1:8000/static/", "127.0.0.1:80/en/sign-in?", "[::1]/static/", "evil@127.0.0.1", "127.0.0.1:port",
])  # fmt: skip
def test_a_foreign_host_is_refused(client: httpx.Client, host: str) -> None:
    answer = client.get("/api/v1/content", headers={"host": host})
    assert (answer.status_code, answer.json()["key"]) == (400, "refused.host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:99", "127.0.0.1", "[::1]:8000", "localhost."])
def test_own_hosts(client: httpx.Client, host: str) -> None:
    assert client.get("/api/v1/content", headers={"host": host}).status_code == 200


def test_two_hosts_are_refused(base: str) -> None:
    said = b"GET /api/v1/content HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n"
    assert b" 400 " in raw(base, said)


def test_any_address_where_it_listens_on_all() -> None:
    with live(Settings(names=LOOPBACK, any_address=True)) as base:
        for host, status in (("192.168.7.5", 200), ("[fe80::1]", 200), ("evil.example", 400)):
            assert httpx.get(f"{base}/api/v1/content", headers={"host": host}, timeout=60).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://localhost:9"},
        {"sec-fetch-site": "cross-site", "origin": "null"},
    ],
)
def test_another_site_is_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    answer = client.post(POOL, content=STUDIES, headers={**CSV, **headers})
    assert (answer.status_code, answer.json()["key"]) == (403, "refused.origin")


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin", "origin": "null"}, {"origin": "own"}])
def test_own_pages_and_programs_are_let_in(base: str, client: httpx.Client, headers: dict[str, str]) -> None:
    headers = {name: base if value == "own" else value for name, value in headers.items()}
    assert client.post(POOL, content=STUDIES, headers={**CSV, **headers}).status_code == 200


def test_without_a_token_nobody_gets_in(guarded: str) -> None:
    answer = httpx.get(f"{guarded}/api/v1/content", timeout=60)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    page = httpx.get(f"{guarded}/ko/consult", timeout=60)
    assert (page.status_code, page.headers["location"]) == (303, "/ko/sign-in")
    assert httpx.post(f"{guarded}/en/consult", data={"losses": "3"}, timeout=60).status_code == 401
    assert httpx.get(f"{guarded}/en/sign-in", timeout=60).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1/static/", "127.0.0.1:80/en/sign-in?", "[::1]/static/", "127.0.0.1#"])
def test_what_may_be_seen_is_not_decided_by_the_host(guarded: str, host: str) -> None:
    for path in ("/en/consult", "/api/v1/content"):
        assert httpx.get(f"{guarded}{path}", headers={"host": host}, timeout=60).status_code == 400
    assert (
        httpx.post(f"{guarded}/en/consult", data={"fact.losses": "3"}, headers={"host": host}, timeout=60).status_code
        == 400
    )


def test_a_bearer_is_for_programs_and_so_for_the_api(guarded: str) -> None:
    right, wrong = ({"authorization": f"Bearer {token}"} for token in (TOKEN, "u" * 24))
    assert httpx.get(f"{guarded}/en/consult", headers=right, timeout=60).status_code == 303
    assert httpx.get(f"{guarded}/en/sign-in", headers=wrong, timeout=60).status_code == 200
    assert httpx.get(f"{guarded}/static/x/y", headers=wrong, timeout=60).status_code == 404
    assert httpx.get(f"{guarded}/api/v1/content", headers=wrong, timeout=60).status_code == 401


def test_a_bearer_of_the_token(guarded: str) -> None:
    answer = httpx.get(f"{guarded}/api/v1/content", headers={"authorization": f"Bearer {TOKEN}"}, timeout=60)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_signing_in_and_out(guarded: str) -> None:
    with httpx.Client(base_url=guarded, timeout=60) as browser:
        wrong = browser.post("/en/sign-in", data={"token": "wrong"})
        assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
        assert "not the access token" in wrong.text
        entered = browser.post("/ko/sign-in", data={"token": TOKEN})
        assert (entered.status_code, entered.headers["location"]) == (303, "/ko/consult")
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert TOKEN not in cookie
        assert browser.get("/api/v1/content").status_code == 200
        own = {"origin": "null"}  # a form of ours, over plain HTTP between machines
        assert browser.post(POOL, content=STUDIES, headers={**CSV, **own}).status_code == 200
        browser.post("/ko/sign-out")
        assert browser.get("/api/v1/content").status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "00.99999999999.00", "é.1.2", "." * 50])
def test_a_made_up_cookie(guarded: str, cookie: str) -> None:
    answer = httpx.get(f"{guarded}/api/v1/content", headers={"cookie": f"decidua={cookie}".encode()}, timeout=60)
    assert answer.status_code == 401


def test_a_cookie_of_another_start(guarded: str) -> None:
    """Keys are made anew at every start, and a cookie ends by itself."""
    from decidua.service.sign_in import SignIn

    cookie = SignIn(Settings(token=TOKEN)).cookie()
    assert (
        httpx.get(f"{guarded}/api/v1/content", headers={"cookie": f"decidua={cookie}"}, timeout=60).status_code == 401
    )


def test_a_cookie_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from decidua.service import sign_in

    door = sign_in.SignIn(Settings(token=TOKEN))
    cookie = door.cookie()
    assert door._valid(cookie)
    later = sign_in.time.time() + sign_in.LASTS + 1
    monkeypatch.setattr(sign_in.time, "time", lambda: later)
    assert not door._valid(cookie)


def test_guessing_is_slowed_down() -> None:
    with live(Settings(token=TOKEN)) as base:
        wrong = [httpx.post(f"{base}/en/sign-in", data={"token": f"guess {n}"}, timeout=60) for n in range(12)]
        assert [answer.status_code for answer in wrong] == [401] * 10 + [429] * 2
        guess = httpx.get(f"{base}/api/v1/content", headers={"authorization": "Bearer guess"}, timeout=60)
        assert (guess.status_code, guess.headers["retry-after"]) == (429, "60")
        bearer = httpx.get(f"{base}/api/v1/content", headers={"authorization": f"Bearer {TOKEN}"}, timeout=60)
        assert bearer.status_code == 200, "who has the token is not kept out by who guesses beside him"
        assert httpx.post(f"{base}/en/sign-in", data={"token": TOKEN}, timeout=60).status_code == 303


@pytest.mark.parametrize(("one", "other", "same"), [
    ("2001:db8::1", "2001:db8::ffff:2", True),
    ("2001:db8::1", "2001:db8:0:1::1", False),
    ("::ffff:192.0.2.1", "192.0.2.1", True),
    ("192.0.2.1", "192.0.2.2", False),
])  # fmt: skip
def test_guesses_are_counted_by_who_has_the_address(one: str, other: str, same: bool) -> None:
    from decidua.service.sign_in import counted_as

    assert (counted_as(one) == counted_as(other)) is same


@pytest.mark.parametrize("secure", [True, False])
def test_behind_tls_the_cookie_is_never_sent_in_the_clear(secure: bool) -> None:
    with live(Settings(token=TOKEN, secure=secure)) as base, httpx.Client(base_url=base, timeout=60) as browser:
        entered = browser.post("/en/sign-in", data={"token": TOKEN})
        assert ("; secure" in entered.headers["set-cookie"].lower()) is secure
        sent = {"cookie": entered.headers["set-cookie"].partition(";")[0]}
        left = httpx.post(f"{base}/en/sign-out", headers=sent, timeout=60)
        assert ("; secure" in left.headers["set-cookie"].lower()) is secure


@pytest.mark.parametrize("path", ["/en/consult", "/api/v1/content", "/en/api", "/"])
def test_head_is_get_without_a_body(client: httpx.Client, path: str) -> None:
    assert client.head(path).status_code == client.get(path).status_code
    assert client.head(path).content == b""


@pytest.mark.parametrize("said", [b"NONSENSE /x SECRET\x00\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_request_is_answered_with_the_same_headers(base: str, said: bytes) -> None:
    answer = raw(base, said)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert f"Content-Security-Policy: {POLICY}".lower().encode() in answer.lower()
    assert b"x-content-type-options: nosniff" in answer.lower()
    assert b"cache-control: no-store" in answer.lower()
    assert b"SECRET" not in answer


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods(client: httpx.Client, method: str) -> None:
    answer = client.request(method, "/api/v1/content")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.json()["key"] == "refused.method"


def raw(base: str, said: bytes) -> bytes:
    """What the service answers to these very bytes."""
    with socket.create_connection((urlsplit(base).hostname or "", urlsplit(base).port or 0), timeout=30) as line:
        line.sendall(said)
        found = b""
        while more := line.recv(65_536):
            found += more
        return found
