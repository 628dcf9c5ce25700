"""Outgoing requests go to listed servers at addresses that may be reached, follow nothing, and end in time."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import own_loop
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from decidua.service.ehr.addresses import is_secure, may_be_reached, origin_of
from decidua.service.ehr.reach import FAILURES, Reach
from decidua.service.ehr.unreachable import UnreachableError
from service.local_ehr import LocalEhr, local_ehr

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture(scope="module")
def ehr() -> Iterator[LocalEhr]:
    with local_ehr() as one:
        yield one


def why(reach: Reach, url: str, times: int = 1) -> list[str]:
    """Why each of some requests brought nothing."""

    async def asking() -> list[str]:
        found = []
        for _ in range(times):
            try:
                await reach.ask(url)
                found.append("")
            except UnreachableError as error:
                found.append(error.why)
        await reach.close()
        return found

    return own_loop.run(asking())


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1",
     "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
     "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
     "2001:0:7f00:1::1", "100::1"],
)  # fmt: skip
def test_addresses_that_are_not_reached(address: str) -> None:
    assert not may_be_reached(ip_address(address), [])


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_that_are(address: str) -> None:
    assert may_be_reached(ip_address(address), [])


def test_a_listed_network_is_reached_and_no_other() -> None:
    networks = [ip_network("10.1.0.0/16"), ip_network("fd12::/16")]
    assert may_be_reached(ip_address("10.1.2.3"), networks)
    assert may_be_reached(ip_address("::ffff:10.1.2.3"), networks)
    assert may_be_reached(ip_address("fd12::5"), networks)
    assert not may_be_reached(ip_address("10.2.2.3"), networks)
    assert not may_be_reached(ip_address("127.0.0.1"), networks)


@pytest.mark.parametrize(
    "url",
    ["http://ehr.example/fhir", "ftp://ehr.example", "https://", "https://user@ehr.example", "https://a:b@ehr.example",
     "https://ehr.example/#x", "file:///etc/passwd", "https://ehr.example:port", "gopher://127.0.0.1", "//ehr.example",
     "https://ehr.example/\r\nHost: x", "https://ehr.example\\@evil.example", "https://éhr.example", "http://localhost",
     "http://127.0.0.1:80", "https://[::1", "http://2130706433/", ""],
)  # fmt: skip
def test_what_is_no_good_address(url: str) -> None:
    assert not is_secure(url, [])


def test_http_is_for_this_machine_by_its_number_and_only_if_listed() -> None:
    assert is_secure("http://127.0.0.1:8080/fhir", LOOPBACK)
    for url in ("http://localhost:8080", "http://10.0.0.1", "http://2130706433", "http://0x7f000001", "http://127.1"):
        assert not is_secure(url, LOOPBACK)
    assert origin_of("https://EHR.example.:443/fhir") == ("https", "ehr.example", 443)


def test_loopback_is_refused_unless_it_is_listed(ehr: LocalEhr) -> None:
    assert why(Reach([]), f"{ehr.base}/jwks.json") == ["address"]
    assert why(Reach(LOOPBACK), f"{ehr.base}/jwks.json") == [""]
    secure = ehr.base.replace("http:", "https:")
    assert why(Reach([]), f"{secure}/jwks.json") == ["address"], "https alone does not open it"


def resolver(monkeypatch: pytest.MonkeyPatch, answers: Callable[[int], list[str]]) -> list[str]:
    """Names resolve to what `answers` says for the first, second … look-up."""
    looked: list[str] = []

    async def getaddrinfo(_loop: Any, host: str, port: int, **_: Any) -> list[Any]:
        looked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers(len(looked))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return looked


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, lambda _: ["127.0.0.1", "169.254.169.254", "10.0.0.1"])
    assert why(Reach([]), "https://ehr.example/fhir") == ["address"]


def test_a_name_that_changes_its_mind_is_resolved_once_and_the_judged_address_is_met(
    ehr: LocalEhr, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what is connected to is the address that was judged, not the name."""
    port = int(ehr.base.rpartition(":")[2])
    looked = resolver(monkeypatch, lambda count: ["127.0.0.1"] if count == 1 else ["10.0.0.1"])
    met: list[str] = []
    reach = Reach(LOOPBACK)

    async def noted(_backend: Any, host: str, *_: Any, **__: Any) -> Any:
        met.append(host)
        raise OSError

    monkeypatch.setattr("httpcore.AnyIOBackend.connect_tcp", noted)
    assert why(reach, f"https://ehr.example:{port}/fhir") == ["connection"]
    assert (looked, met) == (["ehr.example"], ["127.0.0.1"])


