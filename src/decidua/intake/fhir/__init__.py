"""FHIR R4 → patient. Pure functions over bytes: no network, no file but the one that is named."""

from decidua.intake.fhir.codes import Codes
from decidua.intake.fhir.notes import Note
from decidua.intake.fhir.read import Mapped, read_fhir, read_fhir_file
from decidua.intake.fhir.tables import tables

__all__ = ["Codes", "Mapped", "Note", "read_fhir", "read_fhir_file", "tables"]
