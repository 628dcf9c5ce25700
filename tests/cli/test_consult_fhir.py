"""`consult --fhir`, `--fhir-server`, `--explain-mapping`, as a user types them."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from cli.running import Ran, python_words, run
from decidua.language import LANGUAGES

BUNDLES = Path(__file__).parent.parent / "intake" / "bundles"
pytestmark = pytest.mark.usefixtures("quick")


def fhir(name: str, *arguments: str) -> Ran:
    return run("consult", "--fhir", str(BUNDLES / f"{name}.json"), "--as-of", "2026-11-01", *arguments)


def sound(ran: Ran, code: int) -> None:
    assert ran.code == code, ran.err
    assert not python_words(ran.err)
    assert bool(ran.out) is (code == 0)
    assert len(ran.err.splitlines()) == (code != 0)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["us-core", "ips", "kr-core"])
def test_a_report_from_a_bundle(name: str, lang: str) -> None:
    ran = fhir(name, "--lang", lang, "--format", "json")
    sound(ran, 0)
    report = json.loads(ran.out)
    assert any("--explain-mapping" in warning for warning in report["warnings"])
    assert ran.out.count("Made Up") == ran.out.count("홍길순") == ran.out.count("made-up-1") == 0  # no name, no number


def test_a_bundle_and_a_file_of_the_same_facts_give_the_same_answers(tmp_path: Path) -> None:
    file = tmp_path / "same.yaml"
    file.write_text(
        "as_of: 2026-11-01\nage: 36\ncountry: KR\nsle: yes\non_corticosteroid: yes\ntsh: 1.94 mIU/L\n"
        "vitamin_d: 18.4 ng/mL\nperipheral_nk: raised\nbmi: 21.8\n",
        encoding="utf-8",
    )
    ours = json.loads(run("consult", str(file), "--format", "json").out)
    theirs = json.loads(fhir("kr-core", "--format", "json").out)
    assert ours["guidelines"] == theirs["guidelines"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_account_of_the_mapping(lang: str) -> None:
    ran = fhir("kr-core", "--explain-mapping", "--lang", lang)
    sound(ran, 0)
    for place in ("kr-sle", "kr-rpl", "kr-tsh", "kr-prl", "kr-vitd", "kr-nk", "kr-hcv", "kr-tpo", "kr-bmi", "kr-pred"):
        assert place in ran.out
    account = json.loads(fhir("kr-core", "--explain-mapping", "--format", "json", "--lang", lang).out)
    assert {fact["fact"]: fact["sources"][0]["code_status"] for fact in account["known"]}["sle"] == "memory"
    assert {fact["fact"] for fact in account["unknown"]} == {"prolactin", "hepatitis_c", "antithyroid_antibodies"}
    assert "hiv" in account["silent"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["consult"],
        ["consult", "x.yaml", "--fhir", "b.json"],
        ["consult", "--fhir", "b.json", "--fhir-server", "https://x.example", "--patient", "1"],
        ["consult", "--fhir-server", "https://x.example"],
        ["consult", "x.yaml", "--patient", "1"],
        ["consult", "x.yaml", "--explain-mapping"],
        ["consult", "--fhir", "b.json", "--explain-mapping", "--format", "html"],
        ["consult", "--fhir-server", "http://hospital.example/fhir", "--patient", "1"],
        ["consult", "--fhir-server", "https://me:secret@hospital.example/fhir", "--patient", "1"],
        ["consult", "--fhir-server", "ftp://hospital.example", "--patient", "1"],
        ["consult", "--fhir-server", "https://[x", "--patient", "1"],
        ["consult", "--fhir-server", "https://x.example/?a=b", "--patient", "1"],
        ["consult", "--fhir-server", "https://x.example", "--patient", "../Patient"],
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_wrong_use(arguments: list[str], lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("no name is looked up"))
    ran = run(*arguments, "--lang", lang)
    sound(ran, 2)
    assert "secret" not in ran.err


def test_a_file_that_is_no_bundle(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    sound(run("consult", "--fhir", str(path)), 4)
    path.write_text('{"resourceType": "Bundle", "entry": [', encoding="utf-8")
    ran = run("consult", "--fhir", str(path))
    sound(ran, 5)
    assert "b.json: the JSON ends too early" in ran.err


def test_markup_in_a_bundle_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    code = {
        "coding": [{"system": "http://x.example", "code": "<script>alert(1)</script>", "display": "[bold]\x1b[31m"}]
    }
    one = {"resourceType": "Observation", "id": "<b>o</b>", "status": "<i>final</i>", "code": code}
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": one}]}), encoding="utf-8")
    page = run("consult", "--fhir", str(path), "--format", "html").out
    assert "<b>o" not in page
    assert "<script>alert" not in page
    account = run("consult", "--fhir", str(path), "--explain-mapping").out
    assert "\x1b" not in account


def test_no_socket_is_opened_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network here")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    sound(fhir("ips"), 0)
