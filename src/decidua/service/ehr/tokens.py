"""The token of an EHR (JWT, as CDS Hooks 2.0 has it): who calls, for which address, once and for a short time.

The key decides the algorithm, never the token: ES384 for a P-384 key, RS384 for RSA. So `none`, a symmetric algorithm
with a public key as its secret, and any other are refused before a signature is looked at.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from decidua.service.ehr.keys import KeySet
from decidua.service.ehr.replay import Replay
from decidua.service.ehr.settings import Ehr
from decidua.service.ehr.unreachable import UnreachableError
from decidua.web.refused import Refused

LONGEST = 600
"""Seconds that a token may last: all used ones are remembered until they end."""
LEEWAY = 30
"""Seconds by which two clocks may differ."""
LATEST = 1e12
"""Seconds since 1970 beyond which a number is no time; NaN is none either."""
SIZE = 8_000
"""Characters of a token."""


@dataclass(frozen=True)
class Callers:
    """All EHRs that may call, by issuer."""

    sets: Mapping[str, KeySet]
    replay: Replay

    async def caller(self, header: str, audience: str) -> Ehr:
        """The EHR that a request comes from. `header`: of Authorization; `audience`: the address that was called.

        Raises Refused: 401 with the reason, 503 where its keys cannot be had.
        """
        kind, _, token = header.partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token:
            raise _no("cds.token-missing")
        if len(token) > SIZE:
            raise _no("cds.token-form")
        head, claims = _unverified(token)
        keys = self.sets.get(claims["iss"]) if isinstance(claims.get("iss"), str) else None
        if keys is None:
            raise _no("cds.token-issuer")
        await _verify(token, head, keys)
        self._check(claims, keys.ehr, audience)
        return keys.ehr

    def _check(self, claims: Mapping[str, Any], ehr: Ehr, audience: str) -> None:
        """What a token says, once its signature is known to be good; it is used up last of all."""
        now = time.time()
        ends, made, id_ = _seconds(claims, "exp"), _seconds(claims, "iat"), claims.get("jti")
        if claims.get("aud") not in (audience, [audience]):
            raise _no("cds.token-audience")
        if ends + LEEWAY < now or (_seconds(claims, "nbf") if "nbf" in claims else 0) > now + LEEWAY:
            raise _no("cds.token-expired")
        if made > now + LEEWAY or made < now - LONGEST - LEEWAY or ends > now + LONGEST + LEEWAY:
            raise _no("cds.token-time", limit=LONGEST)
        if not isinstance(id_, str) or not 8 <= len(id_) <= 255:
            raise _no("cds.token-id")
        if not self.replay.first_use(ehr.issuer, id_, ends + LEEWAY):
            raise _no("cds.token-replay")


def _unverified(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Head and claims before anything is trusted: they only say whose key to look for."""
    try:
        parts = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise _no("cds.token-form") from None
    return parts["header"], parts["payload"]


async def _verify(token: str, head: Mapping[str, Any], keys: KeySet) -> None:
    kid, url = head.get("kid"), head.get("jku")
    if str(head.get("typ", "")).upper() != "JWT" or not isinstance(kid, str) or "crit" in head:
        raise _no("cds.token-form")
    if url is not None and url != keys.ehr.keys.url:
        raise _no("cds.token-keys")
    try:
        key = await keys.key(kid)
    except UnreachableError:
        raise Refused(503, "cds.keys-unreachable", headers={"Retry-After": "30"}) from None
    if key is None:
        raise _no("cds.token-keys")
    if head.get("alg") != key.algorithm_name:
        raise _no("cds.token-algorithm")
    try:
        jwt.decode(token, key, algorithms=[key.algorithm_name], options={"verify_aud": False, "verify_exp": False,
                   "verify_nbf": False, "verify_iat": False, "verify_iss": False, "verify_sub": False,
                   "verify_jti": False})  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError):
        raise _no("cds.token-signature") from None


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LATEST:
        raise _no("cds.token-form")
    return float(value)


def _no(key: str, **parts: object) -> Refused:
    return Refused(401, key, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}, **parts)
