"""How the service runs: one object, made by the command and handed down. Nothing is read from elsewhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decidua.service.ehr.settings import EhrSettings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PROGRAMS = ("/api/", "/fhir/")
"""Where programs ask, not people: they send a token as a header, and are told what is missing instead of led to it."""
SHORTEST_TOKEN = 20
"""Characters; shorter ones could be guessed."""


@dataclass(frozen=True)
class Limits:
    """Seconds; bytes of `head` and `body`; `at_once`: how many requests may be under way, more are turned away."""

    receiving: float = 20.0
    """For a request's body to arrive, from its first byte to its last."""
    answering: float = 45.0
    """From then to the first byte of the answer; waiting for others is part of it."""
    at_once: int = 200
    head: int = 32_768
    body: int = 6_000_000
    threads: int = 4
    """Computations at one time; each holds its own copy of what answers are made from."""


@dataclass(frozen=True)
class Settings:
    """`names`: hosts by which the service may be addressed, without port. `any_address`: any bare address as well,
    for a service that listens on all of them. `token`: None on loopback, where nobody else can ask. `secure`: it is
    reached by TLS, through a proxy, so that a browser may send its cookie no other way. `ehr`: which EHRs may call.
    `cds_hooks`: there are services of CDS Hooks; without `ehr` for this machine only. `base`: the address that cards
    lead to where no `ehr` says it. `replay`: the file in which several processes note tokens that were used."""

    names: frozenset[str] = LOOPBACK
    any_address: bool = False
    token: str | None = field(default=None, repr=False)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Signs the cookie of who has signed in; made anew at every start, so that no sign-in outlives it."""
    secure: bool = False
    log_requests: bool = False
    cohorts: Path | None = None
    """The folder whose files may be audited; None: none."""
    cohort_memory: int = 4_000
    """Megabytes that an audit of one of them may hold."""
    limits: Limits = Limits()
    ehr: EhrSettings | None = None
    cds_hooks: bool = False
    base: str = "http://127.0.0.1:8000"
    replay: Path | None = None

    @property
    def origins(self) -> frozenset[str]:
        """Of EHRs whose pages call from a browser."""
        return self.ehr.origins if self.ehr else frozenset()
