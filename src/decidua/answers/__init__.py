"""Answers: possible worlds as decision diagrams, relevant facts, deciding sets, masks for columns and CQL."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import product
from threading import Lock

from decidua.answers.conclude import conclude
from decidua.answers.deciding import DecidingSet, deciding
from decidua.answers.functions import AnswerFunction, build, likeness, spoken
from decidua.answers.masks import Masks, masks
from decidua.answers.meaning import AGAINST, ANSWERS, FOR, SILENT, WEAK, Conflict, meaning, unrefined
from decidua.answers.relevant import relevant
from decidua.answers.worlds import Branch, Standing, branches, outcome, readings_of, stand
from decidua.facts import Value
from decidua.guidelines import Knowledge

__all__ = [
    "AGAINST", "ANSWERS", "FOR", "SILENT", "WEAK", "AnswerFunction", "Answers", "Branch", "Conflict", "DecidingSet",
    "Masks", "Standing", "branches", "build", "conclude", "deciding", "masks", "meaning", "outcome", "readings_of",
    "relevant", "stand", "unrefined",
]  # fmt: skip


class Answers:
    """The answer functions of one knowledge, each built when it is first asked for.

    Options of which a guideline says the same of the same women share a diagram, and what is worked out at it.

    Functions learn while they are used (diagrams grow, results are remembered), and the last patient is remembered:
    an object is for one thread and one patient. `apart` makes one for each from a common base.
    """

    def __init__(self, knowledge: Knowledge, base: Answers | None = None) -> None:
        self.knowledge = knowledge
        self._base = base
        self._building = Lock()
        self._functions: dict[tuple[str, str], AnswerFunction] = {}
        self._wholes: dict[tuple[str, str], AnswerFunction] = {}
        self._drawn: dict[Hashable, AnswerFunction] = {}
        self._concluded: tuple[Mapping[str, Value], Mapping[str, Value]] = ({}, {})
        self._standings: dict[int, Standing | None] = {}

    def function(self, guideline: str, option: str) -> AnswerFunction:
        key = (guideline, option)
        found = self._functions.get(key)
        if found is None:
            drawn = self._drawn_here(*key) if self._base is None else self._drawing(*key)
            said = spoken(self.knowledge, guideline, option)
            found = self._functions[key] = drawn.of(guideline, option, said)
        return found

    def _drawing(self, guideline: str, option: str) -> AnswerFunction:
        """A function with the diagram of this one: its own, or that of an option that is alike."""
        if self._base is None:
            return self.function(guideline, option)
        whole = self._base._whole(guideline, option)
        found = self._drawn.get(id(whole.diagrams))
        if found is None:
            found = self._drawn[id(whole.diagrams)] = whole.apart()
        return found

    def _drawn_here(self, guideline: str, option: str) -> AnswerFunction:
        """Where content contradicts itself, what is told of it names statements: those are never shared."""
        alike = likeness(self.knowledge, guideline, option)
        found = self._drawn.get(alike)
        if found is None or found.conflicts:
            found = self._drawn[alike] = build(self.knowledge, guideline, option)
        return found

    def _whole(self, guideline: str, option: str) -> AnswerFunction:
        """With all that its copies start from, built by one thread, whichever comes first."""
        found = self._wholes.get((guideline, option))
        if found is None:
            with self._building:
                found = self.function(guideline, option)
                _ = found.root
                self._wholes[guideline, option] = found
        return found

    def ready(self) -> None:
        """Build every function now, and not when it is first asked for."""
        for guideline, option in product(self.knowledge.guidelines, self.knowledge.options):
            self._whole(guideline, option)

    def apart(self) -> Answers:
        """Answers that start from what these know and keep to themselves what they learn.

        Shared stays what follows from a function alone, among it some deciding sets, by what is open and not by whom.

        Any number of threads may take theirs from one base, as long as nothing but `apart` is asked of it.
        """
        return Answers(self.knowledge, self)

    def conclude(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """The values with what follows from stated names; the last patient is remembered."""
        if self._concluded[0] is not values:
            self._concluded = (values, conclude(self.knowledge, values)[0])
            self._standings = {}
        return self._concluded[1]

    def standing(self, guideline: str, option: str, values: Mapping[str, Value]) -> Standing | None:
        """`values` must be closed under the constraints; None where they admit no world."""
        drawn, known = self._drawing(guideline, option), self.conclude(values)
        key = id(drawn.diagrams)
        if key not in self._standings:
            self._standings[key] = stand(drawn, known)
        return self._standings[key]
