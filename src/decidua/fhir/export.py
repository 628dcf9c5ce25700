"""What `decidua export` writes: path → content, for each kind of export."""

from __future__ import annotations

import json

from decidua.answers import Answers
from decidua.fhir.activities import activities
from decidua.fhir.canonical import PACKAGE, Resource, canonical, concept, header, spoken, version_of
from decidua.fhir.libraries import TYPES, libraries, texts
from decidua.fhir.measures import measures
from decidua.fhir.package import Files, archive, package
from decidua.fhir.plans import recommendations, strategies
from decidua.fhir.questionnaire import questionnaire
from decidua.fhir.terminology import terminology
from decidua.fhir.women import women
from decidua.guidelines import Knowledge


def export_cql(knowledge: Knowledge) -> Files:
    """`NAME.cql` and `NAME.json`, its ELM, for every library."""
    files: dict[str, bytes] = {}
    for name, text, tree in texts(Answers(knowledge), version_of(knowledge.content)):
        files[f"{name}.cql"] = text.encode()
        files[f"{name}.json"] = (json.dumps(tree) + "\n").encode()
    return files


def export_fhir(knowledge: Knowledge) -> Files:
    """The R4 package as files and as an archive."""
    version, answers = version_of(knowledge.content), Answers(knowledge)
    title = "Decidua: guidelines for recurrent pregnancy loss, computable"
    files = package(PACKAGE, version, "4.0.1", title, resources(answers, version), women(answers))
    return {**files, f"{PACKAGE}-{version}.tgz": archive(files)}


def export_evidence(knowledge: Knowledge) -> Files:
    """The R5 package of study tables and printed ratings."""
    from decidua.evidence import read_evidence, read_verdicts
    from decidua.fhir.evidence import evidence_resources

    version, name = version_of(knowledge.content), f"{PACKAGE}.evidence"
    found = evidence_resources(knowledge, read_evidence(knowledge.content), read_verdicts(), version)
    files = package(name, version, "5.0.0", "Decidua: printed evidence, recomputed", found)
    return {**files, f"{name}-{version}.tgz": archive(files)}


def resources(answers: Answers, version: str) -> list[Resource]:
    """Every R4 artefact but the test patients; the list of them all comes first."""
    knowledge = answers.knowledge
    found = [
        *libraries(answers, version),
        *strategies(answers, version),
        *recommendations(answers, version),
        *activities(knowledge, version),
        *measures(knowledge, version),
        questionnaire(knowledge, version),
        *terminology(knowledge, version),
    ]
    return [_assets(found, version), *found]


def _assets(found: list[Resource], version: str) -> Resource:
    made = header("Library", "assets", version, spoken("export.assets-title"), spoken("export.assets-says"))
    listed = [{"type": "composed-of", "resource": canonical(one["resourceType"], one["id"], version)} for one in found]
    kind = concept([{"system": TYPES, "code": "asset-collection"}])
    return {**made, "name": "DeciduaAssets", "type": kind, "relatedArtifact": listed}
