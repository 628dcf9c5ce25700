"""Resources as the bulk reader decodes them: what tells one apart stays raw bytes, what it does not need is skipped.

A resource is split in three. *Its own*: id, whom it is about, and its dates, which differ from patient to patient.
*Its words*: everything else that the one-patient reader reads, as raw JSON. They repeat over and over, so what they
mean is looked up (`meanings.py`). *The rest*, which the decoder skips.

There are two sets of shapes. Narrow ones have the elements that nearly every resource has; an element beyond them is
declared to be null, so that a resource that has one does not fit and costs nothing to the others. Wide ones have all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from operator import attrgetter, or_
from typing import Any

import msgspec
from msgspec import Raw

from decidua.intake.bulk.centres import Organization
from decidua.intake.bulk.resource_types import RESOURCE_TYPES
from decidua.intake.fhir import resources as r

NONE = b""
"""An element that is not there."""
TAG = "resourceType"
PATIENTS = ("patient", "subject")
"""Elements that say whom a resource is about; in every shape the attribute is called `subject`."""
DATES: Mapping[str, tuple[str, ...]] = {
    "Observation": ("effectiveDateTime",),
    "Condition": ("onsetDateTime", "recordedDate", "abatementDateTime"),
    "Procedure": ("performedDateTime",),
    "AllergyIntolerance": ("onsetDateTime", "recordedDate"),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime",),
    "MedicationAdministration": ("effectiveDateTime",),
    "DiagnosticReport": (),
    "Medication": (),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "Observation": (
        "status", "code", "valueQuantity", "valueCodeableConcept", "valueInteger", "valueBoolean", "interpretation",
    ),
    "Condition": ("clinicalStatus", "verificationStatus", "code"),
    "Procedure": ("status", "code"),
    "AllergyIntolerance": ("clinicalStatus", "verificationStatus", "type", "code"),
    "MedicationRequest": (
        "status", "intent", "medicationCodeableConcept", "reportedBoolean", "dosageInstruction", "dispenseRequest",
    ),
    "MedicationStatement": ("status", "medicationCodeableConcept", "effectivePeriod"),
    "MedicationAdministration": ("status", "medicationCodeableConcept", "effectivePeriod"),
    "DiagnosticReport": (),
    "Medication": (),
}  # fmt: skip
UNREAD: Mapping[str, tuple[str, ...]] = {"DiagnosticReport": ("result", "status"), "Medication": ("code", "status")}
"""What the one-patient reader reads only for its account, or for the sake of others."""
ENCOUNTER = ("subject", "status", "period", "serviceType", "modifierExtension", "implicitRules")
"""Elements of an Encounter, all raw, for `care.py`; it says nothing of a fact."""


@dataclass(frozen=True)
class Shape:
    """`words` gives the raw elements of a resource in a fixed order, `date` its dates, each as it stands."""

    kind: str
    words: Callable[[Any], tuple[Any, ...]]
    dates: tuple[Callable[[Any], str | None], ...]


@dataclass(frozen=True)
class Shapes:
    """One of the two sets. `read` and `others`: class → what it stands for."""

    wide: bool
    patient: type[msgspec.Struct]
    observation: type[msgspec.Struct]
    read: Mapping[type, Shape]
    others: Mapping[type, str]
    kinds: tuple[type, ...]
    """All of them, in an order that numbers them."""
    bundle: msgspec.json.Decoder[Any]
    line: msgspec.json.Decoder[Any]
    """A resource, or a bundle, by its own type."""

    @cached_property
    def number(self) -> Mapping[type, int]:
        return {kind: number for number, kind in enumerate(self.kinds)}

    @cached_property
    def encounter(self) -> int:
        """The number of Encounter."""
        return next(self.number[kind] for kind, name in self.others.items() if name == "Encounter")


@cache
def shapes(*, wide: bool) -> Shapes:
    read = {_shape(kind, wide): Shape(kind, _words(kind, wide), tuple(map(attrgetter, DATES[kind]))) for kind in DATES}
    patient = _patient(wide)
    unread = [kind for kind in RESOURCE_TYPES if kind not in (*DATES, "Patient", "Bundle")]
    others = {_unread(kind): kind for kind in unread}
    resource = _any_of(patient, *read, *others, _tagged("Bundle", [], namespace={"id": None, "subject": NONE}))
    entry = msgspec.defstruct("Entry", [("resource", resource | None, None), ("fullUrl", str | None, None)], gc=False)
    entries: Any = list[entry]  # type: ignore[valid-type]
    bundle = _tagged("Bundle", [("entry", entries | None, None), ("type", str | None, None)], gc=True)
    observation = next(found for found, shape in read.items() if shape.kind == "Observation")
    line = _any_of(bundle, patient, *read, *others)
    kinds = (*read, patient, *others)
    decoders = msgspec.json.Decoder(bundle), msgspec.json.Decoder(line)
    return Shapes(wide, patient, observation, read, others, kinds, *decoders)


def _unread(kind: str) -> type[msgspec.Struct]:
    if kind == "Encounter":
        return _tagged(kind, [(name, Raw, NONE) for name in ENCOUNTER], namespace={"id": None})
    return _tagged(kind, [], namespace={"id": None, "subject": NONE})


def _any_of(*kinds: type) -> Any:
    return reduce(or_, kinds)


def _shape(kind: str, wide: bool) -> type[msgspec.Struct]:
    """An element beyond the common ones is null in a narrow shape, and raw in a wide one."""
    beyond: tuple[Any, Any] = (Raw, NONE) if wide else (None, None)
    fields: list[tuple[str, Any, Any]] = [("id", str | None, None), ("subject", Raw, NONE)]
    fields += [(name, str | None, None) for name in DATES[kind]]
    fields += [(name, Raw, NONE) for name in WORDS[kind]]
    fields += [(name, *beyond) for name in _beyond(kind)]
    return _tagged(kind, fields, rename={"subject": "patient"} if "patient" in _elements(kind) else None)


def _words(kind: str, wide: bool) -> Callable[[Any], tuple[Any, ...]]:
    names = [*WORDS[kind], *(_beyond(kind) if wide else ())]
    return attrgetter(*names) if len(names) > 1 else lambda one: tuple(getattr(one, name) for name in names)


def _elements(kind: str) -> tuple[str, ...]:
    return r.TYPES[kind].__struct_fields__


def _beyond(kind: str) -> list[str]:
    own = {"id", *PATIENTS, *DATES[kind], *WORDS[kind], *UNREAD.get(kind, ())}
    return [name for name in _elements(kind) if name not in own]


def _patient(wide: bool) -> type[msgspec.Struct]:
    beyond: tuple[Any, Any] = (Raw, NONE) if wide else (None, None)
    fields: list[tuple[str, Any, Any]] = [
        ("id", str | None, None), ("birthDate", str | None, None), ("gender", str | None, None),
        ("address", list[r.Address] | None, None), ("managingOrganization", Organization | None, None),
    ]  # fmt: skip
    fields += [(name, *beyond) for name in ("contained", "modifierExtension", "implicitRules")]
    return _tagged("Patient", fields, namespace={"subject": NONE})


def _tagged(
    kind: str, fields: list[tuple[str, Any, Any]], *, gc: bool = False, rename: Mapping[str, str] | None = None,
    namespace: dict[str, Any] | None = None,
) -> type[msgspec.Struct]:  # fmt: skip
    return msgspec.defstruct(
        kind, fields, tag=kind, tag_field=TAG, gc=gc, rename=rename, omit_defaults=True, kw_only=True,
        namespace=namespace,
    )  # fmt: skip
