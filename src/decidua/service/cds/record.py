"""Her data: what the client sent along, and what is missing of it from its FHIR server, if that is listed.

sent for a key                         taken as
a resource, a Bundle                   the data; further pages are fetched, or the key counts as missing
null                                   there are none
an OperationOutcome                    missing, and not asked for again
nothing                                asked for at the server; missing where that is not possible
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urljoin

import msgspec
from msgspec import Raw

from decidua.errors import PatientError
from decidua.fhir.cards.services import PATIENT, REQUIRED
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import open_bundle
from decidua.service.ehr.addresses import origin_of
from decidua.service.ehr.unreachable import UnreachableError
from decidua.web.refused import Refused

if TYPE_CHECKING:
    from decidua.service.ehr.reach import Reach

PAGES, PER_PAGE = 20, 200
"""Of one answer of a server, and how many resources are asked for on one."""
SLACK = 0.5
"""Seconds in which requests that ran out of time may end by themselves."""
FHIR = "application/fhir+json"
NAME = "record"
"""What errors call it."""
Origin = Literal["prefetch", "server", "none"]


@dataclass(frozen=True)
class Record:
    """`pages`: Bundles. `missing`: keys for which there were no data. `origin`: where data came from, for the log."""

    pages: tuple[bytes, ...]
    missing: tuple[str, ...]
    origin: Origin


@dataclass
class Budget:
    """Bytes that may still come from a server for one call, all answers together."""

    left: int = 24_000_000


@dataclass(frozen=True)
class Access:
    """A listed FHIR server and the token for it, as the call brought it."""

    server: str
    token: str
    reach: Reach
    until: float
    """By the loop's clock: when all has to be there."""
    budget: Budget = field(default_factory=Budget)


class FailedError(Exception):
    """A key for which there are no data."""


async def gather(
    templates: Mapping[str, str], prefetch: Mapping[str, Raw], patient: str, access: Access | None
) -> Record:  # fmt: skip
    """Raises Refused 412 where something is missing without which nothing can be said."""
    found = dict(zip(templates, await _all(templates, prefetch, patient, access), strict=True))
    missing = tuple(key for key, pages in found.items() if pages is None)
    needed = [key for key in missing if key in REQUIRED]
    if needed:
        raise Refused(412, "cds.data", kinds=", ".join(needed))
    asked = access is not None and any(key not in prefetch for key in templates)
    origin: Origin = "server" if asked else "prefetch" if prefetch else "none"
    return Record(tuple(page for pages in found.values() for page in pages or ()), missing, origin)


async def _all(
    templates: Mapping[str, str], prefetch: Mapping[str, Raw], patient: str, access: Access | None
) -> list[list[bytes] | None]:  # fmt: skip
    """The pages of every key; None where they cannot be had. All keys share one time limit."""
    sources = [_Source(query, prefetch.get(key), patient, access) for key, query in templates.items()]
    if access is None:
        return [source.sent() for source in sources]
    tasks = [asyncio.create_task(source.pages()) for source in sources]
    try:
        await asyncio.wait(tasks, timeout=max(access.until - asyncio.get_running_loop().time(), 0) + SLACK)
    finally:
        for task in tasks:
            task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException) and not isinstance(one, asyncio.CancelledError):
            raise one
    return [None if isinstance(one, BaseException) else one for one in ended]


class _Source:
    """The data of one key."""

    def __init__(self, query: str, given: Raw | None, patient: str, access: Access | None) -> None:
        self.query, self.given, self.patient, self.access = query, given, patient, access

    def sent(self) -> list[bytes] | None:
        """From the call alone."""
        try:
            page, further = _sent(self.given)
        except FailedError:
            return None
        return None if further or (self.given is None) else page

    async def pages(self) -> list[bytes] | None:
        """From the call, and from the server what it lacks."""
        try:
            pages, further = _sent(self.given)
            if self.given is None:
                pages, further = await self._asked(self._url())
            while further:
                if len(pages) >= PAGES:
                    return None
                more, further = await self._asked(further)
                pages += more
        except (FailedError, UnreachableError):
            return None
        return pages

    def _url(self) -> str:
        assert self.access is not None
        query = self.query.replace(PATIENT, quote(self.patient, safe=""))
        pages = f"&_count={PER_PAGE}" if "?" in query else ""
        return f"{self.access.server.rstrip('/')}/{query}{pages}"

    async def _asked(self, url: str) -> tuple[list[bytes], str | None]:
        access = self.access
        assert access is not None
        base = access.server.rstrip("/") + "/"
        url = urljoin(base, url)
        if origin_of(url) != origin_of(base):
            raise FailedError  # a next page elsewhere: the token is for this server only
        answer = await access.reach.ask(url, token=access.token, accept=FHIR, until=access.until)
        access.budget.left -= len(answer.body)
        if answer.status != 200 or "json" not in answer.content.lower() or access.budget.left < 0:
            raise FailedError
        return _page(answer.body)


def _sent(given: Raw | None) -> tuple[list[bytes], str | None]:
    data = bytes(given) if given is not None else b"null"
    return ([], None) if data == b"null" else _page(data)


def _page(data: bytes) -> tuple[list[bytes], str | None]:
    """A resource or a Bundle as a Bundle, and the address of the next page. Raises FailedError for anything else."""
    try:
        kind = r.HEAD.decode(data).resourceType
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise FailedError from None
    if kind is None or kind == "OperationOutcome":
        raise FailedError
    if kind != "Bundle":
        return [b'{"resourceType":"Bundle","entry":[{"resource":' + data + b"}]}"], None
    try:
        bundle = open_bundle(data, NAME)
    except PatientError:
        raise FailedError from None
    if any(_is_outcome(entry) for entry in bundle.entry or ()):
        raise FailedError
    further = next((link.url for link in bundle.link or () if link.relation == "next" and link.url), None)
    return [data], further


def _is_outcome(entry: r.Entry) -> bool:
    """A server says so that it could not give all. Only the first bytes are looked at where they tell enough."""
    if b"OperationOutcome" not in bytes(entry.resource):
        return False
    try:
        return r.HEAD.decode(entry.resource).resourceType == "OperationOutcome"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
