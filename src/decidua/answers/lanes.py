"""All small assignments of a function at once: one large integer, with a lane of bits for each assignment.

A lane stands for up to `LARGEST` variables with a value each, the first lane for none. It is a byte, or as many as it
needs: a bit for every answer that the function can give, and at the top an empty one, the guard, in which a lane's
count of answers can be told without the next lane noticing. The answers that are possible under every assignment are
then found in one pass over the diagram, with as many operations on integers as it has edges; fixing the variables one
after the other would build a diagram for each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from math import prod
from operator import and_
from typing import cast

from decidua.answers.diagram import IMPOSSIBLE, LEAF, Shape

LARGEST = 3
GUARD = b"\x80"
"""The byte of a lane with its guard, where the guard is set and nothing else."""
Assignment = tuple[tuple[int, int], ...]
"""(level, cell) of each variable, in order of levels."""


@dataclass(frozen=True)
class Block:
    """The lanes of one set of variables, from lane `start` on; the cells of the last variable change fastest."""

    levels: tuple[int, ...]
    start: int


class Lanes:
    """The lanes of one function; nothing here depends on a patient.

    `fixing[level][cell]`: the bits of all lanes that give the variable this value. `without[level]`: of all lanes that
    say nothing of it. `sized[n]`: of all lanes with n variables. `guards`, `lowest`: the top and bottom bits of all.
    """

    def __init__(self, widths: Sequence[int], first: int, answers: Sequence[object]) -> None:
        """`first`: the level of the first variable that is no reading."""
        self.widths, self.first, self.answers = widths, first, tuple(answers)
        self.bytes = len(answers) // 8 + 1
        self.bits = 8 * self.bytes
        self.blocks, self.count = _blocks(widths, range(first, len(widths)))
        self.starts = [block.start for block in self.blocks]
        self._assignments: dict[int, Assignment] = {}
        self.lowest = _repeated(1, self.bits, self.count)
        self.guards = self.lowest << self.bits - 1
        self.all = (1 << self.bits * self.count) - 1
        self.fixing = {
            level: [self._marked(level, cell) for cell in range(widths[level])] for level in range(first, len(widths))
        }
        self.without = {level: self.all ^ sum(cells) for level, cells in self.fixing.items()}
        self.sized = [self._of_size(size) for size in range(LARGEST + 1)]

    def _marked(self, level: int, cell: int) -> int:
        """All bits of the lanes that fix the level to the cell, put together block by block."""
        return _joined(
            (block.start * self.bits, self._in_block(block, block.levels.index(level), cell))
            for block in self.blocks
            if level in block.levels
        )

    def _in_block(self, block: Block, position: int, cell: int) -> int:
        widths = [self.widths[level] for level in block.levels]
        run = prod(widths[position + 1 :]) * self.bits
        return _repeated(((1 << run) - 1) << cell * run, widths[position] * run, prod(widths[:position]))

    def _of_size(self, size: int) -> int:
        blocks = [block for block in self.blocks if len(block.levels) == size]
        lanes = sum(prod(self.widths[level] for level in block.levels) for block in blocks)
        return ((1 << lanes * self.bits) - 1) << blocks[0].start * self.bits if blocks else 0

    # ---- reading ----------------------------------------------------------------------------------------------------

    def possible(self, shape: Shape) -> list[int]:
        """For each node below the readings: in every lane the answers that it leaves possible there; above them 0."""
        found: list[int] = []
        for level, inside in shape:
            if level == LEAF:
                found.append(0 if inside == IMPOSSIBLE else self.lowest << self.answers.index(inside))
            elif level < self.first:
                found.append(0)
            else:
                found.append(self._below(level, [found[child] for child in cast(tuple[int, ...], inside)]))
        return found

    def _below(self, level: int, children: Sequence[int]) -> int:
        """Where a lane fixes the level, what its cell leaves; elsewhere what any cell leaves."""
        either = fixed = 0
        for child, lanes in zip(children, self.fixing[level], strict=True):
            either |= child
            fixed |= child & lanes
        return either & self.without[level] | fixed

    def some(self, lanes: int) -> int:
        """The guards of the lanes with a bit or more."""
        return ((lanes | self.guards) - self.lowest) & self.guards

    def several(self, lanes: int) -> int:
        """The guards of the lanes with two bits or more."""
        return self.some(((lanes | self.guards) - self.lowest) & lanes)

    def set_in(self, guards: int) -> Iterator[int]:
        """The numbers of the lanes whose guards are set."""
        written = guards.to_bytes(self.bytes * self.count, "little")
        at = written.find(GUARD)
        while at >= 0:
            yield at // self.bytes
            at = written.find(GUARD, at + 1)

    def contents(self, lanes: int) -> Callable[[int], int]:
        """The bits of a lane by its number."""
        written, size = lanes.to_bytes(self.bytes * self.count, "little"), self.bytes
        return lambda lane: int.from_bytes(written[size * lane : size * (lane + 1)], "little")

    def assignment(self, lane: int) -> Assignment:
        """What a lane stands for."""
        if lane not in self._assignments:
            block = self.blocks[bisect_right(self.starts, lane) - 1]
            rest, cells = lane - block.start, list[tuple[int, int]]()
            for level in reversed(block.levels):
                rest, cell = divmod(rest, self.widths[level])
                cells.append((level, cell))
            self._assignments[lane] = tuple(reversed(cells))
        return self._assignments[lane]

    def holding(self, assignments: Iterable[Assignment]) -> int:
        """All bits of the lanes of which one of the assignments is a part."""
        found = 0
        for assignment in assignments:
            found |= reduce(and_, (self.fixing[level][cell] for level, cell in assignment)) if assignment else self.all
        return found


def _blocks(widths: Sequence[int], levels: Sequence[int]) -> tuple[list[Block], int]:
    """Smaller sets of variables first; and the number of lanes."""
    blocks, start = list[Block](), 0
    for size in range(LARGEST + 1):
        for chosen in combinations(levels, size):
            blocks.append(Block(chosen, start))
            start += prod(widths[level] for level in chosen)
    return blocks, start


def _repeated(pattern: int, step: int, times: int) -> int:
    """The pattern `times` over, `step` bits apart."""
    return pattern * (((1 << step * times) - 1) // ((1 << step) - 1)) if times else 0


def _joined(pieces: Iterator[tuple[int, int]]) -> int:
    """Pieces at their places, which do not overlap and ascend; by pairs, since one by one would copy all each time."""
    listed = list(pieces)
    while len(listed) > 1:
        pairs = zip(listed[::2], listed[1::2], strict=False)
        halved = [(at, low | high << there - at) for (at, low), (there, high) in pairs]
        listed = halved + ([listed[-1]] if len(listed) % 2 else [])
    return listed[0][1] << listed[0][0] if listed else 0
