"""Decidua in others' standards: CQL and FHIR out. Pure functions, no HTTP."""
