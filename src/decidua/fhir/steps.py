"""The criterion P_a of each answer, written along the diagram: what several paths share is said once.

Spelled out path by path, P_a is a long disjunction (`answers.masks`). A diagram asks every fact at most once on a
path, so writing it node by node, each branch `condition and what follows`, has the same value under Kleene's logic:
true where some path holds throughout, false where every path is broken, else null.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from decidua.answers import AnswerFunction
from decidua.answers.diagram import LEAF
from decidua.answers.masks import ways
from decidua.answers.space import condition
from decidua.criteria.tree import Always, And, Criterion, Named, Or

Ways = tuple[tuple[str, str], ...]


def define_name(subject: str, way: Ways) -> str:
    """`subject`, and in brackets how the source is read: `asri-2025.ivig.selected [asri-2025.ivig.connector=or]`."""
    return f"{subject} [{', '.join(f'{reading}={slug}' for reading, slug in way)}]" if way else subject


def answer_name(option: str, answer: str, way: Ways) -> str:
    return define_name(f"{option}: {answer}", way)


class Steps:
    """The defines of one option; a shared node is a `Named` with the name of its own define."""

    def __init__(self, function: AnswerFunction) -> None:
        self.function, self.diagrams = function, function.diagrams
        self.names: dict[tuple[int, str], str] = {}
        self.pending: list[tuple[str, Criterion]] = []

    def defines(self) -> Iterator[tuple[str, Criterion]]:
        """(name, criterion), what is referred to before what refers to it."""
        for way, root in self.roots:
            for answer in sorted(self.reached[root]):
                said = self.said(root, answer)
                yield from self.pending
                self.pending.clear()
                yield answer_name(self.function.option, answer, way), said

    @cached_property
    def roots(self) -> list[tuple[Ways, int]]:
        return list(ways(self.function))

    @cached_property
    def reached(self) -> dict[int, frozenset[str]]:
        """Node → the answers below it."""
        found: dict[int, frozenset[str]] = {}

        def below(node: int) -> frozenset[str]:
            if node not in found:
                found[node] = self._own(node) or frozenset(
                    a for child in self.diagrams.children[node] for a in below(child)
                )
            return found[node]

        for _, root in self.roots:
            below(root)
        return found

    def _own(self, node: int) -> frozenset[str]:
        leaf = self.diagrams.level[node] == LEAF and node != self.diagrams.impossible
        return frozenset((str(self.diagrams.value[node]),)) if leaf else frozenset()

    @cached_property
    def shared(self) -> set[int]:
        """Nodes to which more than one node leads."""
        above: dict[int, set[int]] = {}
        for node in self.reached:
            if self.diagrams.level[node] != LEAF:
                for child in self.diagrams.children[node]:
                    above.setdefault(child, set()).add(node)
        roots = [root for _, root in self.roots]
        return {node for node in above if len(above[node]) + roots.count(node) > 1}

    def said(self, node: int, answer: str) -> Criterion:
        """Where the answer is reached from this node."""
        if self.diagrams.level[node] == LEAF:
            return Always(True)
        variable = self.diagrams.variables[self.diagrams.level[node]]
        towards: dict[int, list[int]] = {}
        for cell, child in enumerate(self.diagrams.children[node]):
            if answer in self.reached[child]:
                towards.setdefault(child, []).append(cell)
        branches = tuple(self.branch(condition(variable, cells), child, answer) for child, cells in towards.items())
        return branches[0] if len(branches) == 1 else Or(branches)

    def branch(self, here: Criterion, child: int, answer: str) -> Criterion:
        if self.diagrams.level[child] == LEAF:
            return here
        return And((here, self.step(child, answer) if child in self.shared else self.said(child, answer)))

    def step(self, node: int, answer: str) -> Named:
        key = (node, answer)
        if key not in self.names:
            said = self.said(node, answer)
            self.names[key] = f"{self.function.option}: {answer}, step {len(self.names) + 1}"
            self.pending.append((self.names[key], said))
        return Named(self.names[key])
