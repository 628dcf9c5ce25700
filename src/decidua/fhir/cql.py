"""The rules of a guideline as the text of a CQL library."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.criteria.cql import expression, literal, quoted
from decidua.criteria.tree import Compare, Criterion
from decidua.facts import Fact
from decidua.fhir.bounds import FUNCTIONS, bound, comparison, comparisons, cut
from decidua.fhir.decisions import Decision
from decidua.fhir.rules import Define, Rules

FACTS = "Facts"
"""What a library on FHIR calls the library of facts that it includes."""
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
    """Facts are parameters: Boolean, String, or two Decimals, `low` and `high`, for a number; or, where the rules name
    a library of facts, its defines of the same names.

    Raises CriterionError for a literal that CQL's eight decimals cannot hold.
    """
    cuts = [_define(name, _comparison(rules, leaf)) for name, leaf in comparisons(rules).items()]
    head = f"library {quoted(rules.name)} version {literal(rules.version)}\n"
    defines = (_said(rules, define) for define in rules.defines)
    decisions = (_decided(rules, decision) for decision in rules.decisions)
    return "\n".join([head, *_inputs(rules), "", BOUNDS, *cuts, *defines, *decisions])


def _inputs(rules: Rules) -> list[str]:
    if rules.facts:
        include = f"include {quoted(rules.facts)} version {literal(rules.version)} called {quoted(FACTS)}"
        return ["using FHIR version '4.0.1'", include, "", "context Patient"]
    facts = [line for fact in rules.knowledge.vocabulary.facts.values() for line in _parameter(fact)]
    return [*facts, *(f"parameter {quoted(name)} Boolean" for name in sorted(rules.knowledge.stated))]


def _parameter(fact: Fact) -> Sequence[str]:
    if fact.numeric:
        return [f"parameter {quoted(bound(fact.id, side))} Decimal" for side in ("low", "high")]
    return [f"parameter {quoted(fact.id)} {'Boolean' if fact.type == 'boolean' else 'String'}"]


def _given(rules: Rules, name: str) -> str:
    return f"{quoted(FACTS)}.{quoted(name)}" if rules.facts else quoted(name)


def _comparison(rules: Rules, leaf: Compare) -> str:
    low, high = (_given(rules, bound(leaf.fact, side)) for side in ("low", "high"))
    return f"{quoted(FUNCTIONS[leaf.op])}({low}, {high}, {cut(rules, leaf)})"


def _said(rules: Rules, define: Define) -> str:
    text = _expression(rules, define.criterion)
    if define.stated:
        stated = _given(rules, define.stated)
        text = f"if {stated} is null then ({text}) else {stated}"
    return _define(define.name, text)


def _decided(rules: Rules, decision: Decision) -> str:
    text = _expression(rules, decision.said)
    return _define(decision.name, f"{text} {decision.leaf}" if decision.leaf else text)


def _expression(rules: Rules, criterion: Criterion) -> str:
    return expression(
        criterion,
        rules.knowledge.vocabulary,
        {},
        compare=lambda leaf: quoted(comparison(rules, leaf)),
        given=lambda fact: _given(rules, fact),
    )


def _define(name: str, text: str) -> str:
    return f"define {quoted(name)}:\n  {text}\n"
