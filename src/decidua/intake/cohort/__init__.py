"""Many patients as a table of facts: read from files, described, kept. Needs the extra `columns`."""

from decidua.intake.cohort.about import About
from decidua.intake.cohort.description import Column, Description, Problem
from decidua.intake.cohort.facts_table import FactsTable, read_facts, write_facts
from decidua.intake.cohort.new_file import new_file

__all__ = ["About", "Column", "Description", "FactsTable", "Problem", "new_file", "read_facts", "write_facts"]
