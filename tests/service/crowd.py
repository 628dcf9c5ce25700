"""A crowd: many users at once, each asking one thing after the other, for some time."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

EXAMPLES = Path(__file__).parents[2] / "examples"
YAML = {"content-type": "application/yaml"}
CSV = {"content-type": "text/csv"}
PAGES = ("/en/consult", "/ko/consult", "/en/api", "/api/v1/content/statements", "/api/v1/evidence")


@dataclass
class Seen:
    """What a crowd was answered: how often each status, and how long each answer took in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        return sorted(self.seconds)[int(share * (len(self.seconds) - 1))]


async def crowd(base: str, users: int, seconds: float) -> Seen:
    """Each user consults, reads pages and pools, in an order of its own, until the time is over."""
    seen, end = Seen(), time.monotonic() + seconds
    patients = [path.read_bytes() for path in sorted(EXAMPLES.glob("*.yaml"))]
    studies = (EXAMPLES / "pool" / "vitamin-d.csv").read_bytes()
    limits = httpx.Limits(max_connections=users, max_keepalive_connections=users)
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:
        await asyncio.gather(*(_user(client, number, patients, studies, end, seen) for number in range(users)))
    return seen


async def _user(
    client: httpx.AsyncClient, number: int, patients: Sequence[bytes], studies: bytes, end: float, seen: Seen
) -> None:
    turn = number
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            answer = await _ask(client, turn, patients, studies)
            seen.statuses[answer.status_code] += 1
        except httpx.HTTPError as error:
            seen.failures.append(type(error).__name__)
        seen.seconds.append(time.monotonic() - began)
        turn += 1


async def _ask(client: httpx.AsyncClient, turn: int, patients: Sequence[bytes], studies: bytes) -> httpx.Response:
    lang = ("en", "ko")[turn % 2]
    if turn % 3 == 0:
        patient = patients[turn // 3 % len(patients)]
        return await client.post(f"/api/v1/consult?lang={lang}", content=patient, headers=YAML)
    if turn % 10 == 1:
        return await client.post(f"/api/v1/pool?measure=OR&lang={lang}", content=studies, headers=CSV)
    return await client.get(PAGES[turn % len(PAGES)])
