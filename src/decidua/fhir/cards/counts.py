"""How many treatments each guideline is for, against and so on, for one patient, in one run of compiled criteria.

A call must be answered in milliseconds, and a card needs no more than counts. For each answer a diagram gives the
criterion that is not false exactly where the answer is possible (`answers.masks`); joined by group and compiled
together they are run once for a patient. `tests/cards` holds them against the answers themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from decidua.answers import AGAINST, FOR, SILENT, WEAK, Answers, masks
from decidua.criteria import Criterion
from decidua.criteria.compiled import compile_criteria
from decidua.criteria.tree import Or
from decidua.facts import Value
from decidua.guidelines import Knowledge

GROUPS: Mapping[str, str] = {
    **dict.fromkeys(FOR, "for"), **dict.fromkeys(AGAINST, "against"), **dict.fromkeys(WEAK, "weak"),
    **dict.fromkeys(SILENT, "silent"),
}  # fmt: skip
Cell = tuple[str, str]
"""(guideline, option)"""


class Counts:
    """Made once for a content: `knowledge.kept(Counts)`. Nothing of a patient stays in it."""

    def __init__(self, knowledge: Knowledge) -> None:
        answers = Answers(knowledge)
        treatments = [option.id for option in knowledge.options.values() if option.kind == "treatment"]
        self.cells: list[Cell] = [(guideline, option) for guideline in knowledge.guidelines for option in treatments]
        found = [(cell, *pair) for cell in self.cells for pair in _groups(answers, cell)]
        self.keys = [(cell, group) for cell, group, _ in found]
        self.run = compile_criteria([criterion for *_, criterion in found], knowledge.names, knowledge.settled).run

    def of(self, values: Mapping[str, Value]) -> dict[str, Counter[str]]:
        """Guideline → group → how many treatments; `open` where more than one group is possible. `values` with what
        follows from stated names (`consult.patient.admit`)."""
        possible: dict[Cell, list[str]] = {cell: [] for cell in self.cells}
        for (cell, group), code in zip(self.keys, self.run(values), strict=False):
            if code:
                possible[cell].append(group)
        found: dict[str, Counter[str]] = {guideline: Counter() for guideline, _ in self.cells}
        for (guideline, _), groups in possible.items():
            found[guideline][groups[0] if len(groups) == 1 else "open"] += 1
        return found


def _groups(answers: Answers, cell: Cell) -> Iterator[tuple[str, Criterion]]:
    """Each group of answers and the criterion that is not false where one of its answers is possible."""
    parts: dict[str, dict[Criterion, None]] = {}
    for way in masks(answers.function(*cell)):
        for answer, criterion in way.criteria.items():
            parts.setdefault(GROUPS[answer], {})[criterion] = None
    for group, joined in parts.items():
        yield group, next(iter(joined)) if len(joined) == 1 else Or(tuple(joined))
