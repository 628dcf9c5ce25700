"""What was done, from resources: the options that their codes mean, by `data/audit/codes.yaml` and a mapping.

    resource                    done                                             not done
    MedicationRequest           an order that is active, completed or stopped    -
    MedicationStatement         active, completed, stopped                       -
    MedicationAdministration    in progress, completed, stopped                  -
    Procedure                   in progress, completed                           not-done
    Observation                 final, amended, corrected: the test was done     -

A resource that is not there says nothing. A product of several drugs counts as none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from decidua.intake.bulk.days import UNDATED, Days
from decidua.intake.cohort.events import Done, key_of
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import entries, located
from decidua.intake.fhir.medicines import meant
from decidua.intake.fhir.notes import Notes
from decidua.intake.fhir.observations import COUNT, NOT_DONE
from decidua.intake.fhir.subject import Subject
from decidua.intake.fhir.tables import tables

if TYPE_CHECKING:
    from decidua.intake.bulk.batch import Given

TAKEN = {
    "MedicationRequest": ("active", "completed", "stopped"),
    "MedicationStatement": ("active", "completed", "stopped"),
    "MedicationAdministration": ("in-progress", "completed", "stopped"),
    "Procedure": ("in-progress", "completed"),
    "Observation": COUNT,
}


Happened = tuple[str | None, str, bool, int]
"""Patient, key, whether it was done or not done, day as in `days.py`."""


@dataclass(frozen=True)
class Act:
    """`key`: an option, or option/part, as in `cohort.events`."""

    key: str
    done: bool


class Acts:
    """Remembers which option a code means."""

    def __init__(self, done: Done) -> None:
        self._done = done
        self._keys: dict[tuple[str, str], str | None] = {}

    def of(self, kind: str, resource: r.Resource, medicine: r.Concept | None = None) -> list[Act]:
        """medicine: the code of a medicine that is named elsewhere."""
        if resource.modifierExtension or resource.implicitRules or kind not in TAKEN:
            return []
        status, yes = getattr(resource, "status", None), True
        if kind == "Procedure" and status == "not-done":
            yes = False
        elif status not in TAKEN[kind] or (isinstance(resource, r.Medicine) and not meant(resource)):
            return []
        options: dict[str, None] = {}
        for concept in _concepts(resource, medicine):
            options |= dict.fromkeys(self._of(concept))
        return [Act(key, yes) for key in options]

    def _of(self, concept: r.Concept) -> list[str]:
        found = dict.fromkeys(self._key(coding) for coding in concept.codings)
        keys = [key for key in found if key is not None]
        return keys if len({key.split("/")[0] for key in keys}) <= 1 else []

    def _key(self, coding: r.Coding) -> str | None:
        if not coding.system or not coding.code:
            return None
        if coding.system == tables().options:
            return coding.code if coding.code in self._done.settings.options else None
        pair = (coding.system.lower(), coding.code)
        if pair not in self._keys:
            if len(self._keys) > 1_000_000:
                self._keys.clear()
            self._keys[pair] = key_of(*pair, self._done)
        return self._keys[pair]


def _concepts(resource: r.Resource, medicine: r.Concept | None) -> Iterator[r.Concept]:
    if isinstance(resource, r.Medicine):
        concept = resource.medicationCodeableConcept or medicine
        yield from [concept] if concept else []
        return
    if not isinstance(resource, r.Observation | r.Procedure):
        return
    parts = [*(resource.component or ()), resource] if isinstance(resource, r.Observation) else [resource]
    for part in parts:
        if part.code is not None and not _not_performed(part):
            yield part.code


def _not_performed(part: r.Resource) -> bool:
    reason = getattr(part, "dataAbsentReason", None)
    return reason is not None and any(coding.code in NOT_DONE for coding in reason.codings)


def acts_of(acts: Acts, one: Given, patient: str | None, as_of: date) -> list[Happened]:
    """What was done, of a bundle that only the one-patient reader can read."""
    read = located(entries([one.data], ""), Notes())
    subject = Subject(read, one.patient, "")
    found: list[Happened] = []
    for own in read:
        if own.parent is None and own.kind in TAKEN and subject.other(own) is None:
            medicine = subject.references.find(getattr(own.resource, "medicationReference", None), own)
            code = medicine.resource.code if medicine and isinstance(medicine.resource, r.Medication) else None
            day = _day(own.resource, as_of)
            found += [(patient, act.key, act.done, day) for act in acts.of(own.kind, own.resource, code)]
    return found


def _day(resource: r.Resource, as_of: date) -> int:
    """Of the first date that the resource has: a number as in `days.py`."""
    names = ("effectiveDateTime", "effectiveInstant", "authoredOn", "performedDateTime")
    period = getattr(resource, "effectivePeriod", None) or getattr(resource, "performedPeriod", None)
    texts = [getattr(resource, name, None) for name in names] + [period.start if period else None]
    text = next((text for text in texts if text), None)
    return Days(as_of).of(text) if text else UNDATED
