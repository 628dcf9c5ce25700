"""Whose data it is: exactly one patient, and only what is said of her."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.errors import PatientError
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located, References, target
from decidua.intake.problems import quoted


class Subject:
    """The one patient of a bundle. Raises PatientError where there are two, or not the one asked for."""

    def __init__(self, read: Sequence[Located], asked: str | None, name: str) -> None:
        self.references = References(read)
        self.patients = [one for one in read if one.kind == "Patient" and one.parent is None]
        self.patient = self._chosen(asked, name)
        self._named = None if self.patient else self._only_name(read, asked, name)

    def _chosen(self, asked: str | None, name: str) -> Located | None:
        if asked is not None:
            chosen = [one for one in self.patients if one.resource.id == asked]
            if not chosen and self.patients:
                raise PatientError("fhir.no-such-patient", where=name, given=quoted(asked), there=self._listed())
            return chosen[0] if chosen else None
        if len(self.patients) > 1:
            raise PatientError("fhir.two-patients", where=name, count=len(self.patients), there=self._listed())
        return self.patients[0] if self.patients else None

    def _listed(self) -> str:
        return ", ".join(one.place for one in self.patients[:5])

    def _only_name(self, read: Sequence[Located], asked: str | None, name: str) -> str | None:
        """Without a Patient resource: the one name that all references give."""
        if asked is not None:
            return f"Patient/{asked}"
        names = {text for one in read if (text := target(_reference(one.resource))) is not None}
        if len(names) > 1:
            shown = ", ".join(quoted(text) for text in sorted(names)[:5])
            raise PatientError("fhir.two-patients", where=name, count=len(names), there=shown)
        return next(iter(names), None)

    @property
    def name(self) -> str | None:
        """The id of the Patient; without one, of her whom all references name."""
        if self.patient is not None:
            return self.patient.resource.id
        return self._named.rsplit("/", 1)[-1] if self._named else None

    def other(self, one: Located) -> str | None:
        """The name of somebody else whom a resource is about; None if it is hers."""
        reference = _reference(one.resource) or (_reference(one.parent.resource) if one.parent else None)
        text = target(reference)
        if text is None:
            return None if len(self.patients) <= 1 else "-"
        if self.patient is None:
            return None if text == self._named else text
        return None if self.references.find(reference, one) is self.patient else text


def _reference(resource: r.Resource) -> r.Reference | None:
    return getattr(resource, "subject", None) or getattr(resource, "patient", None)
