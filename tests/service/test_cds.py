"""CDS Hooks over HTTP: off until it is switched on, as the specification has it, with data sent along or fetched."""

from __future__ import annotations

import json
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from cards.examples import FEEDBACK, REQUEST
from cards.specification import faults
from intake.fhir_reading import BUNDLES

from decidua.fhir.cards.naming import REASONS_SYSTEM
from decidua.intake.fhir import tables
from decidua.service.cds.record import Budget
from decidua.service.settings import Settings
from service.local_ehr import (
    LOSSES,
    PATIENT,
    LocalEhr,
    call,
    local_ehr,
    observation,
    order,
    patient,
    prefetch,
    searchset,
)
from service.running import live

VIEW, SELECT = "/cds-services/decidua-patient-view", "/cds-services/decidua-order-select"
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def trial() -> Iterator[httpx.Client]:
    """Switched on for this machine, without an EHR."""
    with live(Settings(cds_hooks=True)) as base, httpx.Client(base_url=base, timeout=60) as client:
        yield client


@pytest.fixture
def ehr() -> Iterator[LocalEhr]:
    with local_ehr() as one:
        yield one


@pytest.fixture
def ask(ehr: LocalEhr) -> Iterator[Ask]:
    """A call of the EHR with a good token."""
    with (
        live(Settings(ehr=ehr.settings(seconds=3), cds_hooks=True)) as base,
        httpx.Client(base_url=base, timeout=60) as client,
    ):

        def asking(body: Any, path: str = VIEW, token: str | None = None, **headers: str) -> httpx.Response:
            good = ehr.token(f"http://127.0.0.1{path}") if token is None else token
            return client.post(path, json=body, headers={"authorization": f"Bearer {good}", **headers})

        yield asking


