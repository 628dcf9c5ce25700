"""Short ways to write a bundle, for the tests of the FHIR reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from decidua.intake.fhir import Mapped, Note, tables
from intake.reading import AS_OF

SCT, LOINC, UCUM = "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"
FLAGS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
BUNDLES = Path(__file__).parent / "bundles"
WOMAN = {"resourceType": "Patient", "id": "p", "gender": "female"}
NOW = AS_OF.isoformat()
Resource = dict[str, Any]
ReadFhir = Callable[..., Mapped]
"""Resources or bytes, `as_of` and `patient` → Mapped."""


def concept(code: str, system: str | None = None) -> Resource:
    return {"coding": [{"system": system or tables().own, "code": code}]}


def observation(fact: str, day: str | None = NOW, id_: str | None = None, **elements: Any) -> Resource:
    dated = {"effectiveDateTime": day} if day else {}
    one = {"resourceType": "Observation", "id": id_ or fact.replace("_", "-"), "status": "final",
           "code": concept(fact), "subject": {"reference": "Patient/p"}, **dated}  # fmt: skip
    return {**one, **elements}


def quantity(value: object, code: str | None, **more: Any) -> Resource:
    return {"valueQuantity": {"value": value, "system": UCUM, "code": code, **more}}


def about(kind: str, code: Resource, **elements: Any) -> Resource:
    who = "patient" if kind == "AllergyIntolerance" else "subject"
    return {"resourceType": kind, "id": f"{kind.lower()}-1", "code": code, who: {"reference": "Patient/p"}, **elements}


def status(verification: str | None = "confirmed", clinical: str | None = "active") -> Resource:
    found = {"verificationStatus": verification, "clinicalStatus": clinical}
    return {key: {"coding": [{"code": code}]} for key, code in found.items() if code}


def bundle(*resources: Resource, patient: Resource | None = WOMAN) -> bytes:
    entries = [{"resource": one} for one in ([patient] if patient else []) + list(resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def values(mapped: Mapped) -> dict[str, object]:
    return dict(mapped.intake.patient.values)


def notes(mapped: Mapped, outcome: str) -> list[tuple[str, str]]:
    """(place, key of the reason) of every note of an outcome."""
    return [(note.place, note.key) for note in mapped.notes if note.outcome == outcome]


def note(mapped: Mapped, place: str) -> Note:
    return next(one for one in mapped.notes if one.place == place)


def day(text: str) -> date:
    return date.fromisoformat(text)
