"""What the service says of itself in FHIR: its CapabilityStatement, and how its `$apply` is called."""

from __future__ import annotations

from collections.abc import Sequence

from decidua import __version__
from decidua.fhir.apply.asked import IDLE
from decidua.fhir.canonical import Resource, canonical, header, narrative, spoken, url
from decidua.fhir.outcome import MEDIA
from decidua.fhir.terminology import EXPANDED

OPERATION = "plandefinition-apply"
R4_APPLY = "http://hl7.org/fhir/OperationDefinition/PlanDefinition-apply"
CONCEPTS = ("userType", "userLanguage", "userTaskContext", "setting", "settingContext")


def capability(kinds: Sequence[str], version: str, *, secured: bool) -> Resource:
    """`secured`: whether an access token is asked for."""
    title, says = spoken("capability.title"), spoken("capability.says")
    security = {"security": {"cors": False, "description": spoken("capability.token").en}} if secured else {}
    return {
        "resourceType": "CapabilityStatement",
        "id": "decidua",
        "language": "en",
        "text": narrative(title, says),
        "url": url("CapabilityStatement", "decidua"),
        "version": version,
        "name": "Decidua",
        "title": title.en,
        "status": "draft",
        "experimental": True,
        "date": EXPANDED,
        "publisher": "Decidua",
        "description": says.en,
        "kind": "instance",
        "software": {"name": "Decidua", "version": __version__},
        "implementation": {"description": says.en},
        "fhirVersion": "4.0.1",
        "format": [MEDIA, "json"],
        "rest": [{"mode": "server", **security, "resource": [_kind(kind, version) for kind in kinds]}],
    }


def _kind(kind: str, version: str) -> Resource:
    definition = canonical("OperationDefinition", OPERATION, version)
    operations = {"operation": [{"name": "apply", "definition": definition}]} if kind == "PlanDefinition" else {}
    searched = [{"name": "url", "type": "uri"}, {"name": "version", "type": "token"}]
    interactions = [{"code": "read"}, {"code": "search-type"}]
    return {"type": kind, "interaction": interactions, "searchParam": searched, **operations}


def operation(version: str) -> Resource:
    """R4's `$apply` with the parameters that are read here."""
    made = header("OperationDefinition", OPERATION, version, spoken("operation.title"), spoken("operation.says"))
    del made["copyright"]  # R4 gives an OperationDefinition none
    return {
        **made,
        "name": "DeciduaApply",
        "kind": "operation",
        "affectsState": False,
        "code": "apply",
        "base": R4_APPLY,
        "resource": ["PlanDefinition"],
        "system": False,
        "type": True,
        "instance": True,
        "parameter": [
            _parameter("planDefinition", "PlanDefinition"), _parameter("canonical", "canonical"),
            _parameter("url", "uri"), _parameter("version", "string"),
            {**_parameter("subject", "string", 1), "searchType": "reference"}, _parameter("data", "Bundle", 1),
            _parameter("useServerData", "boolean"), _parameter("asOf", "date"), *(_idle(name) for name in IDLE),
            {"name": "return", "use": "out", "min": 1, "max": "1", "type": "CarePlan",
             "documentation": spoken("operation.return").en},
        ],
    }  # fmt: skip


def _parameter(name: str, kind: str, least: int = 0) -> Resource:
    said = spoken("operation.idle" if name in IDLE else f"operation.{name}").en
    return {"name": name, "use": "in", "min": least, "max": "1", "documentation": said, "type": kind}


def _idle(name: str) -> Resource:
    made = {**_parameter(name, "CodeableConcept" if name in CONCEPTS else "string")}
    return made if name in CONCEPTS else {**made, "searchType": "reference"}
