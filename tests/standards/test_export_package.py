"""What `decidua export` writes: complete, the same bytes every time, and nothing that the source does not print."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from decidua.cli.export import command
from decidua.criteria.cql import quoted
from decidua.errors import UsageError
from decidua.evidence import read_evidence
from decidua.fhir.canonical import BASE, canonical, fhir_id, header, version_of
from decidua.fhir.export import export_cql, export_evidence, export_fhir
from decidua.fhir.package import Files
from decidua.fhir.rules import library_name
from decidua.guidelines import Knowledge, read_knowledge
from decidua.language import Text

Resource = dict[str, Any]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return read_knowledge()


@pytest.fixture(scope="module")
def files(knowledge: Knowledge) -> Files:
    return export_fhir(knowledge)


@pytest.fixture(scope="module")
def resources(files: Files) -> dict[str, Resource]:
    """By type and id; without the test patients."""
    names = [name for name in files if name.startswith("package/") and name.count("/") == 1]
    read = [json.loads(files[name]) for name in names]
    return {f"{one['resourceType']}/{one['id']}": one for one in read if "resourceType" in one}


def walk(node: object) -> Iterator[Resource]:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(part)


@pytest.mark.parametrize("export", [export_cql, export_fhir, export_evidence])
def test_the_same_bytes_twice(knowledge: Knowledge, export: Any) -> None:
    assert dict(export(knowledge)) == dict(export(read_knowledge()))


def test_the_archive_holds_the_files_and_no_day(files: Files) -> None:
    [(name, packed)] = [(name, content) for name, content in files.items() if name.endswith(".tgz")]
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as tar:
        entries = tar.getmembers()
        held = {entry.name: tar.extractfile(entry).read() for entry in entries}  # type: ignore[union-attr]
    assert held == {path: content for path, content in files.items() if path != name}
    assert {entry.mtime for entry in entries} == {0}


def test_the_manifest_and_the_index(knowledge: Knowledge, files: Files, resources: dict[str, Resource]) -> None:
    manifest = json.loads(files["package/package.json"])
    assert manifest["version"] == version_of(knowledge.content)
    assert manifest["fhirVersions"] == ["4.0.1"]
    index = json.loads(files["package/.index.json"])["files"]
    assert {f"package/{row['filename']}" for row in index} == {
        f"package/{key.replace('/', '-')}.json" for key in resources
    }


def test_every_artefact_is_a_draft_of_our_own(knowledge: Knowledge, resources: dict[str, Resource]) -> None:
    for name, one in resources.items():
        assert (one["status"], one["experimental"], one["publisher"]) == ("draft", True, "Decidua"), name
        assert one["url"] == f"{BASE}/{name}"
        assert one["version"] == version_of(knowledge.content)
        assert "_title" in one, name
        assert "_description" in one, name


def test_every_canonical_that_is_ours_is_in_the_package(resources: dict[str, Resource]) -> None:
    there = {f"{one['url']}|{one['version']}" for one in resources.values()}
    named = {
        text
        for one in resources.values()
        for node in walk(one)
        for key, value in node.items()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str) and key in ("resource", "library", "definitionCanonical") and text.startswith(BASE)
    }
    assert named
    assert named <= there


def test_every_condition_is_a_decision_of_the_library(resources: dict[str, Resource]) -> None:
    """A define that may be null would be taken for a no; one that is missing, too."""
    for plan in (one for name, one in resources.items() if name.startswith("PlanDefinition/")):
        [library] = plan["library"]
        held = resources[library.split("|")[0].removeprefix(f"{BASE}/")]
        decisions = {one["name"] for one in held["parameter"] if one["use"] == "out"}
        asked = [node["expression"]["expression"] for node in walk(plan) if node.get("kind") == "applicability"]
        assert asked
        assert set(asked) <= decisions, plan["id"]
        assert any(one.endswith((" undetermined", " answer is needs-data")) for one in asked), plan["id"]


def test_each_option_has_an_action_for_every_way_out(knowledge: Knowledge, resources: dict[str, Resource]) -> None:
    for guideline in knowledge.guidelines:
        actions = resources[f"PlanDefinition/{guideline}"]["action"]
        assert len(actions) == len(knowledge.options)
        for option, action in zip(knowledge.options, actions, strict=True):
            asked = [one["condition"][0]["expression"]["expression"] for one in action["action"]]
            words = [one.removeprefix(f"{option} answer is ") for one in asked]
            assert words[-3:] == ["needs-data", "disputed", "impossible"]
            assert len(set(words)) == len(words) > 3


def test_strength_certainty_and_direction_only_as_printed(knowledge: Knowledge, resources: dict[str, Resource]) -> None:
    for statement in knowledge.statements.values():
        name = f"PlanDefinition/{fhir_id(statement.id)}"
        assert (name in resources) == (statement.kind == "recommendation")
        if name not in resources:
            continue
        for action in resources[name]["action"][:-1]:
            said = {one["url"].rpartition("-")[2]: one["valueCodeableConcept"] for one in action.get("extension", [])}
            assert said.get("strengthOfRecommendation", {}).get("text") == statement.strength.printed
            assert said.get("qualityOfEvidence", {}).get("text") == statement.certainty.printed
            coded = {"strengthOfRecommendation", "qualityOfEvidence"} & {k for k, v in said.items() if "coding" in v}
            assert not coded
            direction = {"recommended": "for", "conditional": "for", "against": "against"}.get(str(statement.answer))
            found = said.get("directionOfRecommendation", {}).get("coding", [{}])[0].get("code")
            assert found == direction, statement.id
        assert "extension" not in resources[name]["action"][-1]


def test_a_dosage_has_numbers_only_where_all_is_printed_and_nothing_open(resources: dict[str, Resource]) -> None:
    whole = {name for name, one in resources.items() if any("doseAndRate" in dose for dose in one.get("dosage", []))}
    assert whole == {"ActivityDefinition/asri-2025.ivig.selected.act"}
    steroids = resources["ActivityDefinition/asri-2025.corticosteroids.immune.act"]["dosage"]
    assert not any(digit in dose["text"] for dose in steroids for digit in "0123456789")
    ivig = resources["ActivityDefinition/asri-2025.ivig.selected.act"]["dosage"][0]
    assert ivig["doseAndRate"][0]["doseRange"]["low"] == {
        "value": 200, "unit": "mg/kg", "system": "http://unitsofmeasure.org", "code": "mg/kg",
    }  # fmt: skip
    assert "frequency" not in ivig["timing"]["repeat"]


def test_the_questionnaire_asks_every_fact_and_assumes_none(
    knowledge: Knowledge, resources: dict[str, Resource]
) -> None:
    items = list(walk(resources["Questionnaire/facts"]["item"]))
    asked = {one["linkId"] for one in items if one.get("type") not in (None, "group", "display")}
    assert asked == set(knowledge.vocabulary.facts)
    assert not any({"required", "initial"} & set(one) for one in items)
    assert not any(one.get("initialSelected") for one in items)


def test_value_sets_are_expanded(resources: dict[str, Resource]) -> None:
    sets = [one for name, one in resources.items() if name.startswith("ValueSet/")]
    assert all(one["expansion"]["total"] == len(one["expansion"]["contains"]) > 0 for one in sets)


def test_libraries_carry_text_and_elm_with_every_name_quoted(files: Files, knowledge: Knowledge) -> None:
    made = export_cql(knowledge)
    for path, content in files.items():
        if not path.startswith("package/Library-Decidua"):
            continue
        library = json.loads(content)
        parts = {one["contentType"]: base64.b64decode(one["data"]).decode() for one in library["content"]}
        assert parts["text/cql"].encode() == made[f"{library['name']}.cql"]
        assert json.loads(parts["application/elm+json"]) == json.loads(made[f"{library['name']}.json"])
        names = [one["name"] for one in json.loads(parts["application/elm+json"])["library"]["statements"]["def"]]
        defined = [name for name in names if name != "Patient"]
        assert all(
            f"define {quoted(n)}" in parts["text/cql"] or f"function {quoted(n)}" in parts["text/cql"] for n in defined
        )


def test_codes_from_memory_stay_at_home(knowledge: Knowledge, files: Files) -> None:
    text = json.loads(files["package/Library-DeciduaFacts.json"])
    cql = base64.b64decode(text["content"][0]["data"]).decode()
    for fact in knowledge.vocabulary.facts.values():
        for code in fact.codes:
            if code.system == "LOINC":
                assert (f"|{code.code}'" in cql) == (code.status == "verified"), code


def test_test_patients_say_what_is_expected(files: Files) -> None:
    bundles = [json.loads(v) for k, v in files.items() if k.startswith("package/example/Bundle-")]
    assert len(bundles) > 200
    words = {
        part["valueCode"]
        for one in bundles
        for parameter in one["entry"][-1]["resource"]["parameter"]
        for part in parameter["part"]
        if part["name"] == "answer"
    }
    assert {"recommended", "against", "needs-data", "disputed", "out-of-scope"} <= words


def test_evidence_keeps_the_print_and_says_what_recomputing_found(knowledge: Knowledge) -> None:
    """Jin 2020 of the G-CSF table: 87.7 printed, 26 of 30 women."""
    files = export_evidence(knowledge)
    row = json.loads(files["package/Evidence-g-csf-studies.jin-2020.json"])
    notes = [note["text"] for one in row["statistic"] for note in one.get("note", [])]
    assert any("87.7" in note and "86.6667" in note and "do not go together" in note for note in notes)
    evidence = read_evidence(knowledge.content)
    rows = {fhir_id(f"{table.id}.{row.key}") for table in evidence.tables.values() for row in table.rows}
    made = {name.removeprefix("package/Evidence-").removesuffix(".json") for name in files if "/Evidence-" in name}
    assert made <= rows
    assert len(made) > 100
    table, broken = next((t, r) for t in evidence.tables.values() for r in t.rows if r.repairs and r.printed)
    repaired = json.loads(files[f"package/Evidence-{fhir_id(f'{table.id}.{broken.key}')}.json"])["note"]
    assert [note["text"] for note in repaired if "the print is damaged" in note["text"]]
    ratings = [json.loads(v) for k, v in files.items() if "/ArtifactAssessment-" in k]
    for one in ratings:
        for content in one["content"]:
            assert not any("coding" in word for word in content.get("classifier", []))


def test_the_command_writes_and_says_where(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["cql", str(tmp_path / "new" / "out")], standalone_mode=False)
    assert done.exception is None
    assert "14 files written" in done.output
    assert sorted(file.suffix for file in (tmp_path / "new" / "out").iterdir()) == [".cql"] * 7 + [".json"] * 7


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    done = CliRunner().invoke(command, ["fhir", str(tmp_path), "--lang", "ko"], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert done.exception.key == "error.export-full"
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    done = CliRunner().invoke(command, ["cql", str(tmp_path / "mine.txt")], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert done.exception.key == "error.export-file"


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    done = CliRunner().invoke(command, ["cql", str(tmp_path / "mine.txt" / "below")], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert done.exception.key == "error.export-write"


def test_a_kind_that_does_not_exist(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["owl", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "'cql', 'fhir', 'evidence'" in done.output


def test_names_of_added_packages_are_one_everywhere() -> None:
    """An id with a namespace is no id of FHIR; what refers to it must spell it as what it refers to."""
    made = header("PlanDefinition", "mine:a.b", "0", Text(en="x", ko="x"), Text(en="x", ko="x"))
    assert canonical("PlanDefinition", "mine:a.b", "0") == f"{made['url']}|0"
    assert made["url"].endswith(f"/{made['id']}")
    assert library_name("mine:foo-2020") == "DeciduaMINEFOO2020"
    assert library_name("asri-2025") == "DeciduaASRI2025"
