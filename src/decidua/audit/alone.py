"""Facts of which some value settles an open answer by itself: the deciding sets of one, for many patients."""

from __future__ import annotations

from typing import cast

from decidua.answers import AnswerFunction, branches, outcome, relevant


def alone(function: AnswerFunction, node: int) -> tuple[str, ...]:
    """Ids of such facts at a restricted diagram; none where the answer is settled or disputed."""
    cache = cast(dict[int, tuple[str, ...]], function.caches.setdefault("alone", {}))
    if node not in cache:
        open_still = outcome(branches(function, node))[0] == "needs-data"
        cache[node] = (
            tuple(fact for fact in relevant(function, node) if _settles(function, node, fact)) if open_still else ()
        )
    return cache[node]


def _settles(function: AnswerFunction, node: int, fact: str) -> bool:
    diagrams = function.diagrams
    level = next(at for at, variable in enumerate(diagrams.variables) if variable.id == fact)
    for cell in range(diagrams.widths[level]):
        found = branches(function, diagrams.cofactor(node, level, cell))
        if found and all(len(branch.possible) == 1 for branch in found):
            return True
    return False
