"""The admissible patients as diagrams: what a check needs to ask “can this ever be true?” exactly.

Stated names are taken out (a name that may be stated equals its definition, so it adds nothing that can be), which
leaves readings and facts, jointly constrained.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from decidua.answers.diagram import Diagrams
from decidua.answers.functions import Builder, variables_of
from decidua.criteria import Criterion
from decidua.guidelines import Knowledge


def without_stated(knowledge: Knowledge) -> Knowledge:
    """The same knowledge, in which no named criterion may be given as a fact."""
    named = {id_: criterion.model_copy(update={"stated": False}) for id_, criterion in knowledge.named.items()}
    return replace(knowledge, named=named)


@dataclass(frozen=True)
class Region:
    """Diagrams with leaves True and False over the readings and facts of some criteria. `limits`: the constraints."""

    knowledge: Knowledge
    diagrams: Diagrams
    builder: Builder
    limits: int

    @property
    def nothing(self) -> int:
        return self.builder.no

    def of(self, criterion: Criterion) -> int:
        return self.builder.of(criterion)

    def of_renamed(self, criterion: Criterion, names: Mapping[str, Criterion]) -> int:
        """A criterion under other definitions of some names."""
        changed = replace(self.knowledge, names={**self.knowledge.names, **names})
        return Builder(self.diagrams, changed).of(criterion)

    def both(self, *nodes: int) -> int:
        return self.diagrams.combine(lambda *values: all(values), nodes, self._early)

    def without(self, node: int, other: int) -> int:
        return self.diagrams.combine(lambda a, b: a and not b, (node, other))

    def _early(self, at: tuple[int, ...]) -> int | None:
        return self.nothing if self.nothing in at else None


def region(knowledge: Knowledge, criteria: Sequence[Criterion]) -> Region:
    """`knowledge` without stated names."""
    diagrams = Diagrams(variables_of(knowledge, criteria))
    builder = Builder(diagrams, knowledge)
    found = Region(knowledge, diagrams, builder, builder.yes)
    return replace(found, limits=found.both(builder.yes, *builder.limits))
