"""A guideline as a CQL library: definition, findings and, for each option and answer, the criterion P_a.

One define per way of reading the source, because CQL has no word for a source that can be read in two ways.
A finding is null where it is undetermined. An answer is *possible* where its P_a is not false; where several are
possible the answer is undecided, and no define ever turns that into a no.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from decidua.answers import Answers
from decidua.criteria.cql import expression, literal, number, quoted
from decidua.criteria.tree import Compare, Criterion
from decidua.facts import Fact
from decidua.fhir.steps import Steps, Ways, define_name
from decidua.guidelines import Knowledge
from decidua.guidelines.model import Guideline

FUNCTIONS = {">=": "At least", ">": "More than", "<=": "At most", "<": "Less than", "=": "Exactly"}
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


def library_name(guideline: str) -> str:
    return "Decidua" + "".join(part.upper() if part.isalpha() else part for part in guideline.split("-"))


def library(answers: Answers, guideline: str, version: str) -> str:
    """The text of the library. Facts are parameters: Boolean, String, or Decimal `low` and `high` for a number.

    Raises CriterionError for a literal that CQL's eight decimals cannot hold.
    """
    return _Library(answers, answers.knowledge.guidelines[guideline], version).text()


class _Library:
    def __init__(self, answers: Answers, guideline: Guideline, version: str) -> None:
        self.answers, self.k, self.guideline, self.version = answers, answers.knowledge, guideline, version
        self.comparisons: dict[str, str] = {}
        """Every comparison that is used: its name, `losses >= 3.0`, and what it means."""

    def text(self) -> str:
        head = f"library {quoted(library_name(self.guideline.id))} version {literal(self.version)}\n"
        defines = [*self.names(), *self.findings(), *self.possible()]
        comparisons = [define(name, self.comparisons[name]) for name in sorted(self.comparisons)]
        return "\n".join([head, *parameters(self.k), "", BOUNDS, *comparisons, *defines])

    def names(self) -> Iterator[str]:
        """A stated name is what the user says; else it is computed."""
        for name, meant in self.k.names.items():
            for ways in self.ways(meant):
                computed = self.write(meant, ways)
                if name in self.k.stated:
                    computed = f"if {quoted(name)} is null then ({computed}) else {quoted(name)}"
                yield define(self.computed(name, dict(ways)), computed)

    def findings(self) -> Iterator[str]:
        definition = self.k.definitions[self.guideline.id]
        for ways in self.ways(definition):
            yield define(define_name(f"{self.guideline.id} definition", ways), self.write(definition, ways))
        for statement in self.k.statements.values():
            if statement.guideline == self.guideline.id:
                population = self.k.populations[statement.id]
                for ways in self.ways(population):
                    yield define(define_name(statement.id, ways), self.write(population, ways))

    def possible(self) -> Iterator[str]:
        for option in self.k.options:
            steps = Steps(self.answers.function(self.guideline.id, option), lambda leaf: self.write(leaf, ()))
            yield from (define(name, said) for name, said in steps.defines())

    def ways(self, criterion: Criterion) -> list[Ways]:
        """Every way of reading what the criterion rests on."""
        readings = sorted(self.k.readings_under(criterion) - set(self.k.settled))
        slugs = [list(self.k.readings[reading].alternatives) for reading in readings]
        return [tuple(zip(readings, way, strict=True)) for way in product(*slugs)]

    def write(self, criterion: Criterion, ways: Ways) -> str:
        settled = {**self.k.settled, **dict(ways)}
        return expression(
            criterion, self.k.vocabulary, settled,
            name=lambda name: quoted(self.computed(name, settled)), compare=self.compare,
        )  # fmt: skip

    def compare(self, leaf: Compare) -> str:
        cut = number(self.k.vocabulary.facts[leaf.fact], leaf.value)
        cut = cut if "." in cut else f"{cut}.0"
        low, high = quoted(f"{leaf.fact} low"), quoted(f"{leaf.fact} high")
        name = f"{leaf.fact} {leaf.op} {cut}"
        self.comparisons[name] = f"{quoted(FUNCTIONS[leaf.op])}({low}, {high}, {cut})"
        return quoted(name)

    def computed(self, name: str, settled: dict[str, str]) -> str:
        """The define of a name under these readings; apart from the parameter that states it."""
        readings = sorted(self.k.readings_under(self.k.names[name]) - set(self.k.settled))
        return define_name(f"{name} holds", tuple((reading, settled[reading]) for reading in readings))


def parameters(knowledge: Knowledge) -> list[str]:
    facts = [line for fact in knowledge.vocabulary.facts.values() for line in _parameter(fact)]
    return facts + [f"parameter {quoted(name)} Boolean" for name in sorted(knowledge.stated)]


def _parameter(fact: Fact) -> Sequence[str]:
    if fact.numeric:
        return [f"parameter {quoted(f'{fact.id} {side}')} Decimal" for side in ("low", "high")]
    return [f"parameter {quoted(fact.id)} {'Boolean' if fact.type == 'boolean' else 'String'}"]


def define(name: str, expression: str) -> str:
    return f"define {quoted(name)}:\n  {expression}\n"
