"""Answers: possible worlds as decision diagrams, relevant facts, deciding sets, masks for columns and CQL."""

from __future__ import annotations

from collections.abc import Mapping

from decidua.answers.conclude import conclude
from decidua.answers.deciding import DecidingSet, deciding
from decidua.answers.functions import AnswerFunction, build
from decidua.answers.masks import Masks, masks
from decidua.answers.meaning import AGAINST, ANSWERS, FOR, SILENT, WEAK, Conflict, meaning, unrefined
from decidua.answers.relevant import relevant
from decidua.answers.worlds import Branch, Standing, stand
from decidua.facts import Value
from decidua.guidelines import Knowledge

__all__ = [
    "AGAINST", "ANSWERS", "FOR", "SILENT", "WEAK", "AnswerFunction", "Answers", "Branch", "Conflict", "DecidingSet",
    "Masks", "Standing", "build", "conclude", "deciding", "masks", "meaning", "relevant", "stand", "unrefined",
]  # fmt: skip


class Answers:
    """The answer functions of one knowledge, each built when it is first asked for."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._functions: dict[tuple[str, str], AnswerFunction] = {}
        self._concluded: tuple[Mapping[str, Value], Mapping[str, Value]] = ({}, {})

    def function(self, guideline: str, option: str) -> AnswerFunction:
        key = (guideline, option)
        if key not in self._functions:
            self._functions[key] = build(self.knowledge, guideline, option)
        return self._functions[key]

    def conclude(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """The values with what follows from stated names; the last patient is remembered."""
        if self._concluded[0] is not values:
            self._concluded = (values, conclude(self.knowledge, values)[0])
        return self._concluded[1]

    def standing(self, guideline: str, option: str, values: Mapping[str, Value]) -> Standing | None:
        """`values` must be closed under the constraints; None where they admit no world."""
        return stand(self.function(guideline, option), self.conclude(values))
