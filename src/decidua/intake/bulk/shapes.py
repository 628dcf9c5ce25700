"""Resources as the bulk reader decodes them: what tells one apart stays raw bytes, what it does not need is skipped.

A resource is split in three. *Its own*: id, whom it is about, and its dates, which differ from patient to patient.
*Its words*: everything else that the one-patient reader reads, as raw JSON. They repeat over and over, so what they
mean is looked up (`meanings.py`). *The rest*, which the decoder skips.

There are two sets of shapes. Narrow ones have the elements that nearly every resource has; an element beyond them is
declared to be null, so that a resource that has one does not fit and costs nothing to the others. Wide ones have all.

Every class of a set has the same attributes whatever its elements are called, so that one look fits all resources of a
batch: `id`, `subject`, up to three dates, and the words from `w0` on. After its last word a class has its own name,
so that no two kinds of resource have the same words. What a resource has no element for is empty in its class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from operator import attrgetter, or_
from typing import Annotated, Any

import msgspec
from msgspec import Raw

from decidua.intake.bulk.centres import Organization
from decidua.intake.bulk.resource_types import RESOURCE_TYPES
from decidua.intake.fhir import resources as r

NONE = b""
"""An element that is not there."""
Name = Annotated[str, msgspec.Meta(max_length=64)] | None
"""An id; the one-patient reader tells no longer ones apart."""
Written = Annotated[str, msgspec.Meta(min_length=1)] | None
"""A date; where an empty one is not the same as none, the one-patient reader says what it is."""
DATE = ("date", "date2", "date3")
"""What the dates of a resource are called in every shape; empty where it has none."""
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
ENCOUNTER = ("status", "period", "serviceType", "modifierExtension", "implicitRules")
"""Elements of an Encounter for `care.py`, all raw; it says nothing of a fact, so it has no words."""


@dataclass(frozen=True)
class Shape:
    """The names of the elements that a class holds: `words` in the order of `w0`, `w1` …, `dates` in that of DATE."""

    kind: str
    words: Sequence[str]
    dates: Sequence[str]

    def word(self, one: Any, name: str) -> Any:
        """An element as it stands, NONE where it is not there."""
        return getattr(one, f"w{self.words.index(name)}")


@dataclass(frozen=True)
class Shapes:
    """One of the two sets. `read` and `others`: class → what it stands for. `words`: of a resource, in fixed order."""

    wide: bool
    patient: type[msgspec.Struct]
    observation: type[msgspec.Struct]
    read: Mapping[type, Shape]
    others: Mapping[type, str]
    kinds: tuple[type, ...]
    """All of them, in an order that numbers them."""
    words: Callable[[Any], tuple[Any, ...]]
    bundle: msgspec.json.Decoder[Any]
    line: msgspec.json.Decoder[Any]
    """A resource, or a bundle, by its own type."""

    @cached_property
    def encounter(self) -> int:
        """The number of Encounter."""
        return next(self.number[kind] for kind, name in self.others.items() if name == "Encounter")

    @cached_property
    def number(self) -> Mapping[type, int]:
        return {kind: number for number, kind in enumerate(self.kinds)}


@cache
def shapes(*, wide: bool) -> Shapes:
    forms = {kind: Shape(kind, _words(kind, wide), DATES[kind]) for kind in DATES}
    width = max(len(form.words) + (kind != "Observation") for kind, form in forms.items())
    read = {_shape(form, width, wide): form for form in forms.values()}
    patient = _patient(width, wide)
    unread = [kind for kind in RESOURCE_TYPES if kind not in (*DATES, "Patient", "Bundle")]
    others = {_unread(kind, width): kind for kind in unread}
    resource = _any_of(patient, *read, *others, _tagged("Bundle", [], namespace=_empty("Bundle", width)))
    held: Any = ("resource", resource | None, None) if wide else ("resource", resource)
    entry = msgspec.defstruct("Entry", [held, ("fullUrl", str | None, "")], gc=False)
    entries: Any = list[entry]  # type: ignore[valid-type]
    bundle = _tagged("Bundle", [("entry", entries | None, None), ("type", str | None, None)], gc=True)
    observation = next(found for found, shape in read.items() if shape.kind == "Observation")
    line = _any_of(bundle, patient, *read, *others)
    kinds, words = (*read, patient, *others), attrgetter(*(f"w{number}" for number in range(width)))
    decoders = msgspec.json.Decoder(bundle), msgspec.json.Decoder(line)
    return Shapes(wide, patient, observation, read, others, kinds, words, *decoders)


def _unread(kind: str, width: int) -> type[msgspec.Struct]:
    fields: list[tuple[str, Any, Any]] = []
    if kind == "Encounter":  # its subject is no subject of a resource that is read, so it is called otherwise
        fields = [(name, Raw, NONE) for name in ("about", *ENCOUNTER)]
    return _tagged(kind, fields, rename={"about": "subject"}, namespace=_empty(kind, width))


def _any_of(*kinds: type) -> Any:
    return reduce(or_, kinds)


def _shape(form: Shape, width: int, wide: bool) -> type[msgspec.Struct]:
    """An element beyond the common ones is null in a narrow shape, and raw in a wide one."""
    rename = {"subject": "patient"} if "patient" in _elements(form.kind) else {}
    fields: list[tuple[str, Any, Any]] = [("id", Name, None), ("subject", Raw, NONE)]
    for attribute, name in zip(DATE, form.dates, strict=False):
        fields.append((attribute, str | None if form.kind == "Observation" else Written, ""))
        rename[attribute] = name
    for number, name in enumerate(form.words):
        fields.append((f"w{number}", Raw, NONE))
        rename[f"w{number}"] = name
    fields += [] if wide else [(name, None, None) for name in _beyond(form.kind)]
    own = {name for name, _, _ in fields}
    namespace = {name: empty for name, empty in _empty(form.kind, width, len(form.words)).items() if name not in own}
    return _tagged(form.kind, fields, rename=rename, namespace=namespace)


def _words(kind: str, wide: bool) -> tuple[str, ...]:
    return (*WORDS[kind], *(_beyond(kind) if wide else ()))


def _empty(kind: str, width: int, words: int = 0) -> dict[str, Any]:
    """The attributes of a class without elements. After its words stands what it is."""
    found: dict[str, Any] = {"id": None, "subject": NONE, **dict.fromkeys(DATE, "")}
    return found | {f"w{number}": kind.encode() if number == words else NONE for number in range(width)}


def _elements(kind: str) -> tuple[str, ...]:
    return r.TYPES[kind].__struct_fields__


def _beyond(kind: str) -> list[str]:
    own = {"id", *PATIENTS, *DATES[kind], *WORDS[kind], *UNREAD.get(kind, ())}
    return [name for name in _elements(kind) if name not in own]


def _patient(width: int, wide: bool) -> type[msgspec.Struct]:
    """Its id is no name of a resource that is read, so it is called otherwise."""
    beyond: tuple[Any, Any] = (Raw, NONE) if wide else (None, None)
    fields: list[tuple[str, Any, Any]] = [
        ("name", str | None, None), ("birthDate", str | None, None), ("gender", str | None, None),
        ("address", list[r.Address] | None, None), ("managingOrganization", Organization | None, None),
    ]  # fmt: skip
    fields += [(name, *beyond) for name in ("contained", "modifierExtension", "implicitRules")]
    return _tagged("Patient", fields, rename={"name": "id"}, namespace=_empty("Patient", width))


def _tagged(
    kind: str, fields: list[tuple[str, Any, Any]], *, gc: bool = False, rename: Mapping[str, str] | None = None,
    namespace: dict[str, Any] | None = None,
) -> type[msgspec.Struct]:  # fmt: skip
    return msgspec.defstruct(
        kind, fields, tag=kind, tag_field=TAG, gc=gc, rename=rename, omit_defaults=True, kw_only=True,
        namespace=namespace,
    )  # fmt: skip
