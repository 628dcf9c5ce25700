"""FHIR R4 of many patients, bundles or a bulk export, to a table of facts. Needs the extra `columns`."""

from decidua.intake.bulk.read import read_bulk

__all__ = ["read_bulk"]
