"""Why a resource does not count, without the value that it held."""

from __future__ import annotations

from dataclasses import dataclass

from decidua.intake.cohort.cells import KEPT_PARTS
from decidua.intake.fhir.notes import Note
from decidua.language import words

REFUSED = frozenset(
    f"fhir.{reason}" for reason in (
        "no-value", "answer", "number", "date", "no-judgement", "contradiction", "text", "value-kind", "unit-system",
        "comparator", "two-values", "two-answers", "ratio", "range", "element", "deep", "two-versions", "born-later",
        "country",
    )
)  # fmt: skip
"""What cannot be read; with the other reasons a resource is only older, over, unsure or of somebody else."""
SILENT = frozenset({"fhir.report", "fhir.medication", "fhir.used", "fhir.older", "fhir.part", ""})
"""What was read for the sake of others."""


@dataclass(frozen=True)
class Reason:
    """`given`: the codes of a concept that means no fact, or a type. `parts` hold no value of a patient."""

    key: str
    kind: str
    fact: str = ""
    given: str = ""
    parts: tuple[tuple[str, object], ...] = ()

    @property
    def refused(self) -> bool:
        return self.key in REFUSED or self.key.startswith("error.")

    @property
    def silent(self) -> bool:
        return self.key in SILENT


def reason_of(note: Note) -> Reason:
    given = str(note.parts.get("given") or "") if note.outcome == "not-mapped" else ""
    parts = tuple((name, note.parts[name]) for name in KEPT_PARTS if name in note.parts)
    return Reason(note.key, note.kind, note.fact or "", given, parts)


def key_of(key: str) -> str:
    """The sentence of a description: it tells of many, and holds nothing of one."""
    if key.startswith("error.") and not key.startswith("error.file-"):
        return key
    own = "bulk." + key.split(".", 1)[1]
    return own if own in words("en") else "bulk.not-used"
