"""SMART App Launch: out to the EHR and back, with a code that is good once, for one browser and one patient."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from decidua.service.log import AUDIT, LOGGER, JsonLine
from decidua.service.settings import LOOPBACK, Settings
from decidua.service.smart.waiting import cookie_name
from service.local_ehr import CLIENT, PATIENT, RECORD, LocalEhr, local_ehr
from service.running import live

TOKEN = "correct-horse-battery-staple"
SMART = {"smart": {"client_id": CLIENT}, "language": "en"}


@pytest.fixture
def ehr() -> Iterator[LocalEhr]:
    with local_ehr() as one:
        yield one


@pytest.fixture
def base(ehr: LocalEhr) -> Iterator[str]:
    with live(lambda at: Settings(ehr=ehr.settings(address=at, ehr=SMART), token=TOKEN, names=LOOPBACK)) as address:
        yield address


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as one:
        yield one


def leave(browser: httpx.Client, base: str, path: str | None = None, **query: str) -> dict[str, str]:
    """To the authorization server; what it is asked."""
    told = browser.get(f"{base}{path or '/smart/launch'}", params=query)
    assert told.status_code == 303, told.text
    asked = parse_qs(urlsplit(told.headers["location"]).query, keep_blank_values=True)
    return {name: values[0] for name, values in asked.items()}


def allow(ehr: LocalEhr, asked: dict[str, str]) -> str:
    """The clinician allows it; where the browser is sent back to."""
    told = httpx.get(f"{ehr.base}/allowed?{urlencode(asked)}", timeout=60)
    assert told.status_code == 303
    return told.headers["location"]


def whole(browser: httpx.Client, ehr: LocalEhr, base: str) -> httpx.Response:
    return browser.get(allow(ehr, leave(browser, base, iss=ehr.fhir, launch="abc-123")))


def refused(answer: httpx.Response, status: int, words: str) -> None:
    assert answer.status_code == status
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_what_is_asked_for(browser: httpx.Client, ehr: LocalEhr, base: str) -> None:
    asked = leave(browser, base, iss=ehr.fhir, launch="abc-123")
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT
    assert asked["redirect_uri"] == f"{base}/smart/callback"
    assert asked["aud"] == ehr.fhir
    assert (asked["launch"], asked["code_challenge_method"], len(asked["code_challenge"])) == ("abc-123", "S256", 43)
    assert len(asked["state"]) >= 43
    scopes = asked["scope"].split()
    assert scopes[0] == "launch"
    assert all(one.startswith("patient/") and one.endswith(".rs") for one in scopes[1:])
    again = leave(browser, base, iss=ehr.fhir, launch="abc-123")
    assert again["state"] != asked["state"]
    assert again["code_challenge"] != asked["code_challenge"]
    alone = leave(browser, base, "/smart/start", ehr="local-ehr")
    assert "launch" not in alone
    assert alone["scope"].split()[0] == "launch/patient"


def test_the_form_is_filled_and_the_clinician_is_let_in(browser: httpx.Client, ehr: LocalEhr, base: str) -> None:
    assert browser.get(f"{base}/en/consult").headers["location"] == "/en/sign-in"
    page = whole(browser, ehr, base)
    assert page.status_code == 200
    assert 'name="fact.clinical_losses"' in page.text
    assert "Observation/losses, 2024-01-15" in page.text
    assert ehr.fhir in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    cookies = page.headers.get_list("set-cookie")
    assert all("HttpOnly" in one for one in cookies)
    assert [one for one in cookies if one.startswith("decidua=") and "samesite=strict" in one.lower()]
    assert browser.get(f"{base}/en/consult").status_code == 200, "who could allow it at a listed EHR is let in"


def test_the_token_stays_out_of_sight(
    browser: httpx.Client, ehr: LocalEhr, base: str, caplog: pytest.LogCaptureFixture
) -> None:
    AUDIT.propagate = LOGGER.propagate = True
    AUDIT.setLevel(logging.INFO)
    with caplog.at_level(logging.DEBUG):
        page = whole(browser, ehr, base)
    given = [one for one in ehr.tokens if one.startswith("smart-token")]
    assert len(given) == 1
    said = "\n".join([page.text, str(page.headers), str(browser.cookies), *map(JsonLine().format, caplog.records)])
    assert given[0] not in said
    assert not [path for path, _ in ehr.asked if given[0] in path]
    sent = {bearer for path, bearer in ehr.asked if path.startswith("/fhir/") and ".well-known" not in path}
    assert sent == {f"Bearer {given[0]}"}
    lines = [JsonLine().format(one) for one in caplog.records if one.name == "decidua.audit"]
    assert len(lines) == 1
    assert PATIENT not in lines[0]
    assert '"service": "smart"' in lines[0]


def test_a_return_counts_once_and_in_its_own_browser(browser: httpx.Client, ehr: LocalEhr, base: str) -> None:
    back = allow(ehr, leave(browser, base, iss=ehr.fhir, launch="abc-123"))
    with httpx.Client(timeout=60) as thief:
        refused(thief.get(back), 400, "belongs to another browser")
        other = allow(ehr, leave(thief, base, iss=ehr.fhir, launch="abc-123"))
    refused(browser.get(other), 400, "belongs to another browser")
    assert browser.get(back).status_code == 200
    refused(browser.get(back), 400, "has ended")


def test_a_code_without_its_verifier_is_of_no_use(browser: httpx.Client, ehr: LocalEhr, base: str) -> None:
    """A code that was caught is put into a launch of the thief's own: PKCE makes the server refuse it."""
    caught = parse_qs(urlsplit(allow(ehr, leave(browser, base, iss=ehr.fhir, launch="abc-123"))).query)["code"][0]
    with httpx.Client(timeout=60) as thief:
        own = leave(thief, base, iss=ehr.fhir, launch="x")
        told = thief.get(f"{base}/smart/callback", params={"code": caught, "state": own["state"], "iss": ehr.fhir})
        refused(told, 502, "gave no access")


