"""A real HAPI FHIR server (JPA, H2 in memory): our package is loaded into it, patients are created on it over HTTP,
`decidua consult` reads them back as from a file, and its `$apply` gives the actions that ours gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from cli.running import run

from decidua.answers import Answers
from decidua.fhir.canonical import Resource, version_of
from decidua.fhir.export import export_fhir
from decidua.fhir.observations import bundle
from standards import hapi
from standards.test_export_apply import DAY, actions, compared, contained, ours
from standards.test_export_facts import closed

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(not hapi.built(), reason="Java or HAPI's server is absent: scripts/engines builds it (Maven)"),
]
PATIENTS, OLD = 4, 450
"""`OLD`: results of one patient, so that her record comes in several pages."""
AS_OF = ("--as-of", DAY.isoformat())


@pytest.fixture(scope="module")
def answers() -> Answers:
    from decidua.guidelines import read_knowledge

    return Answers(read_knowledge())


@pytest.fixture(scope="module")
def package(answers: Answers) -> list[Resource]:
    """The resources of the exported package, as they lie in it."""
    files = export_fhir(answers.knowledge)
    read = [
        json.loads(content) for path, content in files.items() if path.endswith(".json") and "/example/" not in path
    ]
    return [one for one in read if "resourceType" in one]


@pytest.fixture(scope="module")
def server(package: list[Resource]) -> Iterator[hapi.Hapi]:
    with hapi.running() as started:
        assert {status[:3] for status in started.put(package)} == {"201"}
        yield started


@pytest.fixture(scope="module")
def women(answers: Answers, server: hapi.Hapi) -> dict[str, Resource]:
    """Id of the patient on the server → her bundle."""
    vocabulary = answers.knowledge.vocabulary
    drawn = islice(closed(answers, 20261129), PATIENTS)
    made = {f"w{i}": _hers(f"w{i}", bundle("x", vocabulary, woman, DAY.isoformat())) for i, woman in enumerate(drawn)}
    made["w0"]["entry"] += [{"resource": _old(i)} for i in range(OLD)]
    for one in made.values():
        statuses = server.put([entry["resource"] for entry in one["entry"]])
        assert {status[:3] for status in statuses} == {"201"}
    return made


def _hers(patient: str, given: Resource) -> dict[str, Any]:
    entries = []
    for entry in given["entry"]:
        one = entry["resource"]
        if one["resourceType"] == "Patient":
            entries.append({"resource": {**one, "id": patient}})
        else:
            subject = {"reference": f"Patient/{patient}"}
            entries.append({"resource": {**one, "id": f"{patient}-{one['id']}", "subject": subject}})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _old(number: int) -> Resource:
    """A result that a newer one follows, or that nobody asks for."""
    return {
        "resourceType": "Observation",
        "id": f"w0-old-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
        "subject": {"reference": "Patient/w0"},
        "effectiveDateTime": "2019-05-06",
        "valueQuantity": {"value": 12, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"},
    }


def test_consult_reads_the_same_from_the_server_as_from_a_file(
    server: hapi.Hapi, women: Mapping[str, Resource], tmp_path: Path
) -> None:
    for patient, given in women.items():
        file = tmp_path / f"{patient}.json"
        file.write_text(json.dumps(given), "utf-8")
        common = ("--patient", patient, *AS_OF, "--format", "json")
        there = run("consult", "--fhir-server", server.base, *common)
        here = run("consult", "--fhir", str(file), *common)
        assert (there.code, here.code) == (0, 0), there.err + here.err
        assert json.loads(there.out) == json.loads(here.out)
    account = run("consult", "--fhir-server", server.base, "--patient", "w0", *AS_OF, "--explain-mapping")
    assert account.out.count("w0-old-") == OLD


def test_a_patient_that_is_not_there(server: hapi.Hapi) -> None:
    said = run("consult", "--fhir-server", server.base, "--patient", "nobody")
    assert said.code == 9
    assert "nobody" not in said.out
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("plan", ["asrm-2012", "eshre-2022", "asri-2025", "eshre-2022.lit.unexplained"])
def test_its_apply_gives_our_actions(
    answers: Answers, package: list[Resource], server: hapi.Hapi, women: Mapping[str, Resource], plan: str
) -> None:
    version = version_of(answers.knowledge.content)
    for patient, given in islice(women.items(), 1, 2):
        subject = {"name": "subject", "valueString": f"Patient/{patient}"}
        theirs = server.post(f"/PlanDefinition/{plan}/$apply", {"resourceType": "Parameters", "parameter": [subject]})
        assert contained(theirs, "OperationOutcome") == []
        mine = ours(answers, package, plan, given, patient, version)
        assert [compared(one, mine) for one in actions(mine)] == [compared(one, theirs) for one in actions(theirs)]
