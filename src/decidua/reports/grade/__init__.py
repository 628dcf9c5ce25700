"""Appraisals by GRADE: built and shown."""
