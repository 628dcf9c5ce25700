"""The criterion P_a of each answer, written along the diagram: what several paths share is said once.

Spelled out path by path, P_a is a long disjunction (`answers.masks`). A diagram asks every fact at most once on a
path, so writing it node by node, each branch `condition and what follows`, has the same value under Kleene's logic:
true where some path holds throughout, false where every path is broken, else null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from decidua.answers import AnswerFunction
from decidua.answers.diagram import LEAF
from decidua.answers.masks import ways
from decidua.answers.space import condition
from decidua.criteria.cql import quoted
from decidua.criteria.tree import Criterion

Ways = tuple[tuple[str, str], ...]


def define_name(subject: str, way: Ways) -> str:
    """`subject`, and in brackets how the source is read: `asri-2025.ivig.selected [asri-2025.ivig.connector=or]`."""
    return f"{subject} [{', '.join(f'{reading}={slug}' for reading, slug in way)}]" if way else subject


def answer_name(option: str, answer: str, way: Ways) -> str:
    return define_name(f"{option}: {answer}", way)


class Steps:
    """The defines of one option. `write`: a condition on one fact in CQL."""

    def __init__(self, function: AnswerFunction, write: Callable[[Criterion], str]) -> None:
        self.function, self.diagrams, self.write = function, function.diagrams, write
        self.names: dict[tuple[int, str], str] = {}
        self.pending: list[tuple[str, str]] = []

    def defines(self) -> Iterator[tuple[str, str]]:
        """(name, expression), what is referred to before what refers to it."""
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
                leaf = self.diagrams.level[node] == LEAF
                own = () if node == self.diagrams.impossible else (str(self.diagrams.value[node]),)
                inner = own if leaf else tuple(a for child in self.diagrams.children[node] for a in below(child))
                found[node] = frozenset(inner)
            return found[node]

        for _, root in self.roots:
            below(root)
        return found

    @cached_property
    def shared(self) -> set[int]:
        """Nodes that more than one node leads to."""
        above: dict[int, set[int]] = {}
        for node in self.reached:
            if self.diagrams.level[node] != LEAF:
                for child in self.diagrams.children[node]:
                    above.setdefault(child, set()).add(node)
        roots = [root for _, root in self.roots]
        return {node for node in above if len(above[node]) + roots.count(node) > 1}

    def refer(self, node: int, answer: str) -> str:
        """The node in place, or by its name where it is shared."""
        if node not in self.shared:
            return f"({self.said(node, answer)})"
        key = (node, answer)
        if key not in self.names:
            said = self.said(node, answer)
            self.names[key] = f"{self.function.option}: {answer}, step {len(self.names) + 1}"
            self.pending.append((self.names[key], said))
        return quoted(self.names[key])

    def said(self, node: int, answer: str) -> str:
        """Where the answer is reached from this node."""
        if self.diagrams.level[node] == LEAF:
            return "true"
        variable = self.diagrams.variables[self.diagrams.level[node]]
        towards: dict[int, list[int]] = {}
        for cell, child in enumerate(self.diagrams.children[node]):
            if answer in self.reached[child]:
                towards.setdefault(child, []).append(cell)
        branches = [
            self.branch(self.write(condition(variable, cells)), child, answer) for child, cells in towards.items()
        ]
        return branches[0] if len(branches) == 1 else " or ".join(f"({branch})" for branch in branches)

    def branch(self, here: str, child: int, answer: str) -> str:
        leaf = self.diagrams.level[child] == LEAF
        return here if leaf else f"({here}) and {self.refer(child, answer)}"