@contextmanager
def secured(name: str, folder: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A server whose certificate is for one name: its port, and a context that trusts the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*plain))
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "certificate.pem", folder / "key.pem")

    def serve() -> None:
        while True:
            try:
                taken, _ = listening.accept()
            except OSError:
                return  # the test is over
            with taken, suppress(OSError), serving.wrap_socket(taken, server_side=True) as speaking:
                speaking.recv(10_000)
                speaking.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], ssl.create_default_context(cafile=folder / "certificate.pem")


def test_a_certificate_must_be_the_names_though_the_connection_goes_to_a_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    resolver(monkeypatch, lambda _: ["127.0.0.1"])
    with secured("ehr.example", tmp_path) as (port, trusting):
        assert why(Reach(LOOPBACK), f"https://ehr.example:{port}/") == ["connection"], "nobody vouches for it"
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert why(Reach(LOOPBACK), f"https://ehr.example:{port}/") == [""]
        assert why(Reach(LOOPBACK), f"https://other.example:{port}/") == ["connection"]


def test_redirects_are_not_followed(ehr: LocalEhr) -> None:
    ehr.elsewhere = f"{ehr.base}/jwks.json"
    before = len(ehr.asked)
    assert why(Reach(LOOPBACK), f"{ehr.fhir}/Patient/1") == ["redirect"]
    assert [path for path, _ in ehr.asked[before:]] == ["/fhir/Patient/1"]
    ehr.elsewhere = None


def test_no_proxy_of_the_environment_is_used(ehr: LocalEhr, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert why(Reach(LOOPBACK), f"{ehr.base}/jwks.json") == [""]


def served(parts: list[bytes], pause: float = 0.0) -> tuple[socket.socket, str]:
    """A server that sends these bytes, and then, slowly, the last of them for ever."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                taken, _ = listening.accept()
            except OSError:
                return  # the test is over
            with taken, suppress(OSError):
                taken.recv(10_000)
                for part in parts:
                    taken.sendall(part)
                while pause:
                    taken.sendall(parts[-1])
                    time.sleep(pause)

    threading.Thread(target=serve, daemon=True).start()
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}/"


def test_a_slow_server_ends_in_time_and_is_then_left_alone() -> None:
    listening, url = served([b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" "], 0.05)
    with listening:
        before = time.monotonic()
        found = why(Reach(LOOPBACK, 0.4), url, FAILURES + 2)
        assert found == ["slow"] * FAILURES + ["resting"] * 2
        assert time.monotonic() - before < 20


def test_too_much_and_nonsense_are_refused() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    for parts, said in (
        ([head, b"x" * 6_000_001], "large"), ([b"nonsense\r\n\r\n"], "connection"), ([b""], "connection"),
    ):  # fmt: skip
        listening, url = served(parts)
        with listening:
            assert why(Reach(LOOPBACK), url) == [said]


def test_too_many_at_once_are_turned_away(ehr: LocalEhr) -> None:
    async def asking() -> list[str]:
        reach = Reach(LOOPBACK, 1.0)

        async def one() -> str:
            try:
                await reach.ask(f"{ehr.fhir}/Patient/1")
            except UnreachableError as error:
                return error.why
            return ""

        found = await asyncio.gather(*(one() for _ in range(60)))
        await reach.close()
        return list(found)

    ehr.hangs = True
    try:
        assert own_loop.run(asking()).count("busy") == 60 - 48
    finally:
        ehr.hangs = False


def test_an_error_says_one_word(ehr: LocalEhr) -> None:
    """So nothing that a server or a caller sends can stand in a log."""
    words = {"address", "slow", "connection", "name", "redirect", "large", "busy", "resting", "keys"}
    for url in ("https://canary.invalid/x?canary=1", f"{ehr.base}/jwks.json", "canary"):
        assert set(why(Reach([], 5), url)) <= words
