"""Who calls: forged, expired, replayed, misdirected and otherwise wrong tokens are all refused, good ones let in."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import own_loop
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from decidua.service.ehr.keys import KeySet, keys_of
from decidua.service.ehr.reach import Reach
from decidua.service.ehr.replay import Replay
from decidua.service.ehr.tokens import LEEWAY, LONGEST
from decidua.service.ehr.unreachable import UnreachableError
from decidua.service.settings import Settings
from service.local_ehr import LocalEhr, call, elliptic, jwk, local_ehr, rsa_key
from service.running import live

VIEW = "/cds-services/decidua-patient-view"
AUDIENCE = f"http://127.0.0.1{VIEW}"


@pytest.fixture(scope="module")
def ehr() -> Iterator[LocalEhr]:
    with local_ehr() as one:
        yield one


@pytest.fixture(scope="module")
def client(ehr: LocalEhr) -> Iterator[httpx.Client]:
    with live(Settings(ehr=ehr.settings(), cds_hooks=True)) as base, httpx.Client(base_url=base, timeout=60) as one:
        yield one


def ask(client: httpx.Client, token: str | None, path: str = VIEW) -> tuple[int, str]:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    answer = client.post(path, json=call(), headers=headers)
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    return answer.status_code, answer.json().get("key", "")


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", ["ES384", "RS384"])
def test_good_tokens_are_let_in(client: httpx.Client, ehr: LocalEhr, alg: str) -> None:
    assert ask(client, ehr.token(AUDIENCE, alg=alg)) == (200, "")
    assert ask(client, ehr.token([AUDIENCE], alg=alg)) == (200, "")  # type: ignore[arg-type]
    assert ask(client, ehr.token(AUDIENCE, alg=alg, head={"jku": f"{ehr.base}/jwks.json"})) == (200, "")


def test_none(client: httpx.Client, ehr: LocalEhr) -> None:
    _, claims, signature = ehr.token(AUDIENCE).split(".")
    for alg in ("none", "None", "NONE", ""):
        for ending in ("", signature):
            token = f"{part({'alg': alg, 'typ': 'JWT', 'kid': 'one'})}.{claims}.{ending}"
            assert ask(client, token)[0] == 401


def test_a_public_key_as_a_secret(client: httpx.Client, ehr: LocalEhr) -> None:
    """HS256 or HS384 with what everybody can download: the key decides the algorithm, not the token."""
    public = elliptic().public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    claims = ehr.token(AUDIENCE).split(".")[1]
    for alg, digest in (("HS256", hashlib.sha256), ("HS384", hashlib.sha384)):
        for secret in (pem, pem.strip(), json.dumps(ehr.keys[0]).encode()):
            signed = f"{part({'alg': alg, 'typ': 'JWT', 'kid': 'one'})}.{claims}"
            mac = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), digest)).rstrip(b"=").decode()
            assert ask(client, f"{signed}.{mac}") == (401, "cds.token-algorithm")


def test_forged(client: httpx.Client, ehr: LocalEhr) -> None:
    stranger = ec.generate_private_key(ec.SECP384R1())
    assert ask(client, ehr.token(AUDIENCE, key=stranger)) == (401, "cds.token-signature")
    head, claims, signature = ehr.token(AUDIENCE).split(".")
    changed = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert ask(client, f"{head}.{part({**changed, 'exp': changed['exp'] + 1})}.{signature}")[1] == "cds.token-signature"
    assert ask(client, f"{head}.{claims}.")[0] == 401
    assert ask(client, f"{head}.{claims}.{'A' * 128}") == (401, "cds.token-signature")


def test_another_algorithm_of_a_known_key(client: httpx.Client, ehr: LocalEhr) -> None:
    for alg in ("RS256", "RS512", "PS384"):
        token = jwt.encode(_claims(ehr), rsa_key(), algorithm=alg, headers={"kid": "rsa", "typ": "JWT"})
        assert ask(client, token) == (401, "cds.token-algorithm")
    token = jwt.encode(_claims(ehr), rsa_key(), algorithm="RS384", headers={"kid": "one", "typ": "JWT"})
    assert ask(client, token) == (401, "cds.token-algorithm")


def _claims(ehr: LocalEhr) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(ehr.token(AUDIENCE), options={"verify_signature": False})
    return claims


def test_replayed(client: httpx.Client, ehr: LocalEhr) -> None:
    token = ehr.token(AUDIENCE)
    assert ask(client, token) == (200, "")
    assert ask(client, token) == (401, "cds.token-replay")
    again = ehr.token(AUDIENCE, jti=_claims_of(token)["jti"])
    assert ask(client, again) == (401, "cds.token-replay")


def _claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


@pytest.mark.parametrize(
    ("claims", "key"),
    [
        ({"aud": "http://127.0.0.1/cds-services"}, "cds.token-audience"),
        ({"aud": f"{AUDIENCE}/feedback"}, "cds.token-audience"),
        ({"aud": "https://127.0.0.1/cds-services/decidua-patient-view"}, "cds.token-audience"),
        ({"aud": f"{AUDIENCE}/"}, "cds.token-audience"),
        ({"aud": [AUDIENCE, "https://another.example"]}, "cds.token-audience"),
        ({"aud": []}, "cds.token-audience"),
        ({"aud": None}, "cds.token-audience"),
        ({"iss": "https://another.example/"}, "cds.token-issuer"),
        ({"iss": None}, "cds.token-issuer"),
        ({"exp": None}, "cds.token-form"),
        ({"exp": True}, "cds.token-form"),
        ({"exp": 10**400}, "cds.token-form"),
        ({"exp": 1e300}, "cds.token-form"),
        ({"iat": -(10**400)}, "cds.token-form"),
        ({"exp": "2999-01-01"}, "cds.token-form"),
        ({"iat": None}, "cds.token-form"),
        ({"jti": None}, "cds.token-id"),
        ({"jti": "short"}, "cds.token-id"),
        ({"jti": "x" * 256}, "cds.token-id"),
        ({"jti": 12345678}, "cds.token-id"),
    ],
)
def test_claims(client: httpx.Client, ehr: LocalEhr, claims: dict[str, Any], key: str) -> None:
    assert ask(client, ehr.token(AUDIENCE, **claims)) == (401, key)


def test_times(client: httpx.Client, ehr: LocalEhr) -> None:
    now, far = int(time.time()), LEEWAY + 60
    assert ask(client, ehr.token(AUDIENCE, exp=now - far))[1] == "cds.token-expired"
    assert ask(client, ehr.token(AUDIENCE, nbf=now + far))[1] == "cds.token-expired"
    assert ask(client, ehr.token(AUDIENCE, iat=now + far))[1] == "cds.token-time"
    assert ask(client, ehr.token(AUDIENCE, iat=now - LONGEST - far))[1] == "cds.token-time"
    assert ask(client, ehr.token(AUDIENCE, exp=now + LONGEST + far))[1] == "cds.token-time"


@pytest.mark.parametrize(
    "head",
    [{"kid": None}, {"kid": 3}, {"typ": None}, {"typ": "at+jwt"}, {"crit": ["exp"]}, {"kid": "unknown"},
     {"jku": "https://evil.example/jwks.json"}, {"jku": "http://127.0.0.1/jwks.json"}],
)  # fmt: skip
def test_heads(client: httpx.Client, ehr: LocalEhr, head: dict[str, Any]) -> None:
    """Also a `jku` that leads to keys of the caller's own: it is never asked."""
    given = {"alg": "ES384", "typ": "JWT", "kid": "one", **head}
    claims = part(_claims(ehr))
    signed = f"{part({name: value for name, value in given.items() if value is not None})}.{claims}"
    der = elliptic().sign(signed.encode(), ec.ECDSA(hashes.SHA384()))
    r, s = decode_dss_signature(der)
    signature = base64.urlsafe_b64encode(r.to_bytes(48, "big") + s.to_bytes(48, "big")).rstrip(b"=").decode()
    assert ask(client, f"{signed}.{signature}")[0] == 401


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "a.b.c.d.e", "é.é.é", "." * 3, "A" * 20_000])
def test_no_tokens(client: httpx.Client, token: str | None) -> None:
    headers = {} if token is None else {b"authorization": b"Bearer " + token.encode() if token else b"Bearer"}
    answer = client.post(VIEW, json=call(), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401


def test_the_access_token_of_the_service_is_none(ehr: LocalEhr) -> None:
    """What lets a person in lets no EHR in, and the reverse."""
    mine = "correct-horse-battery-staple"
    with live(Settings(ehr=ehr.settings(), cds_hooks=True, token=mine)) as base:
        told = httpx.post(f"{base}{VIEW}", json=call(), headers={"authorization": f"Bearer {mine}"}, timeout=60)
        assert (told.status_code, told.json()["key"]) == (401, "cds.token-form")
        theirs = {"authorization": f"Bearer {ehr.token(f'{base}/api/v1/content')}"}
        assert httpx.get(f"{base}/api/v1/content", headers=theirs, timeout=60).status_code == 401
        good = {"authorization": f"Bearer {ehr.token(AUDIENCE)}"}
        assert httpx.post(f"{base}{VIEW}", json=call(), headers=good, timeout=60).status_code == 200


# ---- keys --------------------------------------------------------------------------------------------------------


def test_keys_that_count() -> None:
    good, more = jwk(elliptic(), "one"), jwk(rsa_key(), "rsa")
    assert set(keys_of({"keys": [good, more]})) == {"one", "rsa"}
    small = ec.generate_private_key(ec.SECP256R1())
    for wrong in (
        {**good, "use": "enc"}, {**good, "alg": "ES256"}, {**good, "d": "x"}, {**good, "key_ops": ["sign"]},
        {**good, "x": "AAAA"}, {"kty": "oct", "k": "c2VjcmV0", "kid": "one"}, {"kid": "one"}, jwk(small, "one"),
        jwk(rsa_key(1024), "one"),
    ):  # fmt: skip
        assert keys_of({"keys": [wrong]}) == {}
    assert keys_of({"keys": [good, {**more, "kid": "one"}]}) == {}, "an id that stands twice says nothing"
    for document in ([], {}, {"keys": {}}, None, "keys"):
        with pytest.raises(ValueError, match="JWK"):
            keys_of(document)


def test_rotation(ehr: LocalEhr) -> None:
    """A new key is found by asking anew, once a minute at most; an old one counts as long as the set is fresh."""

    async def rotated() -> None:
        settings = ehr.settings()
        reach = Reach(settings.networks)
        keys, before = KeySet(settings.ehrs[0], reach), len(ehr.asked)
        assert await keys.key("one") is not None
        assert await keys.key("two") is None
        assert len(ehr.asked) == before + 1, "an unknown key does not make it ask again and again"
        ehr.keys = [*ehr.keys, jwk(elliptic("two"), "two")]
        keys.asked -= 61
        assert await keys.key("two") is not None
        ehr.keys = ehr.keys[1:]
        keys.came -= 700
        keys.asked -= 700
        assert await keys.key("one") is not None, "while the set is fetched anew behind"
        assert keys.behind is not None
        await keys.behind
        assert await keys.key("one") is None
        await reach.close()

    try:
        own_loop.run(rotated())
    finally:
        ehr.keys = [jwk(elliptic(), "one"), jwk(rsa_key(), "rsa")]


def test_keys_that_cannot_be_had(ehr: LocalEhr) -> None:
    """Keys that are known hold for an hour; then nobody is let in, and the answer says so."""

    async def asked() -> None:
        settings = ehr.settings(seconds=0.5)
        reach = Reach(settings.networks, settings.seconds)
        keys = KeySet(settings.ehrs[0], reach)
        assert await keys.key("one") is not None
        ehr.hangs = True
        keys.came -= 3000
        assert await keys.key("one") is not None
        keys.came -= 3000
        for _ in range(2):
            with pytest.raises(UnreachableError):
                await keys.key("one")
        await reach.close()

    try:
        own_loop.run(asked())
        with live(Settings(ehr=ehr.settings(seconds=0.5), cds_hooks=True)) as base:
            headers = {"authorization": f"Bearer {ehr.token(AUDIENCE)}"}
            told = httpx.post(f"{base}{VIEW}", json=call(), headers=headers, timeout=30)
            assert (told.status_code, told.json()["key"]) == (503, "cds.keys-unreachable")
    finally:
        ehr.hangs = False


def test_many_at_once_fetch_the_keys_once(ehr: LocalEhr) -> None:
    async def asked() -> None:
        settings = ehr.settings()
        reach = Reach(settings.networks)
        keys, before = KeySet(settings.ehrs[0], reach), len(ehr.asked)
        assert None not in await asyncio.gather(*(keys.key("one") for _ in range(20)))
        assert len(ehr.asked) == before + 1
        await reach.close()

    own_loop.run(asked())


# ---- tokens that were used -----------------------------------------------------------------------------------------


def test_used_tokens_are_known_to_every_process(tmp_path: Path) -> None:
    one, other = Replay(tmp_path / "used"), Replay(tmp_path / "used")
    assert one.first_use("https://a/", "12345678", time.time() + 60)
    assert not other.first_use("https://a/", "12345678", time.time() + 60)
    assert other.first_use("https://b/", "12345678", time.time() + 60)


def test_ended_tokens_are_forgotten_and_no_others() -> None:
    replay = Replay()
    now = time.time()
    assert replay.first_use("a", "ended-long-ago", now - 1)
    assert replay.first_use("a", "still-good", now + 60)
    replay.since = 10**9
    assert replay.first_use("a", "another", now + 60)
    assert replay.store.execute("SELECT count(*) FROM used").fetchone() == (2,)
    assert not replay.first_use("a", "still-good", now + 60)
