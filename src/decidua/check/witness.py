"""The smallest patient that shows something: the fewest facts which, whatever else is true, lead to a leaf."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from decidua.answers.diagram import Diagrams
from decidua.answers.space import Span, Variable
from decidua.facts import Fact, Value, Vocabulary, show_value
from decidua.facts.values import plain
from decidua.language import Lang

Cells = tuple[tuple[int, int], ...]
"""(level, cell) pairs."""


@dataclass(frozen=True)
class Witness:
    """A patient by a few facts; `readings`: how the source had to be read for it, where that matters."""

    values: Mapping[str, Value]
    given: Mapping[str, str]
    """The same as a person would write them in a patient file."""
    readings: tuple[tuple[str, str], ...]

    def words(self, vocabulary: Vocabulary, lang: Lang) -> tuple[tuple[str, str], ...]:
        """(label, value) in words."""
        facts = vocabulary.facts
        return tuple(
            (facts[id_].label[lang], show_value(facts[id_], value, lang))
            for id_, value in self.values.items()
        )

    def line(self, vocabulary: Vocabulary) -> str:
        shown = [f"{label}: {value}" for label, value in self.words(vocabulary, "en")]
        return (
            "; ".join([*shown, *(f"reading {reading} as {slug}" for reading, slug in self.readings)])
            or "anybody"
        )


def smallest(
    diagrams: Diagrams,
    root: int,
    readings: int,
    wanted: Callable[[Hashable], bool],
    at_most: int | None = None,
) -> tuple[Cells, Cells] | None:
    """The fewest fact cells (and a choice of readings, none if possible) that lead only to one wanted leaf.

    `readings`: how many of the first levels are readings. None if more than `at_most` facts would be needed.
    """
    ways = [((), root), *_ways(diagrams, root, readings)]
    search = _Search(diagrams, wanted)
    largest = len(diagrams.variables) - readings if at_most is None else at_most
    for size in range(largest + 1):
        for chosen, node in ways:
            found = search.find(node, readings, size)
            if found is not None:
                return chosen, found
    return None


def _ways(diagrams: Diagrams, root: int, readings: int) -> Iterable[tuple[Cells, int]]:
    levels = sorted(level for level in diagrams.support(root) if level < readings)
    for cells in product(*(range(diagrams.widths[level]) for level in levels)):
        chosen = tuple(zip(levels, cells, strict=True))
        if chosen:
            yield chosen, diagrams.restrict(root, {level: (cell,) for level, cell in chosen})


class _Search:
    """Depth-first by size; `failed` remembers up to which size nothing was found below a diagram."""

    def __init__(self, diagrams: Diagrams, wanted: Callable[[Hashable], bool]) -> None:
        self.diagrams, self.wanted = diagrams, wanted
        self.failed: dict[tuple[int, int], int] = {}

    def find(self, node: int, start: int, left: int) -> Cells | None:
        reached = self.diagrams.reachable(node)
        if not any(self.wanted(leaf) for leaf in reached):
            return None
        if len(reached) == 1:
            return ()
        if left == 0 or self.failed.get((node, start), -1) >= left:
            return None
        found = self._deeper(node, start, left)
        if found is None:
            self.failed[node, start] = left
        return found

    def _deeper(self, node: int, start: int, left: int) -> Cells | None:
        for level in sorted(level for level in self.diagrams.support(node) if level >= start):
            for cell in range(self.diagrams.widths[level]):
                below = self.find(self.diagrams.cofactor(node, level, cell), level + 1, left - 1)
                if below is not None:
                    return ((level, cell), *below)
        return None


def witness(vocabulary: Vocabulary, variables: Sequence[Variable], chosen: Cells, cells: Cells) -> Witness:
    """The cells as values: for numbers one inside the span, and totals that hold their parts."""
    values: dict[str, Value] = {
        variables[level].id: _value(vocabulary.facts[variables[level].id], variables[level], cell)
        for level, cell in cells
    }
    _lift_totals(vocabulary, values)
    readings = tuple((variables[level].id, str(variables[level].cells[cell])) for level, cell in chosen)
    return Witness(
        values, {id_: _written(vocabulary.facts[id_], value) for id_, value in values.items()}, readings
    )


def _value(fact: Fact, variable: Variable, cell: int) -> Value:
    held = variable.cells[cell]
    return _inside(fact, held) if isinstance(held, Span) else held


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
            parts = [
                part for part in (values.get(id_) for id_ in constraint.sum) if isinstance(part, Decimal)
            ]
            values[str(constraint.at_most)] = max(total, sum(parts, Decimal(0)))


def _written(fact: Fact, value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{plain(value)} {fact.unit.code if fact.unit else ''}".strip()
    return str(value)
