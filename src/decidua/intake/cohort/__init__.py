"""Many patients as a table of facts: read from files, described, kept. Needs the extra `columns`."""

from decidua.intake.cohort.about import About
from decidua.intake.cohort.description import Column, Description, Problem
from decidua.intake.cohort.facts_table import FactsTable, describe, read_facts, write_facts
from decidua.intake.cohort.headings import Names
from decidua.intake.cohort.mapping import ColumnMapping
from decidua.intake.cohort.mapping_file import mapping_of, read_mapping
from decidua.intake.cohort.new_file import new_file
from decidua.intake.cohort.read import read_cohort
from decidua.intake.cohort.settings import OptionPlace, Settings, option_places

__all__ = [
    "About", "Column", "ColumnMapping", "Description", "FactsTable", "Names", "OptionPlace", "Problem", "Settings",
    "describe", "mapping_of", "new_file", "option_places", "read_cohort", "read_facts", "read_mapping", "write_facts",
]  # fmt: skip
