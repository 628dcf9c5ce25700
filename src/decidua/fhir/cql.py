"""The rules of a guideline as the text of a CQL library."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.criteria.cql import expression, literal, quoted
from decidua.criteria.tree import Compare
from decidua.facts import Fact
from decidua.fhir.bounds import FUNCTIONS, bound, comparison, comparisons, cut
from decidua.fhir.rules import Define, Rules

BOUNDS = """\
// A number may be known within bounds: low and high, both null where nothing is known, equal where it is known.
define function "At least"(low Decimal, high Decimal, cut Decimal):
  if low >= cut then true else if high < cut then false else null as Boolean
define function "More than"(low Decimal, high Decimal, cut Decimal):
  if low > cut then true else if high <= cut then false else null as Boolean
define function "At most"(low Decimal, high Decimal, cut Decimal):
  if high <= cut then true else if low > cut then false else null as Boolean
define function "Less than"(low Decimal, high Decimal, cut Decimal):
  if high < cut then true else if low >= cut then false else null as Boolean
define function "Exactly"(low Decimal, high Decimal, cut Decimal):
  if low = cut and high = cut then true else if low > cut or high < cut then false else null as Boolean
"""


def cql_text(rules: Rules) -> str:
    """Facts are parameters: Boolean, String, or two Decimals, `low` and `high`, for a number.

    Raises CriterionError for a literal that CQL's eight decimals cannot hold.
    """
    knowledge = rules.knowledge
    facts = [line for fact in knowledge.vocabulary.facts.values() for line in _parameter(fact)]
    names = [f"parameter {quoted(name)} Boolean" for name in sorted(knowledge.stated)]
    cuts = [_define(name, _comparison(rules, leaf)) for name, leaf in comparisons(rules).items()]
    head = f"library {quoted(rules.name)} version {literal(rules.version)}\n"
    return "\n".join([head, *facts, *names, "", BOUNDS, *cuts, *(_said(rules, define) for define in rules.defines)])


def _parameter(fact: Fact) -> Sequence[str]:
    if fact.numeric:
        return [f"parameter {quoted(bound(fact.id, side))} Decimal" for side in ("low", "high")]
    return [f"parameter {quoted(fact.id)} {'Boolean' if fact.type == 'boolean' else 'String'}"]


def _comparison(rules: Rules, leaf: Compare) -> str:
    low, high = (quoted(bound(leaf.fact, side)) for side in ("low", "high"))
    return f"{quoted(FUNCTIONS[leaf.op])}({low}, {high}, {cut(rules, leaf)})"


def _said(rules: Rules, define: Define) -> str:
    text = expression(
        define.criterion, rules.knowledge.vocabulary, {}, compare=lambda leaf: quoted(comparison(rules, leaf))
    )
    if define.stated:
        text = f"if {quoted(define.stated)} is null then ({text}) else {quoted(define.stated)}"
    return _define(define.name, text)


def _define(name: str, text: str) -> str:
    return f"define {quoted(name)}:\n  {text}\n"
