"""Whether what a measured statement speaks of was done: decisions for Measures, true or false and never null.

For each of them: women it may be meant for (initial population), women it surely is meant for and whose answer is
undisputed (denominator), of these those of whose care nothing is known (exclusion), and those treated as it says
(numerator). A drug that is taken for another reason is no care that the statement speaks of: it is not known care.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decidua.answers import AGAINST
from decidua.criteria import Criterion, facts_in, parse
from decidua.criteria.tree import And, Named, Not, Or
from decidua.facts import Fact
from decidua.fhir.decisions import Decision, answer_is
from decidua.guidelines import Knowledge, Option, Statement
from decidua.guidelines.concordance import measurable

REASON = "current_drug_reason"
POPULATIONS = ("initial-population", "denominator", "denominator-exclusion", "numerator")


@dataclass(frozen=True)
class Care:
    """One measured statement on one option. `given`, `withheld`: criteria, each true only where it is known."""

    statement: Statement
    option: Option
    given: Criterion
    withheld: Criterion

    @property
    def name(self) -> str:
        return self.statement.id if len(self.statement.options) == 1 else f"{self.statement.id} {self.option.id}"


def measured_care(knowledge: Knowledge, guideline: str | None = None) -> list[Care]:
    """Of every statement that care is measured against, where whether it was done is a fact here."""
    found = []
    for statement in knowledge.statements.values():
        if measurable(statement) and guideline in (None, statement.guideline):
            made = (_care(knowledge, statement, knowledge.options[id_]) for id_ in statement.options)
            found += [care for care in made if care]
    return found


def _care(knowledge: Knowledge, statement: Statement, option: Option) -> Care | None:
    vocabulary = knowledge.vocabulary
    if option.done_fact:
        known = [_is_known(vocabulary.facts[fact]) for fact in option.decides]
        given = parse(" or ".join([option.done_fact, *known]), vocabulary)
        return Care(statement, option, given, parse(f"not {option.done_fact}", vocabulary))
    drugs = drugs_of(knowledge, option)
    if len(drugs) != 1 or REASON not in vocabulary.facts:
        return None
    given = parse(f"{drugs[0]} and {REASON} = 'pregnancy-loss'", vocabulary)
    return Care(statement, option, given, parse(f"not {drugs[0]}", vocabulary))


def drugs_of(knowledge: Knowledge, option: Option) -> Sequence[str]:
    """The facts that say that the option is taken now: those that its other indications ask about with a reason."""
    criteria = [knowledge.conditions[one.id] for one in option.other_indications]
    asked = [facts_in(criterion) for criterion in criteria]
    return sorted({fact for facts in asked if REASON in facts for fact in facts if fact.startswith("on_")})


def _is_known(fact: Fact) -> str:
    """A criterion that is true for every value of the fact, and unknown where there is none."""
    if fact.choices:
        return f"{fact.id} in {{{', '.join(repr(choice) for choice in fact.choices)}}}"
    if fact.type == "boolean":
        return f"{fact.id} or not {fact.id}"
    unit = f" '{fact.units[0].code}'" if fact.units else ""
    low, high = fact.possible or (0, 0)
    return f"{fact.id} >= {low}{unit} or {fact.id} <= {high}{unit}"


def given_name(care: Care) -> str:
    return f"{care.name} care given"


def withheld_name(care: Care) -> str:
    return f"{care.name} care withheld"


def population_name(care: Care, population: str) -> str:
    return f"{care.name} measure {population}"


def of_care(care: Care) -> Iterator[Decision]:
    """After the decisions on the statement and its option."""
    id_, applies = care.statement.id, Named(f"{care.statement.id} applies")
    surely = {name: Named(f"{name} surely") for name in (given_name(care), withheld_name(care))}
    for name, decision in surely.items():
        yield Decision(decision.id, Named(name), "is true")
    names = {population: Named(population_name(care, population)) for population in POPULATIONS}
    undisputed = Named(answer_is(care.option.id, str(care.statement.answer)))
    given, withheld = surely.values()
    right = And((Not(given), withheld)) if care.statement.answer in AGAINST else given
    said: dict[str, Criterion] = {
        "initial-population": Or((applies, Named(f"{id_} undetermined"))),
        "denominator": And((applies, undisputed)),
        "denominator-exclusion": And((names["denominator"], Not(Or((given, withheld))))),
        "numerator": And((names["denominator"], right)),
    }
    for population, criterion in said.items():
        yield Decision(names[population].id, criterion)
