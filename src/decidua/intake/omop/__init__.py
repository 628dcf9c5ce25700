"""A cohort from the tables of the OMOP common data model 5.4: Parquet, DuckDB, PostgreSQL."""

from decidua.intake.omop.read import read_omop

__all__ = ["read_omop"]
