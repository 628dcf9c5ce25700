"""What is known of a launch between leaving for the EHR and coming back: in a cookie of the browser that left.

Nothing is kept here, so any process can take the browser back. The cookie is signed with the key of this run, lasts ten
minutes, counts for one return, and goes to `/smart/` only. It holds the secret of PKCE, so a code that was caught on
its way is of no use to anybody else, and the state, so a code of somebody else's cannot be slipped in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass, field

from decidua.language import Lang

LASTS = 600
"""Seconds in which the browser has to come back."""
COOKIE = "decidua-launch-"


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Waiting:
    """`ehr`: its name; `server`: its FHIR server; `token_endpoint`, `issuer`: as its configuration says."""

    ehr: str
    server: str
    token_endpoint: str
    issuer: str
    lang: Lang
    state: str = field(default_factory=_secret)
    verifier: str = field(default_factory=_secret)

    @property
    def challenge(self) -> str:
        """Of PKCE, S256."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def cookie_name(state: str) -> str:
    """Each launch has its own, so that two tabs do not disturb each other."""
    return COOKIE + hashlib.sha256(state.encode()).hexdigest()[:16]


def sealed(key: bytes, waiting: Waiting) -> str:
    said = base64.urlsafe_b64encode(json.dumps({**asdict(waiting), "ends": time.time() + LASTS}).encode()).decode()
    return f"{said}.{_signature(key, said)}"


def opened(key: bytes, cookie: str, state: str) -> Waiting | None:
    """None unless the cookie is ours, still good, and for this state."""
    said, _, signature = cookie.rpartition(".")
    if not cookie.isascii() or not hmac.compare_digest(signature, _signature(key, said)):
        return None
    found = json.loads(base64.urlsafe_b64decode(said))
    ends, known = found.pop("ends"), Waiting(**found)
    good = hmac.compare_digest(known.state.encode(), state.encode())
    return known if good and ends > time.time() else None


def _signature(key: bytes, said: str) -> str:
    """With a purpose of its own, so that no other cookie of this service can stand in for it."""
    return hmac.digest(key, b"smart-launch " + said.encode(), "sha256").hex()
