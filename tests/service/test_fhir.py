"""FHIR over HTTP: what there is, `$apply`, and every wrong request as an OperationOutcome with one clear sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from decidua.answers import FOR
from decidua.fhir.canonical import BASE, version_of
from decidua.language import LANGUAGES
from decidua.service.settings import LOOPBACK, Limits, Settings
from service.running import live, shipped_shelf

FHIR = {"content-type": "application/fhir+json"}
CANARY = "CANARY-7f3a"
TOKEN = "correct-horse-battery-staple"
OWN, CHOICES = f"{BASE}/CodeSystem/facts", f"{BASE}/CodeSystem/choices"
DAY = "2026-11-01"
Resource = dict[str, Any]


def result(fact: str, **value: Any) -> Resource:
    return {
        "resourceType": "Observation", "id": fact.replace("_", "-"), "status": "final", "effectiveDateTime": DAY,
        "code": {"coding": [{"system": OWN, "code": fact}]}, "subject": {"reference": "Patient/p"}, **value,
    }  # fmt: skip


def yes(fact: str, value: bool = True) -> Resource:
    return result(fact, valueBoolean=value)


def count(fact: str, value: int) -> Resource:
    return result(fact, valueInteger=value)


def choice(fact: str, value: str) -> Resource:
    return result(fact, valueCodeableConcept={"coding": [{"system": CHOICES, "code": value}]})


def bundle(*resources: Resource) -> Resource:
    entries = [{"resource": one} for one in ({"resourceType": "Patient", "id": "p", "gender": "female"}, *resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def parameters(*resources: Resource, **more: Any) -> Resource:
    """`more`: name → the value as its element, such as `canonical={"valueCanonical": …}`; None leaves one out."""
    given = {
        "subject": {"valueString": "Patient/p"},
        "data": {"resource": bundle(*resources)},
        "asOf": {"valueDate": DAY},
        **more,
    }
    listed = [{"name": name, **value} for name, value in given.items() if value is not None]
    return {"resourceType": "Parameters", "parameter": listed}


def apply(client: httpx.Client, plan: str | None, body: Resource) -> Resource:
    path = f"/fhir/PlanDefinition/{plan}/$apply" if plan else "/fhir/PlanDefinition/$apply"
    answer = client.post(path, content=json.dumps(body), headers=FHIR)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.headers["cache-control"] == "no-store"
    found: Resource = answer.json()
    return found


def contained(plan: Mapping[str, Any], kind: str) -> list[Resource]:
    return [one for one in plan["contained"] if one["resourceType"] == kind]


def actions(plan: Mapping[str, Any]) -> list[Resource]:
    [group] = contained(plan, "RequestGroup")
    return group.get("action", [])


def test_what_the_service_says_of_itself(client: httpx.Client) -> None:
    said = client.get("/fhir/metadata").json()
    assert (said["resourceType"], said["fhirVersion"], said["kind"]) == ("CapabilityStatement", "4.0.1", "instance")
    kinds = [one["type"] for one in said["rest"][0]["resource"]]
    assert {"PlanDefinition", "ActivityDefinition", "Library", "Questionnaire", "ValueSet", "Measure"} <= set(kinds)
    [operation] = next(one for one in said["rest"][0]["resource"] if one["type"] == "PlanDefinition")["operation"]
    address = operation["definition"].removeprefix(BASE).partition("|")[0]
    assert client.get(f"/fhir{address}").json()["code"] == "apply"
    for kind in kinds:
        listed = client.get(f"/fhir/{kind}").json()
        assert listed["total"] == len(listed["entry"]) > 0
        first = listed["entry"][0]["resource"]
        assert first["meta"]["tag"][0]["code"] == "SUBSETTED"
        whole = client.get(f"/fhir/{kind}/{first['id']}").json()
        found = client.get(f"/fhir/{kind}", params={"url": first["url"], "version": first["version"]}).json()
        assert [entry["resource"] for entry in found["entry"]] == [whole]


def test_artefacts_are_those_of_the_export(client: httpx.Client) -> None:
    from decidua.answers import Answers
    from decidua.fhir.export import resources

    knowledge = shipped_shelf().knowledge
    for one in json.loads(json.dumps(resources(Answers(knowledge), version_of(knowledge.content)))):
        if one["id"] != "assets":
            assert client.get(f"/fhir/{one['resourceType']}/{one['id']}").json() == one


@pytest.mark.parametrize("guideline", ["asrm-2012", "eshre-2022", "asri-2025"])
def test_apply_says_what_consult_says(client: httpx.Client, guideline: str) -> None:
    """Of every option one action, and its condition names the answer."""
    made = apply(client, guideline, parameters(count("losses", 4), count("clinical_losses", 3), yes("aps", False)))
    patient = f"as_of: {DAY}\nlosses: 4\nclinical_losses: 3\naps: no\n"
    query = f"/api/v1/consult?guideline={guideline}&why=false&deciding=false"
    report = client.post(query, content=patient, headers={"content-type": "application/yaml"}).json()
    [told] = report["guidelines"]
    expected = {f"{cell['option']} answer is {cell['answer']}" for cell in (*told["options"], *told["tests"])}
    inner = [one for action in actions(made) for one in action["action"]]
    assert {one["condition"][0]["expression"]["expression"] for one in inner} == expected
    assert len(inner) == len(actions(made)) == len(expected)
    assert report["intended_use"] in [note["text"] for note in made["note"]]


def test_what_is_missing_settles_it(client: httpx.Client) -> None:
    """A GuidanceResponse asks for data; with each of them known, it asks for none of them any more."""
    plan = "eshre-2022.lit.unexplained"
    [action] = actions(made := apply(client, plan, parameters(count("losses", 3))))
    [asked] = contained(made, "GuidanceResponse")
    assert action["resource"]["reference"] == f"#{asked['id']}"
    assert asked["status"] == "data-required"
    assert asked["subject"] == {"reference": "Patient/p"}
    needed = {code["code"] for one in asked["dataRequirement"] for code in one["codeFilter"][0]["code"]}
    assert {"aps", "parental_karyotype"} <= needed
    assert "Strength as printed: Strong." in [note["text"] for note in made["note"]]
    [settled] = actions(done := apply(client, plan, parameters(count("losses", 3), *unexplained())))
    assert contained(done, "GuidanceResponse") == []
    [request] = contained(done, "MedicationRequest")
    assert settled["resource"]["reference"] == f"#{request['id']}"
    assert (request["status"], request["intent"], request["doNotPerform"]) == ("draft", "proposal", True)


def unexplained() -> list[Resource]:
    return [yes("unexplained@eshre-2022"), count("clinical_losses", 3)]


def test_a_dispute_about_the_source_asks_for_no_data(client: httpx.Client) -> None:
    """No fact would settle it: the status is not `data-required`, and the question to the authors is there."""
    plans = client.get("/fhir/PlanDefinition").json()["entry"]
    found = []
    for entry in plans:
        known = parameters(
            count("losses", 2), count("clinical_losses", 1), count("biochemical_losses", 1), *unexplained()[:1]
        )
        made = apply(client, entry["resource"]["id"], known)
        found += [
            one
            for one in contained(made, "GuidanceResponse")
            if one["reasonCode"][0].get("coding", [{}])[0].get("code") == "disputed"
        ]
    assert found
    for one in found:
        assert one["status"] == "success"
        assert "dataRequirement" not in one
        assert any(note["text"].startswith("Open reading ") for note in one["note"])


def test_the_plan_by_name(client: httpx.Client) -> None:
    url, version = f"{BASE}/PlanDefinition/asrm-2012", version_of(shipped_shelf().content)
    losses = count("losses", 3)
    expected = apply(client, "asrm-2012", parameters(losses))
    whole = client.get("/fhir/PlanDefinition/asrm-2012").json()
    ways: list[Resource] = [
        {"canonical": {"valueCanonical": url}},
        {"canonical": {"valueCanonical": f"{url}|{version}"}},
        {"url": {"valueUri": url}},
        {"url": {"valueUri": url}, "version": {"valueString": version}},
        {"planDefinition": {"resource": whole}},
        {
            "url": {"valueUri": url},
            "useServerData": {"valueBoolean": False},
            "practitioner": {"valueString": "Practitioner/1"},
        },
    ]
    for way in ways:
        assert apply(client, None, parameters(losses, **way)) == expected


def test_what_does_not_count_is_said_beside_the_actions(client: httpx.Client) -> None:
    """Wrong units, results of the future, HTML in a string: each costs itself, and is in the OperationOutcome."""
    wrong = result("tsh", valueQuantity={"value": 2, "system": "http://unitsofmeasure.org", "code": "kg"})
    later = {**yes("aps"), "effectiveDateTime": "2031-01-01"}
    hostile = result("ana", valueCodeableConcept={"text": f"<script>{CANARY}</script>"})
    made = apply(client, "asri-2025", parameters(count("losses", 3), wrong, later, hostile))
    plain = apply(client, "asri-2025", parameters(count("losses", 3)))
    assert actions(made) == actions(plain)
    [outcome] = contained(made, "OperationOutcome")
    said = [issue["details"]["text"] for issue in outcome["issue"]]
    for place in ("Observation/tsh", "Observation/aps", "Observation/ana"):
        assert any(text.startswith(f"{place}: ") for text in said)
    assert {issue["severity"] for issue in outcome["issue"]} == {"warning"}
    assert made["extension"][0]["valueReference"]["reference"] == f"#{outcome['id']}"


def test_references_in_a_circle_are_no_trouble(client: httpx.Client) -> None:
    a = {"resourceType": "DiagnosticReport", "id": "a", "status": "final", "result": [{"reference": "Observation/b"}]}
    b = {
        **count("losses", 3),
        "id": "b",
        "hasMember": [{"reference": "Observation/b"}, {"reference": "DiagnosticReport/a"}],
    }
    c = {"resourceType": "Observation", "id": "c", "status": "final", "hasMember": [{"reference": "#c"}],
         "contained": [{"resourceType": "Observation", "id": "d", "hasMember": [{"reference": "#"}]}]}  # fmt: skip
    made = apply(client, "asrm-2012", parameters(a, b, c))
    assert actions(made) == actions(apply(client, "asrm-2012", parameters(count("losses", 3))))


PLAN, NAMED = "/fhir/PlanDefinition/asrm-2012/$apply", "/fhir/PlanDefinition/$apply"
CLASH = json.dumps(parameters(count("losses", 1), count("clinical_losses", 2)))
AGAINST_ITS_DEFINITION = json.dumps(parameters(yes("unexplained@asrm-2012"), yes("aps")))
GOOD = json.dumps(parameters(count("losses", 3)))


def body(**more: Any) -> str:
    return json.dumps(parameters(count("losses", 3), **more))


def with_data(data: Any) -> str:
    return json.dumps(parameters(data={"resource": data}))


def deep() -> str:
    return GOOD.replace('"valueInteger": 3', '"valueInteger": 3, "extension": ' + "[" * 200_000 + "]" * 200_000)


WRONG: dict[str, tuple[str, str | bytes | Callable[[], str], int, str]] = {
    "truncated": (PLAN, GOOD[:-40], 400, "ends too early"),
    "truncated inside the bundle": (PLAN, GOOD[: GOOD.index("Observation")], 400, "ends too early"),
    "no JSON": (PLAN, "losses: 3", 400, "not readable as JSON"),
    "nothing": (PLAN, "", 400, "ends too early"),
    "not text": (PLAN, b'{"resourceType": "Parameters", "parameter": [{"name": "\xff"}]}', 400, "not"),
    "XML": (PLAN, "<Parameters xmlns='http://hl7.org/fhir'/>", 400, "this is XML"),
    "a bundle": (PLAN, json.dumps(bundle()), 400, "of the type 'Bundle'"),
    "a list": (PLAN, "[]", 400, "not shaped like"),
    "parameters that are no list": (PLAN, '{"resourceType": "Parameters", "parameter": {}}', 400, "not shaped like"),
    "HTML as type": (PLAN, json.dumps({"resourceType": f"<b>{CANARY}"}), 400, "of the type"),
    "deep": (PLAN, deep, 400, "too deep"),
    "data of a wrong type": (PLAN, with_data({"resourceType": "Patient", "id": "p"}), 400, "of the type 'Patient'"),
    "data without a type": (PLAN, with_data({"entry": []}), 400, "no resourceType"),
    "data that is no bundle": (PLAN, with_data(5), 400, "not shaped like"),
    "data that is a history": (PLAN, with_data({"resourceType": "Bundle", "type": "history"}), 400, "kind history"),
    "no data": (PLAN, body(data=None), 422, "data is missing"),
    "no subject": (PLAN, body(subject=None), 422, "subject is missing"),
    "a subject that is no patient": (PLAN, body(subject={"valueString": "Group/1"}), 422, "names no Patient"),
    "another patient": (PLAN, body(subject={"valueString": "Patient/q"}), 422, "no Patient with the id 'q'"),
    "data on the server": (PLAN, body(useServerData={"valueBoolean": True}), 422, "keeps no patient"),
    "an unknown parameter": (PLAN, body(dataEndpoint={"valueString": "x"}), 422, "no parameter 'dataEndpoint'"),
    "a plan twice": (PLAN, body(url={"valueUri": "urn:x"}), 422, "names the PlanDefinition already"),
    "no day": (PLAN, body(asOf={"valueDate": "2026-02-31"}), 422, "asOf is no day"),
    "a contradiction": (PLAN, CLASH, 409, "losses"),
    "a name against its definition": (PLAN, AGAINST_ITS_DEFINITION, 409, "nexplained"),
    "an unknown plan": ("/fhir/PlanDefinition/x/$apply", GOOD, 404, "no PlanDefinition with this id"),
    "no plan": (NAMED, GOOD, 422, "not said which PlanDefinition"),
    "a foreign plan": (NAMED, body(url={"valueUri": "urn:x"}), 404, "no PlanDefinition 'urn:x'"),
    "a plan of another version": (
        NAMED, body(canonical={"valueCanonical": f"{BASE}/PlanDefinition/asrm-2012|9"}), 404,
        "in this version",
    ),
    "a plan as text": (NAMED, body(planDefinition={"resource": {"resourceType": "Library"}}), 422, "names no"),
    "two plans": (NAMED, body(url={"valueUri": "a"}, canonical={"valueCanonical": "b"}), 422, "More than one"),
    "elsewhere": ("/fhir/Patient/p/x/y", GOOD, 404, "nothing at this address"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_requests(client: httpx.Client, case: str) -> None:
    path, given, status, sentence = WRONG[case]
    content = given() if callable(given) else given
    for lang in LANGUAGES:
        answer = client.post(path, content=content, headers={**FHIR, "accept-language": lang})
        assert answer.status_code == status, answer.text
        outcome(answer, sentence if lang == "en" else None)


def outcome(answer: httpx.Response, sentence: str | None) -> str:
    """The sentence of an OperationOutcome; each issue has one, none is empty, no name of Python stands in it."""
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert said["resourceType"] == "OperationOutcome"
    texts = [issue["details"]["text"] for issue in said["issue"]]
    assert all(len(text.splitlines()) == 1 for text in texts)
    assert sentence is None or any(sentence in text for text in texts), texts
    assert (sentence is None) == any("가" <= letter <= "힣" for letter in " ".join(texts)), texts
    assert "<b>" not in said["text"]["div"].replace("<p>", "")
    assert "Traceback" not in answer.text
    return texts[0]


def test_two_patients(client: httpx.Client) -> None:
    """`subject` says which; what is said of the other, or does not say of whom, does not count."""
    his = {**count("losses", 5), "id": "his", "subject": {"reference": "Patient/q"}}
    nobodys = {**count("losses", 6), "id": "nobodys"}
    del nobodys["subject"]
    data = bundle(count("losses", 3), {"resourceType": "Patient", "id": "q"}, his, nobodys)
    made = apply(client, "asrm-2012", parameters(data={"resource": data}))
    alone = apply(client, "asrm-2012", parameters(count("losses", 3)))
    assert actions(made) == actions(alone)
    [outcome] = contained(made, "OperationOutcome")
    said = [issue["details"]["text"] for issue in outcome["issue"]]
    for place in ("Patient/q", "Observation/his", "Observation/nobodys"):
        assert any(text.startswith(f"{place}: ") for text in said), said


def test_a_body_that_is_too_large(client: httpx.Client) -> None:
    answer = client.post(PLAN, content=b" " * 6_000_001, headers=FHIR)
    assert answer.status_code == 413
    outcome(answer, "more than 6000000 bytes")


def test_other_media_and_methods(client: httpx.Client) -> None:
    xml = {"content-type": "application/fhir+xml"}
    assert outcome(client.post(PLAN, content="<Parameters/>", headers=xml), "application/fhir+json")
    assert client.post(PLAN, content="<Parameters/>", headers=xml).status_code == 415
    for asked in (
        client.get("/fhir/metadata", headers={"accept": "application/fhir+xml"}),
        client.get("/fhir/metadata?_format=xml"),
    ):
        assert asked.status_code == 406
        outcome(asked, "JSON only")
    assert client.request("DELETE", "/fhir/PlanDefinition/asrm-2012").status_code == 405
    assert client.put("/fhir/Patient/p", content="{}", headers=FHIR).status_code == 405
    for path, status in (("/fhir", 404), ("/fhir/", 404), ("/fhir/Patient", 404), ("/fhir/Library?name=x", 422)):
        answer = client.get(path)
        assert answer.status_code == status
        outcome(answer, "")
    assert client.get(f"{PLAN}?subject=Patient/p").status_code == 404


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with live(Settings(names=LOOPBACK, token=TOKEN)) as address:
        yield address


def test_the_same_doors_as_everywhere(guarded: str) -> None:
    # Who is turned away before the body was read loses the line; so each request has one of its own.
    alone = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=guarded, timeout=60, limits=alone) as asking:
        for answer in (asking.get("/fhir/metadata"), asking.post(PLAN, content=GOOD, headers=FHIR)):
            assert answer.status_code == 401
            outcome(answer, "access token")
        bearer = {"authorization": f"Bearer {TOKEN}"}
        assert "security" in asking.get("/fhir/metadata", headers=bearer).json()["rest"][0]
        assert asking.post(PLAN, content=GOOD, headers={**FHIR, **bearer}).status_code == 200
        elsewhere = asking.post(PLAN, content=GOOD, headers={**FHIR, "origin": "https://evil.example"})
        assert elsewhere.status_code in (401, 403)
        assert asking.get("/fhir/metadata", headers={**bearer, "host": "evil.example"}).status_code == 400


def test_a_body_that_drips_is_told_so() -> None:
    def slowly() -> Iterator[bytes]:
        import time

        yield GOOD[:10].encode()
        time.sleep(3)
        yield GOOD[10:].encode()

    with live(Settings(limits=Limits(receiving=0.4))) as base, httpx.Client(base_url=base, timeout=60) as asking:
        answer = asking.post(PLAN, content=slowly(), headers=FHIR)
    assert answer.status_code == 408
    outcome(answer, "took too long")


def test_an_answer_for_a_therapy_that_is_advised(client: httpx.Client) -> None:
    """The activity is a draft and a proposal, whatever the strength."""
    shelf = shipped_shelf()
    statement = next(one for one in shelf.knowledge.statements.values() if one.id == "asri-2025.ivig.selected")
    assert statement.answer in FOR
    made = apply(
        client,
        statement.id,
        parameters(count("losses", 5), count("clinical_losses", 5), choice("peripheral_nk", "raised")),
    )
    [request] = contained(made, "MedicationRequest")
    assert (request["status"], request["intent"]) == ("draft", "proposal")
    assert "doNotPerform" not in request
    assert request["dosageInstruction"][0]["route"]["text"] == "IV"
