"""The API says what the command says, and says what is wrong in one sentence, in either language."""

from __future__ import annotations

import json
from typing import Any

import httpx
import jsonschema
import pytest
from cli.running import EXAMPLES, ROOT, run

from decidua.language import LANGUAGES
from service.running import shipped_shelf

CSV = {"content-type": "text/csv"}
YAML = {"content-type": "application/yaml"}
JSON = {"content-type": "application/json"}
PROBLEM = {"type", "title", "status", "detail", "key", "language"}


@pytest.mark.parametrize("path", [EXAMPLES[0], EXAMPLES[3], EXAMPLES[-1]], ids=lambda path: path.name)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_consult_is_that_of_the_command(client: httpx.Client, path: Any, lang: str) -> None:
    media = JSON if path.suffix == ".json" else YAML
    asked = client.post(f"/api/v1/consult?lang={lang}&as_of=2026-11-01", content=path.read_bytes(), headers=media)
    told = run("consult", str(path), "--format", "json", "--lang", lang, "--as-of", "2026-11-01")
    assert asked.status_code == 200
    here, there = asked.json(), json.loads(told.out)
    assert [line.removeprefix(f"{path}") for line in there.pop("warnings")] == [
        line.removeprefix("patient") for line in here.pop("warnings")
    ]
    assert here == there


def test_json_and_yaml_are_one_patient(client: httpx.Client) -> None:
    yaml = client.post("/api/v1/consult", content="losses: 3\naps: no\nana: unknown\n", headers=YAML)
    same = client.post("/api/v1/consult", content='{"losses": 3, "aps": false, "ana": null}', headers=JSON)
    assert yaml.json()["guidelines"] == same.json()["guidelines"]


def test_a_part_of_a_consultation(client: httpx.Client) -> None:
    asked = "/api/v1/consult?option=ivig&option=test:ana&guideline=asri-2025&why=false&deciding=false"
    report = client.post(asked, content="losses: 3", headers=YAML).json()
    [guideline] = report["guidelines"]
    assert guideline["id"] == "asri-2025"
    assert [cell["option"] for cell in (*guideline["options"], *guideline["tests"])] == ["ivig", "test:ana"]
    assert {cell["deciding"] == [] for cell in guideline["options"]} == {True}


