"""The smallest patient that shows something: the fewest facts which, whatever else is true, lead to a leaf."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from decidua.answers.diagram import IMPOSSIBLE, LEAF, Diagrams
from decidua.answers.space import Span, Variable
from decidua.facts import Fact, Value, Vocabulary, show_value
from decidua.facts.values import plain
from decidua.guidelines import Knowledge
from decidua.language import Lang, say

Cells = tuple[tuple[int, int], ...]
"""(level, cell) pairs."""


@dataclass(frozen=True)
class Witness:
    """A patient by a few facts; `readings`: how the source had to be read for it, where that matters."""

    values: Mapping[str, Value]
    given: Mapping[str, str]
    """The same as a person would write them in a patient file."""
    readings: tuple[tuple[str, str], ...]

    def words(self, knowledge: Knowledge, lang: Lang) -> tuple[tuple[str, str], ...]:
        """(label, value) in words."""
        return tuple(_in_words(knowledge, id_, value, lang) for id_, value in self.values.items())

    def line(self, knowledge: Knowledge) -> str:
        shown = [f"{label}: {value}" for label, value in self.words(knowledge, "en")]
        shown += [f"reading {reading} as {slug}" for reading, slug in self.readings]
        return "; ".join(shown) or "anybody"


def _in_words(knowledge: Knowledge, id_: str, value: Value, lang: Lang) -> tuple[str, str]:
    if id_ in knowledge.named:
        return knowledge.named[id_].label[lang], say(lang, "value.yes" if value else "value.no")
    fact = knowledge.vocabulary.facts[id_]
    return fact.label[lang], show_value(fact, value, lang)


def smallest(
    diagrams: Diagrams, root: int, readings: int, wanted: Callable[[Hashable], bool]
) -> tuple[Cells, Cells] | None:
    """The fewest fact cells that lead every admissible patient to one wanted leaf, and the readings they need.

    `readings`: how many of the first levels are readings; one is chosen only where leaving it open costs more facts.
    None if no wanted leaf can be reached.
    """
    leaves = sorted((leaf for leaf in diagrams.reachable(root) if wanted(leaf)), key=str)
    found = [best for leaf in leaves if (best := _Search(diagrams, readings).towards(root, leaf)) is not None]
    if not found:
        return None
    cells = min(found, key=lambda best: best[:2])[2]
    return tuple(c for c in cells if c[0] < readings), tuple(c for c in cells if c[0] >= readings)


Best = tuple[int, int, Cells]
"""Facts, readings, and the cells of both."""


class _Search:
    """Smallest implicants, level by level: a variable is left open (then all its cells must do) or fixed to a cell.

    Leaves: True where the wanted one is reached, False where another is, None where nobody can be (it does not matter).
    """

    def __init__(self, diagrams: Diagrams, readings: int) -> None:
        self.diagrams, self.readings = diagrams, readings
        self.memo: dict[int, Best | None] = {}

    def towards(self, root: int, wanted: Hashable) -> Best | None:
        def judged(leaf: Hashable) -> bool | None:
            return None if leaf == IMPOSSIBLE else leaf == wanted

        return self.best(self.diagrams.combine(judged, [root]))

    def best(self, node: int) -> Best | None:
        if self.diagrams.level[node] == LEAF:
            return (0, 0, ()) if self.diagrams.value[node] is True else None
        if node not in self.memo:
            found = [
                self.best(self.diagrams.combine(_throughout, self.diagrams.children[node])),
                *self._fixed(node),
            ]
            self.memo[node] = min((one for one in found if one is not None), key=lambda one: one[:2], default=None)
        return self.memo[node]

    def _fixed(self, node: int) -> Iterable[Best]:
        level = self.diagrams.level[node]
        reading = level < self.readings
        for cell, child in enumerate(self.diagrams.children[node]):
            below = self.best(child)
            if below is not None:
                facts, readings, cells = below
                yield facts + (not reading), readings + reading, ((level, cell), *cells)


def _throughout(*leaves: Hashable) -> bool | None:
    if False in leaves:
        return False
    return True if True in leaves else None


def witness(knowledge: Knowledge, variables: Sequence[Variable], chosen: Cells, cells: Cells) -> Witness:
    """The cells as values: for numbers one inside the span, and totals that hold their parts."""
    facts = knowledge.vocabulary.facts
    values = {variables[level].id: _value(facts, variables[level], cell) for level, cell in cells}
    _lift_totals(knowledge.vocabulary, values)
    readings = tuple((variables[level].id, str(variables[level].cells[cell])) for level, cell in chosen)
    return Witness(values, {id_: _written(facts.get(id_), value) for id_, value in values.items()}, readings)


def _value(facts: Mapping[str, Fact], variable: Variable, cell: int) -> Value:
    held = variable.cells[cell]
    return _inside(facts[variable.id], held) if isinstance(held, Span) else held


def _inside(fact: Fact, span: Span) -> Decimal:
    """The first whole number inside the span, else its middle."""
    low = span.low[0] if span.low else (fact.possible or (Decimal(0), Decimal(0)))[0]
    whole = low.to_integral_value(rounding="ROUND_CEILING")
    for candidate in (whole, whole + 1):
        if span.holds(candidate):
            return candidate
    return (low + span.high[0]) / 2 if span.high else low + 1


def _lift_totals(vocabulary: Vocabulary, values: dict[str, Value]) -> None:
    """“Five or more” is written as 5; a total so written must still hold the sum of its parts."""
    for constraint in vocabulary.constraints:
        total = values.get(str(constraint.at_most))
        if constraint.strict and isinstance(total, Decimal):
            parts = [part for part in (values.get(id_) for id_ in constraint.sum) if isinstance(part, Decimal)]
            values[str(constraint.at_most)] = max(total, sum(parts, Decimal(0)))


def _written(fact: Fact | None, value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{plain(value)} {fact.unit.code if fact and fact.unit else ''}".strip()
    return str(value)
