"""A FHIR server: everything on one patient, within time and size, from that server and no other.

`Patient/<id>/$everything` is asked for; a server without it is asked for the patient and for each type. Only https
is spoken, and http with this computer itself. A redirect or a next page that leads elsewhere is not followed, so that
a token goes nowhere but to the server that was named. Nothing is written, and nothing but the id is sent.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from decidua.errors import DeciduaError, PatientSyntaxError, ServerError, UsageError
from decidua.intake.fhir.bundle import LIMIT, open_bundle
from decidua.intake.problems import quoted

TOKEN = "DECIDUA_FHIR_TOKEN"
SECONDS = 30.0
PAGES, PER_PAGE = 200, 200
TYPES = (
    "Observation", "Condition", "DiagnosticReport", "Procedure", "AllergyIntolerance", "MedicationRequest",
    "MedicationStatement", "MedicationAdministration",
)  # fmt: skip
CHUNK = 65_536
JSON = re.compile(r"application/(fhir\+)?json\b", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Fetched:
    """Bundles as bytes; `missing` are the types for which the server does not answer."""

    pages: tuple[bytes, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    status: int
    content: str
    body: bytes


def fetch(base: str, patient: str, *, seconds: float = SECONDS) -> Fetched:
    """Everything on one patient. Raises UsageError for an address or id that cannot be, else ServerError.

    The work is done in a thread of its own: whatever a server does (silence, one byte a second, a name that does not
    resolve), the caller waits no longer than `seconds`.
    """
    base = checked(base)
    if not _ID.fullmatch(patient):
        raise UsageError("server.patient", given=quoted(patient))
    results: list[Fetched | Exception] = []
    client = _Client(base, time.monotonic() + seconds)

    def work() -> None:
        try:
            results.append(client.everything(patient))
        except Exception as error:
            results.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    found = results[0] if results else None
    if isinstance(found, Fetched):
        return found
    if found is None or time.monotonic() >= client.until or _timed_out(found):
        raise ServerError("server.slow", given=base, seconds=f"{seconds:g}")
    raise found if isinstance(found, DeciduaError) else _unreachable(base, found)


def _timed_out(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError)


def _unreachable(base: str, error: Exception) -> ServerError:
    """The kind of failure in the system's own words; what a library says of it may quote an address."""
    reason = getattr(error, "reason", error)
    words = reason.strerror if isinstance(reason, OSError) and reason.strerror else type(reason).__name__
    return ServerError("server.unreachable", given=base, reason=quoted(words))


def checked(base: str) -> str:
    """The address without a slash at its end. Raises UsageError."""
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageError("server.address", given=quoted(base)) from None
    if parts.username is not None or parts.password is not None:
        raise UsageError("server.credentials")
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise UsageError("server.address", given=quoted(base))
    if parts.scheme == "http" and not _is_here(host):
        raise UsageError("server.https", given=quoted(base))
    return base.rstrip("/")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _SameOrigin(HTTPRedirectHandler):
    """Follows a redirect only to the server that was named."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if _origin(newurl) != _origin(req.full_url):
            fp.close()
            raise ServerError("server.elsewhere", given=req.full_url.split("?")[0])
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


class _Client:
    def __init__(self, base: str, until: float) -> None:
        self.base, self.until, self.size = base, until, 0
        self.opener = self._opener()

    def _opener(self) -> OpenerDirector:
        handlers = [_SameOrigin(), HTTPSHandler(context=ssl.create_default_context())]
        here = _is_here(urlsplit(self.base).hostname or "")
        return build_opener(*handlers, *([ProxyHandler({})] if here else []))

    def everything(self, patient: str) -> Fetched:
        first = self._get(f"{self.base}/Patient/{patient}/$everything?_count={PER_PAGE}")
        if first.status == 200:
            return Fetched(tuple(self._pages(first)))
        self._refuse(first, (400, 404, 405, 410, 422, 500, 501))
        return self._by_type(patient)

    def _by_type(self, patient: str) -> Fetched:
        person = self._get(f"{self.base}/Patient/{patient}")
        if person.status in (404, 410):
            raise ServerError("server.not-found", given=self.base)
        self._refuse(person, (200,))
        pages, missing = [b'{"resourceType":"Bundle","entry":[{"resource":' + person.body + b"}]}"], []
        for kind in TYPES:
            query = {"patient": patient, "_count": PER_PAGE}
            if kind.startswith("Medication"):
                query["_include"] = f"{kind}:medication"
            answer = self._get(f"{self.base}/{kind}?{urlencode(query)}")
            self._refuse(answer, (200, 400, 404, 405, 422, 501))
            if answer.status == 200:
                pages += self._pages(answer)
            else:
                missing.append(kind)
        return Fetched(tuple(pages), tuple(missing))

    def _pages(self, first: Answer) -> Iterator[bytes]:
        seen: set[str] = set()
        answer: Answer | None = first
        while answer is not None:
            self._refuse(answer, (200,))
            yield answer.body
            url = self._next(answer.body)
            if url is not None and (url in seen or len(seen) >= PAGES):
                raise ServerError("server.pages", given=self.base, limit=PAGES)
            seen.add(url or "")
            answer = self._get(url) if url is not None else None

    def _next(self, body: bytes) -> str | None:
        try:
            links = open_bundle(body, self.base).link or []
        except PatientSyntaxError as error:
            raise ServerError(error.key, **{**error.parts, "where": self.base}) from None
        url = next((link.url for link in links if link.relation == "next" and link.url), None)
        if url is None:
            return None
        url = urljoin(f"{self.base}/", url)
        if _origin(url) != _origin(self.base):
            raise ServerError("server.elsewhere", given=self.base)
        return url

    def _get(self, url: str) -> Answer:
        request = Request(url, headers={"Accept": "application/fhir+json", "User-Agent": "decidua"})
        token = os.environ.get(TOKEN)
        if token:
            request.add_unredirected_header("Authorization", f"Bearer {token}")
        try:
            with self.opener.open(request, timeout=self._left()) as response:
                return Answer(response.status, response.headers.get("Content-Type", ""), self._body(response))
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers.get("Content-Type", ""), self._body(error))

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _body(self, response: object) -> bytes:
        read, chunks = response.read1, []  # type: ignore[attr-defined]
        while chunk := read(CHUNK):
            self._left()
            self.size += len(chunk)
            if self.size > LIMIT:
                raise ServerError("server.large", given=self.base, limit=LIMIT)
            chunks.append(chunk)
        return b"".join(chunks)

    def _refuse(self, answer: Answer, accepted: tuple[int, ...]) -> None:
        """Raises unless the answer is one of those that can be dealt with, in FHIR JSON if it is to be read."""
        if answer.status in (401, 403):
            raise ServerError("server.denied", given=self.base, status=answer.status)
        if answer.status not in accepted:
            outcome = _outcome(answer.body)
            key = "server.outcome" if outcome else "server.status"
            raise ServerError(key, given=self.base, status=answer.status, outcome=outcome)
        if answer.status == 200 and not JSON.match(answer.content):
            raise ServerError("server.content", given=self.base, content=quoted(answer.content or "-"))


def _outcome(body: bytes) -> str | None:
    """The text of an OperationOutcome; the server's own words, shortened."""
    try:
        found = json.loads(body)
        issue = found["issue"][0] if found["resourceType"] == "OperationOutcome" else {}
        text = issue.get("diagnostics") or (issue.get("details") or {}).get("text") or issue.get("code")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return None
    return quoted(text).rstrip(".") if isinstance(text, str) else None
