"""Numbers in the export: each is two parameters, because a chart may know only that there were three or more."""

from __future__ import annotations

from decidua.criteria.cql import number
from decidua.criteria.tree import Compare, walk
from decidua.fhir.rules import Rules

FUNCTIONS = {">=": "At least", ">": "More than", "<=": "At most", "<": "Less than", "=": "Exactly"}


def bound(fact: str, side: str) -> str:
    return f"{fact} {side}"


def cut(rules: Rules, leaf: Compare) -> str:
    """The literal as a CQL decimal. Raises CriterionError where eight decimals cannot hold it."""
    text = number(rules.knowledge.vocabulary.facts[leaf.fact], leaf.value)
    return text if "." in text else f"{text}.0"


def comparison(rules: Rules, leaf: Compare) -> str:
    """The define of a comparison: `losses >= 3.0`."""
    return f"{leaf.fact} {leaf.op} {cut(rules, leaf)}"


def comparisons(rules: Rules) -> dict[str, Compare]:
    """Every comparison that the rules use, by the name of its define, in order of names."""
    leaves = (leaf for define in rules.defines for leaf in walk(define.criterion) if isinstance(leaf, Compare))
    found = {comparison(rules, leaf): leaf for leaf in leaves}
    return {name: found[name] for name in sorted(found)}