@pytest.mark.parametrize(
    "change",
    [{"state": "x"}, {"state": ""}, {"iss": "https://evil.example/fhir"}],
)
def test_a_return_that_was_tampered_with(
    browser: httpx.Client, ehr: LocalEhr, base: str, change: dict[str, str]
) -> None:
    back = allow(ehr, leave(browser, base, iss=ehr.fhir, launch="abc-123"))
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    refused(browser.get(f"{base}/smart/callback", params={**query, **change}), 400, "has ended")


def test_a_changed_cookie_is_none(ehr: LocalEhr, base: str) -> None:
    with httpx.Client(timeout=60) as browser:
        asked = leave(browser, base, iss=ehr.fhir, launch="abc-123")
        [(name, value)] = browser.cookies.items()
    back = allow(ehr, asked)
    for wrong in (value[:-1] + ("0" if value[-1] != "0" else "1"), "A" + value[1:], ".", "é.é", "x"):
        told = httpx.get(back, headers={"cookie": f"{name}={wrong}".encode()}, timeout=60)
        refused(told, 400, "has ended")


def test_a_cookie_of_another_launch_is_none(browser: httpx.Client, ehr: LocalEhr, base: str) -> None:
    """A good cookie under the name that another state would have."""
    back = allow(ehr, leave(browser, base, iss=ehr.fhir, launch="abc-123"))
    code = parse_qs(urlsplit(back).query)["code"][0]
    [(_, value)] = browser.cookies.items()
    cookie = {"cookie": f"{cookie_name('chosen')}={value}"}
    told = httpx.get(f"{base}/smart/callback", params={"code": code, "state": "chosen"}, headers=cookie, timeout=60)
    refused(told, 400, "has ended")


