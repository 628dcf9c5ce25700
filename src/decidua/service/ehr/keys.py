"""The public keys of EHRs (JWK Sets): read from a file, or fetched, kept for a while and fetched anew on rotation.

    age of the set      the key is in it                 it is not
    up to 10 minutes    used                             fetched anew, once a minute at most
    up to an hour       used, and fetched behind         fetched anew
    older               fetched anew; not used without   fetched anew

Who asks for a key that is not there waits for the fetch; nobody else does.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from decidua.errors import UsageError
from decidua.service.ehr.reach import Reach
from decidua.service.ehr.settings import Ehr
from decidua.service.ehr.unreachable import UnreachableError

FRESH, STALE, AGAIN = 600.0, 3600.0, 60.0
MOST = 50
"""Keys of one set that are read."""
SHORTEST_RSA = 2048


def keys_of(document: object) -> dict[str, PyJWK]:
    """Key id → key, for ES384 (P-384) and RS384 (RSA of 2048 bits or more). A key that is anything else, is private,
    or shares its id with another is left out. Raises ValueError for what is no JWK Set."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a JWK Set")
    found = [one for one in listed[:MOST] if isinstance(one, dict) and isinstance(one.get("kid"), str)]
    often = Counter(one["kid"] for one in found)
    made = {one["kid"]: _key(one) for one in found if often[one["kid"]] == 1}
    return {kid: key for kid, key in made.items() if key is not None}


def _key(given: Mapping[str, Any]) -> PyJWK | None:
    algorithm = {"EC": "ES384", "RSA": "RS384"}.get(str(given.get("kty")))
    allowed = given.get("alg") in (None, algorithm) and given.get("use") in (None, "sig")
    if algorithm is None or not allowed or "d" in given or "verify" not in given.get("key_ops", ["verify"]):
        return None
    try:
        key = PyJWK(dict(given), algorithm=algorithm)
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    good = (
        key.key.curve.name == "secp384r1" if isinstance(key.key, EllipticCurvePublicKey)
        else isinstance(key.key, RSAPublicKey) and key.key.key_size >= SHORTEST_RSA
    )  # fmt: skip
    return key if good else None


@dataclass
class KeySet:
    """The keys of one EHR, as far as they are known."""

    ehr: Ehr
    reach: Reach
    keys: dict[str, PyJWK] = field(default_factory=dict)
    came: float = -STALE
    asked: float = -STALE
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)
    behind: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        if self.ehr.keys.file is not None:
            self.keys = _read(self.ehr)

    async def key(self, kid: str) -> PyJWK | None:
        """None for a key that the set does not have. Raises UnreachableError where the set cannot be had."""
        if self.ehr.keys.url is None:
            return self.keys.get(kid)
        age = time.monotonic() - self.came
        if age < STALE and kid in self.keys:
            if age >= FRESH:
                self._fetch_behind()
            return self.keys[kid]
        if time.monotonic() - self.asked >= AGAIN or age >= STALE:
            await self._fetch()
        return self.keys.get(kid)

    def _fetch_behind(self) -> None:
        if time.monotonic() - self.asked >= AGAIN and (self.behind is None or self.behind.done()):
            self.behind = asyncio.create_task(self._quietly())

    async def _quietly(self) -> None:
        try:
            await self._fetch()
        except UnreachableError:
            return

    async def _fetch(self) -> None:
        """One at a time; who waited for another's fetch takes what it brought."""
        if self.fetching.locked():
            async with self.fetching:
                if time.monotonic() - self.came >= STALE:
                    raise UnreachableError("keys")
                return
        async with self.fetching:
            self.asked = time.monotonic()
            answer = await self.reach.ask(self.ehr.keys.url or "")
            if answer.status != 200:
                raise UnreachableError("keys")
            try:
                self.keys = keys_of(json.loads(answer.body))
            except (ValueError, RecursionError):
                raise UnreachableError("keys") from None
            self.came = time.monotonic()


def _read(ehr: Ehr) -> dict[str, PyJWK]:
    """Raises UsageError where the file has no key that can be used."""
    file = ehr.keys.file
    assert file is not None
    try:
        found = keys_of(json.loads(file.read_bytes()))
    except OSError as error:
        raise UsageError("error.ehr-file", file=file, reason=error.strerror or type(error).__name__) from None
    except (ValueError, RecursionError):
        found = {}
    if not found:
        raise UsageError("error.ehr-keys-file", file=file)
    return found
