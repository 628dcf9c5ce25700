"""Hash-consed multi-valued decision diagrams: functions from the space's cells to leaves, equal when identical.

Nodes are integers. A leaf holds any hashable value; IMPOSSIBLE marks what the constraints exclude.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from decidua.answers.space import Variable

IMPOSSIBLE = "impossible"
LEAF = 1 << 30
Shape = tuple[tuple[int, Hashable], ...]
"""Each node after its children: its level and their places, or LEAF and its value. The last is the root."""


class Diagrams:
    """All diagrams over one sequence of variables; level i tests variable i."""

    def __init__(self, variables: Sequence[Variable]) -> None:
        self.variables = tuple(variables)
        self.widths = [len(variable.cells) for variable in variables]
        self.level: list[int] = []
        self.children: list[tuple[int, ...]] = []
        self.value: list[Hashable] = []
        self._leaves: dict[Hashable, int] = {}
        self._nodes: dict[tuple[int, tuple[int, ...]], int] = {}
        self._reachable: dict[int, frozenset[Hashable]] = {}
        self.impossible = self.leaf(IMPOSSIBLE)

    def copy(self) -> Diagrams:
        """The same nodes under the same numbers; what is added later is added to the copy alone."""
        made = Diagrams.__new__(Diagrams)
        made.variables, made.widths, made.impossible = self.variables, self.widths, self.impossible
        made.level, made.children, made.value = self.level[:], self.children[:], self.value[:]
        made._leaves, made._nodes = dict(self._leaves), dict(self._nodes)
        made._reachable = dict(self._reachable)
        return made

    def leaf(self, value: Hashable) -> int:
        if value not in self._leaves:
            self._leaves[value] = self._add(LEAF, (), value)
        return self._leaves[value]

    def node(self, level: int, children: tuple[int, ...]) -> int:
        """The node that tests `level`; no node where all children are the same."""
        if children.count(children[0]) == len(children):
            return children[0]
        key = (level, children)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = self._add(level, children, None)
        return found

    def _add(self, level: int, children: tuple[int, ...], value: Hashable) -> int:
        self.level.append(level)
        self.children.append(children)
        self.value.append(value)
        return len(self.level) - 1

    def combine(
        self,
        leaf: Callable[..., Hashable],
        nodes: Sequence[int],
        early: Callable[[tuple[int, ...]], int | None] = lambda _: None,
    ) -> int:
        """The pointwise combination of several diagrams. `early` may settle a tuple of nodes before its leaves."""
        memo: dict[tuple[int, ...], int] = {}

        def go(at: tuple[int, ...]) -> int:
            if at in memo:
                return memo[at]
            result = early(at)
            if result is None:
                top = min(self.level[node] for node in at)
                if top == LEAF:
                    result = self.leaf(leaf(*(self.value[node] for node in at)))
                else:
                    result = self.node(top, tuple(go(self._step(at, top, i)) for i in range(self.widths[top])))
            memo[at] = result
            return result

        return go(tuple(nodes))

    def _step(self, at: tuple[int, ...], level: int, cell: int) -> tuple[int, ...]:
        return tuple(self.children[node][cell] if self.level[node] == level else node for node in at)

    def restrict(self, root: int, allowed: Mapping[int, Sequence[int]]) -> int:
        """The diagram where each level keeps only its allowed cells; a single cell removes the level."""
        if not allowed:
            return root
        memo: dict[int, int] = {}
        last, levels, below, impossible = max(allowed), self.level, self.children, self.impossible

        def go(node: int) -> int:
            level = levels[node]
            if level > last:
                return node
            found = memo.get(node)
            if found is not None:
                return found
            cells, children = allowed.get(level), below[node]
            if cells is None:
                left = tuple([go(child) for child in children])
                found = node if left == children else self.node(level, left)
            elif len(cells) == 1:
                found = go(children[cells[0]])
            else:
                kept = [go(child) if cell in cells else impossible for cell, child in enumerate(children)]
                found = self.node(level, tuple(kept))
            memo[node] = found
            return found

        return go(root)

    def cofactor(self, node: int, level: int, cell: int) -> int:
        """The diagram with one level fixed."""
        return self.restrict(node, {level: (cell,)})

    def reachable(self, node: int) -> frozenset[Hashable]:
        """The leaf values under a node, without IMPOSSIBLE."""
        found = self._reachable.get(node)
        if found is None:
            if self.level[node] == LEAF:
                found = frozenset() if node == self.impossible else frozenset([self.value[node]])
            else:
                found = frozenset().union(*[self.reachable(child) for child in set(self.children[node])])
            self._reachable[node] = found
        return found

    def shape(self, root: int) -> Shape:
        """A diagram by itself, the same for the same function, wherever its nodes are numbered."""
        places: dict[int, int] = {}
        found: list[tuple[int, Hashable]] = []

        def go(node: int) -> int:
            if node not in places:
                level = self.level[node]
                inside = self.value[node] if level == LEAF else tuple([go(child) for child in self.children[node]])
                places[node] = len(found)
                found.append((level, inside))
            return places[node]

        go(root)
        return tuple(found)

    def support(self, root: int) -> set[int]:
        """The levels that a diagram tests."""
        seen: set[int] = set()
        levels: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if node in seen or self.level[node] == LEAF:
                continue
            seen.add(node)
            levels.add(self.level[node])
            stack += self.children[node]
        return levels