def key(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["key"]


# ---- switched off ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "why"), [("en", "reviewed by a clinician"), ("ko-KR,ko;q=0.9", "검토")])
def test_nothing_is_offered_until_it_is_switched_on(client: httpx.Client, lang: str, why: str) -> None:
    answer = client.get("/cds-services", headers={"accept-language": lang})
    assert faults("discovery", answer.json()) == []
    assert answer.json()["services"] == []
    assert why in next(iter(answer.json()["extension"].values()))
    assert key(client.post(VIEW, json=call())) == (404, "cds.off-call")
    assert key(client.post(f"{VIEW}/feedback", json=FEEDBACK[1])) == (404, "cds.off-call")


# ---- as the specification has it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_discovery(trial: httpx.Client, lang: str) -> None:
    found = trial.get("/cds-services", headers={"accept-language": lang}).json()
    assert faults("discovery", found) == []
    assert {one["hook"] for one in found["services"]} == {"patient-view", "order-select"}
    for service in found["services"]:
        assert "0 of" in service["usageRequirements"] or "0개" in service["usageRequirements"]
        for query in service["prefetch"].values():
            assert "{{context.patientId}}" in query
            assert len(query) < 4000


def test_calls_and_cards_are_as_the_specification_has_them(trial: httpx.Client) -> None:
    for made, path in ((call(), VIEW), (order(), SELECT)):
        assert faults("request", made) == []
        answer = trial.post(path, json=made)
        assert (answer.status_code, faults("response", answer.json())) == (200, [])
        assert len(answer.json()["cards"]) == 1


def test_the_example_of_the_specification_lacks_our_data(trial: httpx.Client) -> None:
    """Its prefetch is for another service, and its FHIR server is not listed here: 412, and nobody is asked."""
    assert key(trial.post(VIEW, json=REQUEST)) == (412, "cds.data")


def test_the_language_is_the_users(trial: httpx.Client) -> None:
    for asked, word in (("ko", "정의"), ("en-GB", "definition"), ("fr;q=0.9, ko;q=0.5", "정의"), ("", "definition")):
        answer = trial.post(VIEW, json=call(), headers={"accept-language": asked})
        assert word in answer.json()["cards"][0]["summary"]


def test_no_card_for_others(trial: httpx.Client) -> None:
    for losses in (observation("losses", "11614-5", 0), observation("losses", "11614-5", 1)):
        made = call(prefetch=prefetch(observations=searchset(losses)))
        assert trial.post(VIEW, json=made).json() == {"cards": []}
    assert trial.post(VIEW, json=call(prefetch=prefetch(observations=None))).json() == {"cards": []}
    assert trial.post(SELECT, json=order("C09AA05")).json() == {"cards": []}


@pytest.mark.parametrize("user", [f"Patient/{PATIENT}", "RelatedPerson/1", f"https://ehr.test/fhir/Patient/{PATIENT}"])
def test_no_card_for_a_patient_who_looks_at_her_own_record(trial: httpx.Client, user: str) -> None:
    context = {"userId": user, "patientId": PATIENT}
    assert trial.post(VIEW, json=call(context=context)).json() == {"cards": []}


@pytest.mark.parametrize("style", ["us-core", "ips", "kr-core"])
def test_records_in_three_public_styles(trial: httpx.Client, style: str) -> None:
    """US Core, the International Patient Summary and KR Core; `tests/intake/bundles` says which profile is followed."""
    bundle = json.loads((BUNDLES / f"{style}.json").read_text("utf-8"))
    resources = [entry["resource"] for entry in bundle["entry"]]
    her = next(one for one in resources if one["resourceType"] == "Patient")
    kinds = {
        "observations": "Observation", "conditions": "Condition", "allergies": "AllergyIntolerance",
        "medications": "MedicationRequest", "statements": "MedicationStatement", "procedures": "Procedure",
    }  # fmt: skip
    mine = {**observation("more", "11614-5", 4), "subject": {"reference": f"Patient/{her['id']}"}}
    given: dict[str, Any] = {"patient": her}
    for name, kind in kinds.items():
        given[name] = searchset(*(one for one in resources if one["resourceType"] == kind))
    context = {"userId": "Practitioner/example", "patientId": her["id"]}
    as_it_is = trial.post(VIEW, json=call(context=context, prefetch=given))
    given["observations"]["entry"].append({"resource": mine})
    with_losses = trial.post(VIEW, json=call(context=context, prefetch=given))
    for answer in (as_it_is, with_losses):
        assert (answer.status_code, faults("response", answer.json())) == (200, [])
    assert len(with_losses.json()["cards"]) == 1


# ---- what is wrong is told in one sentence --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "status", "named"),
    [
        ({"hook": "order-select"}, 400, "$.hook"),
        ({"hookInstance": "1"}, 400, "$.hookInstance"),
        ({"context": {"userId": "Practitioner/1"}}, 400, "patientId"),
        ({"context": {"userId": "Practitioner/1", "patientId": "../Patient/2"}}, 400, "$.context.patientId"),
        ({"context": {"userId": "", "patientId": "1"}}, 400, "$.context.userId"),
        ({"prefetch": []}, 400, "$.prefetch"),
        ({"fhirAuthorization": {"access_token": "x"}}, 400, "$.fhirAuthorization"),
    ],
)
def test_a_call_of_the_wrong_shape(trial: httpx.Client, change: dict[str, Any], status: int, named: str) -> None:
    answer = trial.post(VIEW, json={**call(), **change})
    assert key(answer) == (status, "cds.call-shape")
    assert named in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 200_000, b'{"hook":' * 50_000])
def test_a_body_that_is_no_call(trial: httpx.Client, body: bytes) -> None:
    for path in (VIEW, f"{VIEW}/feedback"):
        answer = trial.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert len(answer.json()["detail"].splitlines()) == 1


def test_other_media_methods_and_services(trial: httpx.Client) -> None:
    assert key(trial.post(VIEW, content=b"a: 1", headers={"content-type": "application/yaml"}))[0] == 415
    assert trial.put(VIEW, json={}).status_code == 405
    assert key(trial.post("/cds-services/nothing", json=call())) == (404, "cds.no-service")
    assert trial.get("/cds-services/nothing/at/all").status_code == 404


def test_too_much_is_refused(trial: httpx.Client) -> None:
    body = json.dumps(call()).encode() + b" " * 6_000_001
    assert key(trial.post(VIEW, content=body, headers={"content-type": "application/json"}))[0] == 413


def test_a_record_of_somebody_else_or_against_itself(trial: httpx.Client) -> None:
    other = prefetch(patient=patient("another"))
    assert key(trial.post(VIEW, json=call(prefetch=other))) == (422, "cds.record-other")
    today = {"effectiveDateTime": date.today().isoformat()}
    counts = (LOSSES, observation("all", "losses", 2, tables().own))
    more = searchset(*({**one, **today} for one in counts))
    answer = trial.post(VIEW, json=call(prefetch=prefetch(observations=more)))
    assert key(answer) == (422, "cds.record")


# ---- what was not sent along ----------------------------------------------------------------------------------------


