"""The vocabulary of what may be known of a patient: facts, units, constraints, values."""

from decidua.facts.closure import close
from decidua.facts.load import read_vocabulary
from decidua.facts.values import Patient, Range, Value, read_value, show_value
from decidua.facts.vocabulary import Constraint, Fact, FactGroup, Unit, Vocabulary

__all__ = [
    "Constraint", "Fact", "FactGroup", "Patient", "Range", "Unit", "Value", "Vocabulary",
    "close", "read_value", "read_vocabulary", "show_value",
]  # fmt: skip
