"""Answers: possible worlds as decision diagrams, relevant facts, deciding sets, masks for columns and CQL."""

from __future__ import annotations

from collections.abc import Mapping

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
    "Masks", "Standing", "build", "deciding", "masks", "meaning", "relevant", "stand", "unrefined",
]  # fmt: skip


class Answers:
    """The answer functions of one knowledge, each built when it is first asked for."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._functions: dict[tuple[str, str], AnswerFunction] = {}

    def function(self, guideline: str, option: str) -> AnswerFunction:
        key = (guideline, option)
        if key not in self._functions:
            self._functions[key] = build(self.knowledge, guideline, option)
        return self._functions[key]

    def standing(self, guideline: str, option: str, values: Mapping[str, Value]) -> Standing | None:
        return stand(self.function(guideline, option), values)