def test_what_is_missing_is_fetched_with_the_token_of_the_call(ehr: LocalEhr, ask: Ask) -> None:
    access = ehr.access()
    answer = ask(call(prefetch=None, **access))
    assert (answer.status_code, len(answer.json()["cards"])) == (200, 1)
    asked = [path for path, _ in ehr.asked if path.startswith("/fhir")]
    assert f"/fhir/Patient/{PATIENT}" in asked
    assert len(asked) == 7
    token = f"Bearer {access['fhirAuthorization']['access_token']}"
    assert {sent for path, sent in ehr.asked if path.startswith("/fhir")} == {token}


def test_only_what_is_missing_is_fetched(ehr: LocalEhr, ask: Ask) -> None:
    given = prefetch()
    del given["observations"]
    assert len(ask(call(prefetch=given, **ehr.access())).json()["cards"]) == 1
    assert [path.split("?")[0] for path, _ in ehr.asked if path.startswith("/fhir")] == ["/fhir/Observation"]


def test_further_pages_are_fetched_from_the_same_server_only(ehr: LocalEhr, ask: Ask) -> None:
    ehr.record["Observation?page=2"] = searchset(LOSSES)
    first = searchset(observation("born", "11636-8", 0), next_page=f"{ehr.fhir}/Observation?page=2")
    assert len(ask(call(prefetch=prefetch(observations=first), **ehr.access())).json()["cards"]) == 1
    with local_ehr() as other:
        elsewhere = searchset(LOSSES, next_page=f"{other.fhir}/Observation?page=2")
        assert key(ask(call(prefetch=prefetch(observations=elsewhere), **ehr.access()))) == (412, "cds.data")
        assert other.asked == []
    ehr.record["Observation?page=2"] = searchset(LOSSES, next_page=f"{ehr.fhir}/Observation?page=2")
    assert key(ask(call(prefetch=prefetch(observations=first), **ehr.access()))) == (412, "cds.data")


def test_412_where_the_data_cannot_be_had(ehr: LocalEhr, ask: Ask) -> None:
    without = prefetch()
    del without["conditions"]
    outcome = {"resourceType": "OperationOutcome", "issue": []}
    refused = ehr.access()
    refused["fhirAuthorization"]["access_token"] = "not-ours"
    for made in (
        call(prefetch=without),
        call(prefetch=prefetch(observations=outcome), **ehr.access()),
        call(prefetch=prefetch(observations=searchset(LOSSES, outcome)), **ehr.access()),
        call(prefetch=without, **refused),
    ):
        answer = ask(made)
        assert key(answer) == (412, "cds.data")


def test_a_server_that_is_not_listed_is_not_asked(ehr: LocalEhr, ask: Ask) -> None:
    """Whatever a call says: its token would go to whoever wrote the call."""
    with local_ehr() as other:
        for server in (other.fhir, f"{ehr.base}@{other.base[7:]}/fhir", f"{ehr.fhir}/../../fhir", f"{ehr.fhir}?x="):
            made = call(prefetch=None, **{**ehr.access(), "fhirServer": server})
            assert key(ask(made)) == (412, "cds.data")
        assert other.asked == []
    assert not [path for path, _ in ehr.asked if path.startswith("/fhir")]


def test_all_that_a_server_sends_for_a_call_has_a_limit(
    ehr: LocalEhr, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Budget, "__init__", lambda self: setattr(self, "left", 200))
    assert key(ask(call(prefetch=None, **ehr.access()))) == (412, "cds.data")


def test_a_card_says_what_was_not_read(ask: Ask) -> None:
    given = prefetch()
    del given["medications"]
    [card] = ask(call(prefetch=given)).json()["cards"]
    assert "medications" in card["detail"]


def test_a_dead_server_stalls_nobody_else(ehr: LocalEhr, ask: Ask) -> None:
    """Twelve callers wait for a server that says nothing; everybody else is answered while they do."""
    assert ask(call()).status_code == 200  # the keys are known by now
    ehr.hangs = True
    with ThreadPoolExecutor(12) as waiting:
        dead = [waiting.submit(ask, call(prefetch=None, **ehr.access())) for _ in range(12)]
        time.sleep(0.5)
        for _ in range(5):
            assert ask(call()).status_code == 200
        assert not all(one.done() for one in dead), "the others were answered while some still waited"
        assert {key(one.result()) for one in dead} == {(412, "cds.data")}
    before = time.monotonic()
    assert key(ask(call(prefetch=None, **ehr.access()))) == (412, "cds.data")
    assert time.monotonic() - before < 2.5, "it is left alone for a while, and its callers are told at once"


