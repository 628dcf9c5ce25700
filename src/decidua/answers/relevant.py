"""Relevant facts: the unknown ones on which an answer can still turn.

A fact is relevant if two complete, admissible patients that agree with what is known, under one reading, differ in
this fact alone and get different answers.
"""

from __future__ import annotations

from typing import cast

from decidua.answers.diagram import LEAF, Diagrams
from decidua.answers.functions import AnswerFunction


def relevant(function: AnswerFunction, node: int) -> tuple[str, ...]:
    """Ids of relevant facts, in the vocabulary's order, at a restricted diagram."""
    cache = cast(dict[int, tuple[str, ...]], function.caches.setdefault("relevant", {}))
    if node not in cache:
        diagrams = function.diagrams
        plain = without_names(function, node)
        levels = sorted(_sensitive(function, plain))
        cache[node] = tuple(diagrams.variables[i].id for i in levels if diagrams.variables[i].kind == "fact")
    return cache[node]


def without_names(function: AnswerFunction, root: int) -> int:
    """Stated names are fixed by the facts below them: keep, of their two branches, whichever is possible."""
    diagrams = function.diagrams
    cache = cast(dict[int, int], function.caches.setdefault("plain", {}))

    last = max((i for i, variable in enumerate(diagrams.variables) if variable.kind == "named"), default=-1)

    def go(node: int) -> int:
        if node in cache:
            return cache[node]
        level = diagrams.level[node]
        if level > last:  # names stand above all facts
            return node
        children = tuple(go(child) for child in diagrams.children[node])
        if diagrams.variables[level].kind == "named":
            result = diagrams.combine(lambda a, b: b if a == "impossible" else a, children)
        else:
            result = diagrams.node(level, children)
        cache[node] = result
        return result

    return go(root)


def _sensitive(function: AnswerFunction, root: int) -> set[int]:
    diagrams, found, seen, stack = function.diagrams, set[int](), set[int](), [root]
    while stack:
        node = stack.pop()
        level = diagrams.level[node]
        if node in seen or level == LEAF:
            continue
        seen.add(node)
        children = sorted(set(diagrams.children[node]))
        stack += children
        if level not in found and level >= function.readings:
            pairs = ((a, b) for i, a in enumerate(children) for b in children[i + 1 :])
            if any(differ(function, a, b) for a, b in pairs):
                found.add(level)
    return found


def differ(function: AnswerFunction, a: int, b: int) -> bool:
    """Whether some assignment leads to two different possible answers from two places of the diagram."""
    memo = cast(dict[tuple[int, int], bool], function.caches.setdefault("differ", {}))
    return _differ(function.diagrams, a, b, memo)


def _differ(diagrams: Diagrams, a: int, b: int, memo: dict[tuple[int, int], bool]) -> bool:
    if a == b or diagrams.impossible in (a, b):
        return False
    key = (a, b) if a < b else (b, a)
    if key not in memo:
        top = min(diagrams.level[a], diagrams.level[b])
        memo[key] = top == LEAF or any(
            _differ(diagrams, _at(diagrams, a, top, cell), _at(diagrams, b, top, cell), memo)
            for cell in range(diagrams.widths[top])
        )
    return memo[key]


def _at(diagrams: Diagrams, node: int, level: int, cell: int) -> int:
    return diagrams.children[node][cell] if diagrams.level[node] == level else node
