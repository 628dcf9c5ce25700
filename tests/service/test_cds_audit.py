"""Every call of an EHR is written down, and nothing of a patient, a token or a caller's own words with it."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import yaml

from decidua.service.log import AUDIT, JsonLine
from decidua.service.settings import Settings
from service.local_ehr import LOSSES, LocalEhr, call, local_ehr, order, patient, prefetch, searchset
from service.running import live
from service.test_canary import CANARY, WEIGHT, every_file, served, without_a_trace

VIEW = "/cds-services/decidua-patient-view"
ADDRESS = "http://127.0.0.1"


@pytest.fixture
def ehr() -> Iterator[LocalEhr]:
    with local_ehr() as one:
        yield one


def settings_file(ehr: LocalEhr, folder: Path) -> str:
    one = {"name": "local-ehr", "issuer": ehr.issuer, "keys": {"url": f"{ehr.base}/jwks.json"},
           "fhir_servers": [ehr.fhir], "smart": {"client_id": "decidua-test"}}  # fmt: skip
    given = {"address": ADDRESS, "cds_hooks": True, "networks": ["127.0.0.0/8"],
             "ehrs": [one]}  # fmt: skip
    file = folder / "ehr.yaml"
    file.write_text(yaml.safe_dump(given), "utf-8")
    return str(file)


def test_calls_are_written_down_without_a_value(ehr: LocalEhr, tmp_path: Path) -> None:
    weight = {"resourceType": "Observation", "id": CANARY, "status": "final", "effectiveDateTime": "2024-01-15",
              "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": CANARY},
              "valueQuantity": {"value": float(WEIGHT), "unit": "kg"}}  # fmt: skip
    her = {**patient(), "name": [{"family": CANARY}]}
    with_canary = prefetch(patient=her, observations=searchset(LOSSES, weight))
    access = {"access_token": CANARY, "token_type": "Bearer", "expires_in": 300, "scope": CANARY, "subject": CANARY}
    elsewhere = {"fhirServer": f"https://{CANARY}.example/fhir", "fhirAuthorization": access}
    with served(tmp_path, "--ehr", settings_file(ehr, tmp_path)) as (base, running), httpx.Client(timeout=60) as one:

        def ask(body: object, path: str = VIEW, token: str | None = None) -> httpx.Response:
            good = ehr.token(f"{ADDRESS}{path}") if token is None else token
            return one.post(f"{base}{path}", json=body, headers={"authorization": f"Bearer {good}"})

        told = [
            ask(call(prefetch=with_canary)),
            ask(call(prefetch={CANARY: her}, **elsewhere)),
            ask(call(prefetch=with_canary, hookInstance=CANARY)),
            ask(call(), token=ehr.token(f"{ADDRESS}{VIEW}", iss=f"https://{CANARY}/", jti=f"{CANARY}-{WEIGHT}")),
            ask(call(), token=CANARY),
            ask(order(text=CANARY), "/cds-services/decidua-order-select"),
            ask({"feedback": [{"card": CANARY}]}, f"{VIEW}/feedback"),
            ask(call(), f"/cds-services/{CANARY}"),
            one.post(f"{base}{VIEW}?{CANARY}={WEIGHT}", json=call()),
        ]
        running.terminate()
        out, err = running.communicate(timeout=30)
    assert [answer.status_code for answer in told] == [200, 412, 400, 401, 401, 200, 400, 404, 422]
    assert without_a_trace(out + err)
    lines = [json.loads(line) for line in err.splitlines() if '"ehr-call"' in line]
    assert [line["status"] for line in lines] == [200, 412, 400, 401, 401, 200, 400, 404]
    assert lines[0] | {"request": "", "at": "", "instance": "", "ms": 0} == {
        "at": "", "level": "info", "event": "ehr-call", "request": "", "ehr": "local-ehr",
        "service": "decidua-patient-view", "instance": "", "data": "prefetch", "status": 200, "ms": 0, "count": 1,
    }  # fmt: skip
    assert lines[0]["request"] == told[0].headers["x-request-id"]
    assert re.fullmatch("[0-9a-f-]{36}", lines[0]["instance"])
    assert [line.get("reason") for line in lines[3:5]] == ["cds.token-issuer", "cds.token-form"]
    assert [line["ehr"] for line in lines[3:5]] == ["-", "-"]
    assert [Path(file).name for file in every_file(tmp_path)] == ["ehr.yaml"]


def test_a_token_counts_once_for_all_processes(ehr: LocalEhr, tmp_path: Path) -> None:
    """Two processes: the same token sent twelve times at once is good once; and the folder between them is removed."""
    arguments = ("--workers", "2", "--ehr", settings_file(ehr, tmp_path))
    with served(tmp_path, *arguments) as (base, running):
        headers = {"authorization": f"Bearer {ehr.token(f'{ADDRESS}{VIEW}')}"}

        def ask(_: int) -> int:
            return httpx.post(f"{base}{VIEW}", json=call(), headers=headers, timeout=60).status_code

        with ThreadPoolExecutor(12) as many:
            assert Counter(many.map(ask, range(12))) == {200: 1, 401: 11}
        running.terminate()
        running.communicate(timeout=30)
    assert [Path(file).name for file in every_file(tmp_path)] == ["ehr.yaml"]


def test_a_trial_on_this_machine(tmp_path: Path) -> None:
    """`decidua serve --cds-hooks` alone: cards lead to the address that was printed, and nothing is written."""
    with served(tmp_path, "--cds-hooks") as (base, running), httpx.Client(timeout=60) as one:
        assert len(one.get(f"{base}/cds-services").json()["services"]) == 2
        [card] = one.post(f"{base}{VIEW}", json=call()).json()["cards"]
        assert {link["url"].split("/en/")[0] for link in card["links"]} == {base}
        assert running.stdout
        told = running.stdout.readline()  # after the line with the address, which may have brought it along
        running.terminate()
        _, err = running.communicate(timeout=30)
    assert f"{base}/cds-services" in told
    assert [json.loads(line)["ehr"] for line in err.splitlines()] == ["local"]
    assert every_file(tmp_path) == []


def test_an_unforeseen_error_is_written_down_too(
    ehr: LocalEhr, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr("decidua.service.cds.router.cards_for", fail)
    monkeypatch.setattr(AUDIT, "propagate", True)
    AUDIT.setLevel(logging.INFO)
    with live(Settings(ehr=ehr.settings(), cds_hooks=True)) as base:
        headers = {"authorization": f"Bearer {ehr.token(f'{ADDRESS}{VIEW}')}"}
        assert httpx.post(f"{base}{VIEW}", json=call(), headers=headers, timeout=60).status_code == 500
    [line] = [json.loads(JsonLine().format(one)) for one in caplog.records if one.name == "decidua.audit"]
    assert (line["status"], line["reason"], line["ehr"]) == (500, "refused.unforeseen", "local-ehr")
    assert without_a_trace(json.dumps(line))
