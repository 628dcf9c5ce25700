"""Guidelines: statements, options, readings; validated, parsed, and found by guideline and option."""

from decidua.guidelines.concordance import in_force, measurable
from decidua.guidelines.knowledge import Knowledge, assemble, read_knowledge
from decidua.guidelines.model import (
    Answer,
    Guideline,
    Indication,
    NamedCriterion,
    Option,
    Precaution,
    Reading,
    Regimen,
    Statement,
)

__all__ = [
    "Answer", "Guideline", "Indication", "Knowledge", "NamedCriterion", "Option", "Precaution", "Reading",
    "Regimen", "Statement", "assemble", "in_force", "measurable", "read_knowledge",
]  # fmt: skip