WRONG: dict[str, tuple[str, str | bytes, int, str]] = {
    "unknown fact": ("application/yaml", "losess: 3", 422, "error.key-near"),
    "several": ("application/yaml", "losess: 3\nweight: 3 stone", 422, "error.patient-many"),
    "contradiction": ("application/json", '{"losses": 1, "clinical_losses": 2}', 409, "error.conflict"),
    "broken": ("application/json", '{"losses": ', 400, "error.yaml"),
    "twice": ("application/json", '{"losses": 1, "losses": 2}', 400, "error.key-twice"),
    "not text": ("application/yaml", b"\xff\xfe\x00", 400, "error.file-utf16"),
    "a list": ("application/json", "[1]", 400, "error.file-not-mapping"),
    "empty": ("application/json", "", 400, "error.file-empty"),
    "aliases": ("application/yaml", "a: &a [1]\nb: *a", 400, "error.yaml-alias"),
    "media": ("text/plain", "losses: 3", 415, "refused.media"),
    "large": ("application/yaml", b"#" * 1_000_001, 413, "refused.body-large"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_patient(client: httpx.Client, case: str, lang: str) -> None:
    media, body, status, key = WRONG[case]
    answer = client.post(f"/api/v1/consult?lang={lang}", content=body, headers={"content-type": media})
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["key"], problem["language"]) == (status, status, key, lang)
    assert set(problem) == PROBLEM
    assert problem["detail"]
    assert any("가" <= letter <= "힣" for letter in problem["detail"]) == (lang == "ko")


@pytest.mark.parametrize(
    ("query", "status", "key"),
    [
        ("lang=de", 422, "refused.parameter"),
        ("as_of=0", 422, "refused.parameter"),
        ("as_of=2026-02-30", 422, "refused.parameter"),
        ("why=1", 422, "refused.parameter"),
        ("wy=true", 422, "refused.parameter-unknown"),
        ("option=ivgi", 404, "refused.unknown-option"),
        ("guideline=eshre", 404, "refused.unknown-guideline"),
    ],
)
def test_a_wrong_parameter(client: httpx.Client, query: str, status: int, key: str) -> None:
    answer = client.post(f"/api/v1/consult?{query}", content="losses: 3", headers=YAML)
    assert (answer.status_code, answer.json()["key"]) == (status, key)


def test_content_is_all_there(client: httpx.Client) -> None:
    knowledge = shipped_shelf().knowledge
    overview = client.get("/api/v1/content").json()
    assert overview["content"]["hash"] == knowledge.content.hash
    for kind, count in overview["kinds"].items():
        items = client.get(f"/api/v1/content/{kind}").json()
        assert len(items) == count
        first = next(iter(items))
        assert client.get(f"/api/v1/content/{kind}/{first}").json() == items[first]
        missing = client.get(f"/api/v1/content/{kind}/no-such-thing")
        assert (missing.status_code, missing.json()["key"]) == (404, "refused.unknown-item")
    said = client.get("/api/v1/content/statements").json()
    assert {id_: one["says"] for id_, one in said.items()} == {
        id_: one.says.model_dump() for id_, one in knowledge.statements.items()
    }


def test_evidence_has_the_stored_verdicts(client: httpx.Client) -> None:
    shelf = shipped_shelf()
    listed = client.get("/api/v1/evidence").json()["tables"]
    assert [table["id"] for table in listed] == list(shelf.evidence.tables)
    assert sum(sum(table["counts"].values()) for table in listed) == len(shelf.verdicts)
    table = client.get("/api/v1/evidence/g-csf-studies?lang=ko").json()
    claims = {claim["id"]: claim["verdict"] for claim in table["claims"]}
    assert claims["g-csf-studies/jin-2020/pregnancy-treated/percent"] == "mismatch"
    assert len(table["table"]["rows"]) == len(shelf.evidence.tables["g-csf-studies"].rows)
    assert client.get("/api/v1/evidence/none").status_code == 404


def test_reproduce_finds_what_is_stored(client: httpx.Client) -> None:
    whole = client.get("/api/v1/reproduce").json()
    assert len(whole["report"]["claims"]) == len(shipped_shelf().verdicts)
    assert whole["differences"] == []
    one = client.get("/api/v1/reproduce?table=vitamin-d-forest&lang=ko").json()
    assert {claim["table"] for claim in one["report"]["claims"]} == {"vitamin-d-forest"}
    assert client.get("/api/v1/reproduce?table=none").status_code == 404


def test_a_verdict_that_is_no_longer_the_stored_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from decidua.service.api.reproduce import Difference, _differences

    shelf = shipped_shelf()
    claim, stored = next((id_, one) for id_, one in shelf.verdicts.items() if one.word == "exact")
    now = replace(stored, word="mismatch")
    assert _differences(shelf, [now]) == [Difference(claim=claim, stored="exact", now="mismatch")]
    monkeypatch.setattr(shelf, "verdicts", {})
    assert _differences(shelf, [stored]) == [Difference(claim=claim, stored=None, now="exact")]


@pytest.mark.parametrize("query", ["measure=OR&method=MH", "measure=RR&also=influence&also=trim-fill&ci=hksj"])
def test_pool_is_that_of_the_command(client: httpx.Client, query: str) -> None:
    path = ROOT / "examples" / "pool" / "vitamin-d.csv"
    options = [word for pair in query.split("&") for word in (f"--{pair.partition('=')[0]}", pair.partition("=")[2])]
    asked = client.post(f"/api/v1/pool?{query}", content=path.read_bytes(), headers=CSV)
    told = run("pool", str(path), *options, "--format", "json")
    assert asked.json() | {"file": None} == json.loads(told.out) | {"file": None}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("query", "body", "status", "key"),
    [
        ("measure=OR", "a,b\n1,2\n", 422, "error.study-columns"),
        ("measure=OR", "study,ai,n1i,ci,n2i\na,9,3,1,3\nb,1,x,1,3\n", 422, "error.study-more"),
        ("", "study,ai,n1i,ci,n2i\na,1,3,1,3\n", 422, "error.pool-measure"),
        ("measure=OR&by=none", "study,ai,n1i,ci,n2i\na,1,3,1,3\n", 422, "error.pool-column"),
        ("measure=OR", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", 422, "error.study-rm5-entities"),
        ("measure=XX", "study\n", 422, "refused.parameter"),
        ("level=nan", "study\n", 422, "refused.parameter"),
    ],
)
def test_wrong_studies(client: httpx.Client, query: str, body: str, status: int, key: str, lang: str) -> None:
    answer = client.post(f"/api/v1/pool?{query}&lang={lang}", content=body, headers=CSV)
    assert (answer.status_code, answer.json()["key"]) == (status, key)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_description_is_openapi_with_every_status(client: httpx.Client, lang: str) -> None:
    description = client.get(f"/api/v1/openapi.json?lang={lang}").json()
    assert description["openapi"].startswith("3.1")
    assert "api." not in json.dumps(
        [part.get("summary") for path in description["paths"].values() for part in path.values()]
    )
    for path, methods in description["paths"].items():
        assert path.startswith(("/api/v1/", "/cds-services"))
        for operation in methods.values():
            assert {"200", "400", "401", "403", "422", "429", "503"} <= set(operation["responses"])
            [shape] = operation["responses"]["200"]["content"].values()
            jsonschema.Draft202012Validator.check_schema(shape["schema"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_the_api_has_every_operation(client: httpx.Client, lang: str) -> None:
    page = client.get(f"/{lang}/api").text
    description = client.get(f"/api/v1/openapi.json?lang={lang}").json()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            assert operation["summary"] in page
    assert ">api." not in page


@pytest.mark.parametrize(("path", "said"), [("/en/nowhere", "no page"), ("/ko/nowhere", "페이지가 없습니다")])
def test_a_page_that_does_not_exist(client: httpx.Client, path: str, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert said in answer.text
    assert f'<html lang="{path[1:3]}">' in answer.text


def test_a_part_of_a_page_that_fails_is_a_part(client: httpx.Client) -> None:
    answer = client.get("/ko/nowhere", headers={"hx-request": "true"})
    assert answer.status_code == 404
    assert answer.text.startswith('<div class="refused" role="alert">')
    assert answer.headers["hx-reswap"] == "innerHTML"


def test_what_is_shown_is_text(client: httpx.Client) -> None:
    answer = client.post(
        "/en/consult", content="x=%3Cscript%3Ealert(1)%3C/script%3E", headers={"content-type": "text/html"}
    )
    assert answer.status_code in (400, 415, 422)
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("plot", ["forest", "funnel", "cumulative", "leave-one-out"])
def test_the_picture_is_that_of_the_command(client: httpx.Client, plot: str) -> None:
    path = ROOT / "examples" / "pool" / "vitamin-d.csv"
    answer = client.post(f"/api/v1/pool.svg?measure=OR&plot={plot}", content=path.read_bytes(), headers=CSV)
    assert answer.headers["content-type"] == "image/svg+xml"
    told = run("pool", str(path), "--measure", "OR", "--plot", plot, "--format", "svg")
    assert answer.text.strip() == told.out.strip()


def test_absolute_is_that_of_the_command(client: httpx.Client) -> None:
    listed = client.get("/api/v1/absolute?lang=ko").json()
    assert listed["options"]
    for option in listed["options"][:3]:
        here = client.get(f"/api/v1/absolute/{option['id']}?lang=ko").json()
        there = json.loads(run("absolute", option["id"], "--format", "json", "--lang", "ko").out)
        assert here == there
    for path in ("/api/v1/absolute/none", f"/api/v1/absolute/{listed['options'][0]['id']}?baseline=none"):
        assert client.get(path).json()["key"] == "refused.unknown-absolute"
