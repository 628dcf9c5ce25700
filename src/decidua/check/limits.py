"""What the engine cannot take exactly, refused before it can matter."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.check.problem import Problem, at
from decidua.criteria import Compare, CriterionError, walk
from decidua.criteria.cql import expression
from decidua.guidelines import Knowledge


def limit_problems(knowledge: Knowledge) -> Iterator[Problem]:
    yield from _long_literals(knowledge)
    yield from _chained_totals(knowledge)
    yield from _names_over_numbers(knowledge)


def _long_literals(knowledge: Knowledge) -> Iterator[Problem]:
    """A literal in another unit whose canonical value has more decimals than CQL."""
    for kind, criteria in (("statements", knowledge.own_populations), ("criteria", knowledge.names)):
        for id_, criterion in criteria.items():
            try:
                for leaf in walk(criterion):
                    if isinstance(leaf, Compare):
                        expression(leaf, knowledge.vocabulary, {})
            except CriterionError as error:
                yield at(knowledge.content.items[kind][id_], [], f"{error}.")


def _chained_totals(knowledge: Knowledge) -> Iterator[Problem]:
    """A total that is a part of another total: cells would not tie the two sums together."""
    strict = [constraint for constraint in knowledge.vocabulary.constraints if constraint.strict and constraint.at_most]
    totals = {str(constraint.at_most) for constraint in strict}
    for constraint in strict:
        for part in sorted(totals & set(constraint.sum)):
            item = knowledge.content.items["constraints"][constraint.id]
            yield at(item, ["sum"], f"limits {part}, which is itself a total; write the sum over the parts of {part}.")


def _names_over_numbers(knowledge: Knowledge) -> Iterator[Problem]:
    """A stated name tells what it says about yes/no facts and choices to every answer, but not about numbers."""
    for name in sorted(knowledge.stated):
        facts = knowledge.expand(knowledge.names[name])
        numeric = sorted(fact for fact in facts if knowledge.vocabulary.facts[fact].numeric)
        if numeric:
            item = knowledge.content.items["criteria"][name]
            message = f"may be stated, but rests on the number {', '.join(numeric)}; only yes/no facts can be below it."
            yield at(item, ["stated"], message)
