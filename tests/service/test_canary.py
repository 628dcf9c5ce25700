"""A patient's value is found in no address, log, header, cookie or file, and in no error that is written down."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cli.running import COMMAND

from decidua.service.log import LOGGER, JsonLine
from service.running import live

CANARY = "CANARY-7f3a"
WEIGHT = "61.8347"
PATIENT = (
    f"title: {CANARY}\nas_of: 2026-11-01\nweight: {WEIGHT} kg\nlosses: 4\nunexplained: yes\nperipheral_nk: raised\n"
)
YAML = {"content-type": "application/yaml"}
FHIR = {"content-type": "application/fhir+json"}
PARAMETERS = json.dumps({"resourceType": "Parameters", "parameter": [
    {"name": "subject", "valueString": f"Patient/{CANARY}"},
    {"name": "data", "resource": {"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "id": CANARY, "name": [{"family": CANARY}]}},
        {"resource": {"resourceType": "Observation", "id": CANARY, "status": "final",
                      "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
                      "valueQuantity": {"value": float(WEIGHT), "code": "kg"}}}]}},
]})  # fmt: skip
PLACES = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")


@contextmanager
def served(root: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`decidua serve` in a process whose every usual place to write is a fresh folder."""
    environment = {name: str(root / name.lower()) for name in PLACES}
    for folder in (*environment.values(), str(root / "cwd")):
        Path(folder).mkdir(mode=0o700)
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments], cwd=root / "cwd", text=True, encoding="utf-8",
        env=kept | environment | {"PYTHONDONTWRITEBYTECODE": "1"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert running.stdout
        address = re.search(r"http://[0-9.:]+", running.stdout.readline())
        assert address
        try:
            yield address[0], running
        finally:
            running.terminate()


def every_file(root: Path) -> list[str]:
    return sorted(str(path) for path in root.rglob("*") if not path.is_dir())


def without_a_trace(text: str) -> bool:
    return CANARY not in text and WEIGHT not in text


def test_nothing_stays_and_nothing_is_written_down(tmp_path: Path) -> None:
    """Right and wrong patients, forms and files, wherever a client may put them; every request is logged."""
    with served(tmp_path, "--log") as (base, running):
        with httpx.Client(base_url=base, timeout=60) as browser:
            answers = [
                browser.post("/api/v1/consult", content=PATIENT, headers=YAML),
                browser.post("/api/v1/consult", content=PATIENT + f"sle: {CANARY}\n", headers=YAML),
                browser.post("/api/v1/consult", content=PATIENT + "losess: 3\n", headers=YAML),
                browser.post(f"/api/v1/consult?{CANARY}={WEIGHT}", content=PATIENT, headers=YAML),
                browser.post(f"/{CANARY}/{WEIGHT}", content=PATIENT, headers=YAML),
                browser.get(f"/en/{CANARY}?{CANARY}={WEIGHT}"),
                browser.get(f"/api/v1/content/facts/{CANARY}"),
                browser.request(CANARY, "/en/consult", headers={"x-canary": CANARY, "cookie": f"a={CANARY}"}),
                browser.post("/en/consult", data={"title": CANARY, "weight": WEIGHT, "weight_unit": "kg"}),
                browser.post("/en/consult", files={"patient": (f"{CANARY}.yaml", PATIENT.encode() * 9000)}),
                browser.post("/api/v1/pool?measure=OR", content=f"study,{CANARY}\n{WEIGHT},1\n",
                             headers={"content-type": "text/csv"}),
                browser.post("/api/v1/pool", content=f"<a>{CANARY}", headers={"content-type": "text/xml"}),
                browser.post("/fhir/PlanDefinition/asri-2025/$apply", content=PARAMETERS, headers=FHIR),
                browser.post("/fhir/PlanDefinition/asri-2025/$apply", content=PARAMETERS[:-9], headers=FHIR),
                browser.post(f"/fhir/{CANARY}/$apply?subject={CANARY}", content=PARAMETERS, headers=FHIR),
                browser.get(f"/fhir/Patient/{CANARY}?weight={WEIGHT}"),
            ]  # fmt: skip
            assert answers[0].status_code == 200
            assert CANARY in answers[0].text
            assert [answer.status_code for answer in answers[1:4]] == [422, 422, 422]
            for answer in answers:
                assert without_a_trace(str(answer.headers))
                assert not answer.cookies
        assert every_file(tmp_path) == []
        running.terminate()
        out, err = running.communicate(timeout=30)
    assert without_a_trace(out + err)
    lines = [json.loads(line) for line in err.splitlines()]
    assert len(lines) == len(answers)
    assert {line["event"] for line in lines} == {"request"}


def test_no_page_keeps_anything_in_the_browser() -> None:
    """No script of ours touches storage or cookies."""
    scripts = (Path(__file__).parents[2] / "src/decidua/web/static").glob("*.js")
    for script in scripts:
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.", script.read_text("utf-8")
        )


@pytest.mark.parametrize("place", ["decidua.service.api.consult.read_patient", "decidua.service.api.consult.consult"])
@pytest.mark.parametrize("kind", [ValueError, KeyError, RecursionError, UnicodeError])
def test_an_unforeseen_error_says_only_its_kind_and_place(
    place: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise kind(f"{CANARY} weighs {WEIGHT}")

    monkeypatch.setattr(place, fail)
    LOGGER.propagate = True
    with live() as base, caplog.at_level(logging.INFO):
        answer = httpx.post(f"{base}/api/v1/consult", content=PATIENT, headers=YAML, timeout=60)
    assert (answer.status_code, answer.json()["key"]) == (500, "refused.unforeseen")
    assert without_a_trace(answer.text)
    [record] = [record for record in caplog.records if record.msg == "unforeseen"]
    line = JsonLine().format(record)
    assert without_a_trace(line)
    assert without_a_trace(caplog.text)
    assert json.loads(line)["type"] == kind.__name__
    assert any("service/api/consult.py" in step for step in json.loads(line)["place"])
    assert answer.headers["x-request-id"] == json.loads(line)["request"]


def test_an_unforeseen_error_of_the_worker_says_only_its_kind(capfd: pytest.CaptureFixture[str]) -> None:
    from decidua.web.worker import UnforeseenError, Worker

    worker = Worker()
    with pytest.raises(UnforeseenError) as error:
        worker.run(_fails, CANARY)
    worker.close()
    assert str(error.value) == "ValueError"
    assert without_a_trace("".join(capfd.readouterr()))


def _fails(given: str) -> None:
    raise ValueError(given)


def test_a_log_line_has_no_message_of_an_exception() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = LOGGER.makeRecord("x", logging.ERROR, __file__, 1, "unforeseen", (), sys.exc_info())
    assert without_a_trace(JsonLine().format(record))