def test_a_no_at_the_ehr(browser: httpx.Client, ehr: LocalEhr, base: str) -> None:
    asked = leave(browser, base, iss=ehr.fhir, launch="abc-123")
    back = {"error": "access_denied", "error_description": "<b>CANARY</b>", "state": asked["state"]}
    told = browser.get(f"{base}/smart/callback", params=back)
    refused(told, 403, "not allowed")
    assert "CANARY" not in told.text
    assert "Max-Age=0" in told.headers["set-cookie"], "the launch is over"
    refused(browser.get(f"{base}/smart/callback", params=back), 400, "has ended")


@pytest.mark.parametrize(
    "iss",
    ["https://evil.example/fhir", "http://127.0.0.1:9/fhir", "", "javascript:alert(1)", "http://169.254.169.254/fhir"],
)
def test_an_ehr_that_is_not_listed(browser: httpx.Client, ehr: LocalEhr, base: str, iss: str) -> None:
    refused(browser.get(f"{base}/smart/launch", params={"iss": iss, "launch": "x"}), 403, "not set up")
    for near in (f"{ehr.fhir}/x", f"{ehr.fhir}?x=1", f"{ehr.base}/FHIR", f"{ehr.fhir}@evil.example"):
        refused(browser.get(f"{base}/smart/launch", params={"iss": near, "launch": "x"}), 403, "not set up")
    assert ehr.asked == []


def test_no_patient_and_no_record(browser: httpx.Client, ehr: LocalEhr, base: str) -> None:
    ehr.patient_in_context = None
    refused(whole(browser, ehr, base), 422, "named no patient")
    ehr.patient_in_context = "../1"
    refused(whole(browser, ehr, base), 422, "named no patient")
    ehr.patient_in_context = "another"
    refused(whole(browser, ehr, base), 422, "cannot be read as that of one patient")
    ehr.patient_in_context = PATIENT
    ehr.record = {key: value for key, value in RECORD.items() if key != "Patient"}
    ehr.record["Patient"] = {"resourceType": "OperationOutcome"}
    refused(whole(browser, ehr, base), 502, "Parts of the record")


def test_a_configuration_that_is_not_good_enough(ehr: LocalEhr, monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response

    good = {"authorization_endpoint": f"{ehr.base}/authorize", "token_endpoint": f"{ehr.base}/token",
            "code_challenge_methods_supported": ["S256"]}  # fmt: skip
    said: dict[str, object] = {}

    async def configuration(_ehr: LocalEhr, _: Request) -> Response:
        return JSONResponse(said)

    monkeypatch.setattr(LocalEhr, "_configuration", configuration)
    with local_ehr() as one, live(lambda at: Settings(ehr=one.settings(address=at, ehr=SMART))) as base:
        ours = {name: str(value).replace(ehr.base, one.base) for name, value in good.items() if name != "code"}
        for change in (
            {"authorization_endpoint": "https://evil.example/authorize"},
            {"token_endpoint": "http://169.254.169.254/token"},
            {"token_endpoint": "https://127.0.0.1/token"},
            {"code_challenge_methods_supported": ["plain"]},
            {"authorization_endpoint": None},
        ):
            said.clear()
            said.update({**ours, "code_challenge_methods_supported": ["S256"], **change})
            told = httpx.get(f"{base}/smart/launch", params={"iss": one.fhir, "launch": "x"}, timeout=60)
            assert told.status_code == 502
            assert "location" not in told.headers


def test_nothing_of_it_is_there_unless_it_is_set_up(ehr: LocalEhr) -> None:
    paths = ("/smart/launch?iss=x&launch=y", "/smart/start?ehr=x", "/smart/callback?code=x&state=y", "/en/records")
    for settings in (Settings(), Settings(ehr=ehr.settings())):
        with live(settings) as address:
            assert {httpx.get(f"{address}{path}", timeout=60).status_code for path in paths} == {404}


def test_the_page_of_records(browser: httpx.Client, ehr: LocalEhr, base: str) -> None:
    whole(browser, ehr, base)
    for lang in ("en", "ko"):
        assert "/smart/start?ehr=local-ehr" in browser.get(f"{base}/{lang}/records").text
