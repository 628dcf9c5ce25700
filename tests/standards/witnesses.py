"""Witnesses: a patient for every path of every diagram of a guideline, and she again with each one fact unknown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import cast

from decidua.answers import AnswerFunction, Answers
from decidua.answers.functions import representative
from decidua.answers.masks import Path, paths, ways
from decidua.answers.space import Span
from decidua.facts import Value


def witnesses(answers: Answers, guideline: str) -> Iterator[dict[str, Value]]:
    """Each once; as the diagram sees them, so not closed under the constraints."""
    seen: set[frozenset[tuple[str, Value]]] = set()
    for option in answers.knowledge.options:
        for woman in _of(answers.function(guideline, option)):
            key = frozenset(woman.items())
            if key not in seen:
                seen.add(key)
                yield woman


def _of(function: AnswerFunction) -> Iterator[dict[str, Value]]:
    for _, root in ways(function):
        for path, _ in paths(function, root):
            woman = _realised(function, path)
            yield woman
            for fact in woman:
                yield {id_: value for id_, value in woman.items() if id_ != fact}


def _realised(function: AnswerFunction, path: Path) -> dict[str, Value]:
    woman: dict[str, Value] = {}
    for level, cells in path:
        variable = function.diagrams.variables[level]
        cell = variable.cells[cells[0]]
        woman[variable.id] = max(Decimal(0), representative(cell)) if isinstance(cell, Span) else cast(Value, cell)
    return woman