# ---- pages of an EHR that call from a browser -----------------------------------------------------------------------


def test_cross_origin_calls(ehr: LocalEhr) -> None:
    origin = "https://ehr.example.org"
    with live(Settings(ehr=ehr.settings(ehr={"origins": [origin]}), cds_hooks=True)) as base:
        asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
        good = httpx.options(f"{base}{VIEW}", headers={"origin": origin, **asked}, timeout=60)
        assert (good.status_code, good.headers["access-control-allow-origin"]) == (204, origin)
        assert "authorization" in good.headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in good.headers
        assert "Origin" in good.headers["vary"]
        for wrong in ("https://evil.example", "https://ehr.example.org.evil.example", "null"):
            bad = httpx.options(f"{base}{VIEW}", headers={"origin": wrong, **asked}, timeout=60)
            assert "access-control-allow-origin" not in bad.headers
            told = httpx.post(
                f"{base}{VIEW}", json=call(), headers={"origin": wrong, "sec-fetch-site": "cross-site"}, timeout=60
            )
            assert key(told) == (403, "refused.origin")
        refused = httpx.post(
            f"{base}{VIEW}", json=call(), headers={"origin": origin, "sec-fetch-site": "cross-site"}, timeout=60
        )
        assert key(refused) == (401, "cds.token-missing")
        assert refused.headers["access-control-allow-origin"] == origin
        page = httpx.get(f"{base}/en/consult", headers={"origin": origin}, timeout=60)
        assert "access-control-allow-origin" not in page.headers


# ---- feedback -------------------------------------------------------------------------------------------------------


def told(card: str, **reason: Any) -> dict[str, Any]:
    said = {"overrideReason": reason} if reason else {}
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-01-15T23:30:00-05:00", **said}


def test_feedback_is_answered_and_not_kept_without_a_file(trial: httpx.Client) -> None:
    for one in FEEDBACK:
        answer = trial.post(f"{VIEW}/feedback", json=one)
        assert (answer.status_code, answer.json()) == (200, {"kept": False})


@pytest.mark.parametrize("comments", [False, True])
def test_feedback_is_kept_as_codes(ehr: LocalEhr, tmp_path: Path, comments: bool) -> None:
    file = tmp_path / "feedback.sqlite"
    settings = ehr.settings(feedback={"file": str(file), "comments": comments})
    with live(Settings(ehr=settings, cds_hooks=True)) as base:

        def ask(path: str, body: Any) -> httpx.Response:
            token = ehr.token(f"http://127.0.0.1{path}")
            return httpx.post(f"{base}{path}", json=body, headers={"authorization": f"Bearer {token}"}, timeout=60)

        card = ask(SELECT, order()).json()["cards"][0]["uuid"]
        own = {"reason": {"system": REASONS_SYSTEM, "code": "considered"}, "userComment": "Kim Min-ji, 61 kg"}
        foreign = {"reason": {"system": "https://ehr.example", "code": "Kim Min-ji"}}
        answer = ask(f"{SELECT}/feedback", {"feedback": [told(card, **own), told(card, **foreign), told(card)]})
        assert answer.json() == {"kept": True}
        assert key(httpx.post(f"{base}{SELECT}/feedback", json={"feedback": [told(card)]}, timeout=60))[0] == 401
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = sqlite3.connect(file).execute("SELECT ehr, service, topic, outcome, reason, day, comment FROM feedback")
    start = ("local-ehr", "decidua-order-select", "g-csf", "overridden")
    comment = "Kim Min-ji, 61 kg" if comments else None
    assert rows.fetchall() == [
        (*start, "considered", "2026-01-16", comment), (*start, "other", "2026-01-16", None),
        (*start, None, "2026-01-16", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"card": "x"}, {"outcome": "ignored"}, {"outcomeTimestamp": "yesterday"}, {"outcome": "accepted"}]
)
def test_feedback_of_the_wrong_shape(trial: httpx.Client, change: dict[str, Any]) -> None:
    one = {**told("9368d37b-283f-44a0-93ea-547cebab93ed"), **change}
    answer = trial.post(f"{VIEW}/feedback", json={"feedback": [one]})
    assert key(answer) == (400, "cds.call-shape")
    assert "yesterday" not in answer.text


def test_too_much_feedback(trial: httpx.Client) -> None:
    one = told("9368d37b-283f-44a0-93ea-547cebab93ed")
    for many in ([], [one] * 101):
        assert key(trial.post(f"{VIEW}/feedback", json={"feedback": many}))[0] == 400
