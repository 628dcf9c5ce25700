"""The language of criteria: one tree, and one module per form. Nothing outside knows how its logic works."""

from decidua.criteria.parse import CriterionError, parse, parse_spec
from decidua.criteria.trace import Trace, trace
from decidua.criteria.tree import (
    Choose,
    Compare,
    Criterion,
    Is,
    Named,
    OneOf,
    facts_in,
    names_in,
    parts_of,
    readings_in,
    walk,
)
from decidua.criteria.truth import Settled, Truth, truth

__all__ = [
    "Choose", "Compare", "Criterion", "CriterionError", "Is", "Named", "OneOf", "Settled", "Trace", "Truth",
    "facts_in", "names_in", "parse", "parse_spec", "parts_of", "readings_in", "trace", "truth", "walk",
]  # fmt: skip
