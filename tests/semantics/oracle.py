"""Brute force: every complete admissible patient, every reading, by the reference interpreter. Knows no diagram.

Numbers stand for their neighbours: every cut-off, every number that the patient names, the middles between, and
beyond. Counts run from 0 to two past the largest cut-off or known value; a total also reaches the sum of its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from itertools import combinations, pairwise, product
from operator import or_

from decidua.answers import Conflict, meaning
from decidua.answers.deciding import LARGEST, DecidingSet
from decidua.criteria import Compare, Criterion, truth, walk
from decidua.criteria.tree import And, Named
from decidua.criteria.truth import holds
from decidua.facts import Constraint, Fact, Range, Value
from decidua.guidelines import Knowledge

Reading = tuple[tuple[str, str], ...]
Reached = str | Conflict
Choice = tuple[tuple[str, int], ...]
"""A hypothetical assignment: fact or stated name → number of one of its cells."""


@dataclass(frozen=True)
class World:
    values: dict[str, Value]
    key: tuple[Value, ...]


class Oracle:
    """What is possible for one patient, by enumeration."""

    def __init__(self, knowledge: Knowledge, guideline: str, option: str, known: Mapping[str, Value]) -> None:
        self.knowledge, self.known = knowledge, known
        self.said = [s for s in knowledge.said(guideline, option) if s.kind != "remark"]
        populations = [knowledge.populations[s.id] for s in self.said]
        self.criteria = [knowledge.definitions[guideline], *populations] if populations else []
        every = _with_linking_names(knowledge, And(tuple(self.criteria)))
        self.facts = _with_totals(knowledge.expand(every), knowledge.vocabulary.constraints)
        self.stated = sorted(knowledge.names_under(every) & knowledge.stated)
        self.readings = _readings(knowledge, knowledge.readings_under(every))
        roots = [every, *(knowledge.names[name] for name in knowledge.names_under(every))]
        self.leaves = [node for root in roots for node in walk(root) if isinstance(node, Compare)]
        self.worlds = list(self._worlds())
        self._truths: dict[tuple[object, ...], bool] = {}
        self._rests: dict[int, list[str]] = {}
        self.there = [[self._speaks(knowledge.populations[s.id], dict(r)) for s in self.said] for r in self.readings]
        self.names: list[list[dict[str, bool]]] = [
            [self._names(w, dict(r)) for w in self.worlds] for r in self.readings
        ]
        self.answers: list[list[Reached | None]] = [
            [self._answer(world, i) if self._agrees(self.names[i][j]) else None for j, world in enumerate(self.worlds)]
            for i, r in enumerate(self.readings)
        ]

    # ---- worlds

    def _worlds(self) -> Iterable[World]:
        return self._admissible(self._linked(self.facts), self.known)

    def _admissible(self, linked: set[str], known: Mapping[str, Value]) -> Iterable[World]:
        order = sorted(linked)
        candidates = [self._candidates(self.knowledge.vocabulary.facts[id_], linked, known.get(id_)) for id_ in order]
        for key in product(*candidates):
            values = dict(zip(order, key, strict=True))
            if all(_admits(constraint, values) for constraint in self.knowledge.vocabulary.constraints):
                yield World(values, key)

    def _speaks(self, population: Criterion, reading: dict[str, str]) -> bool:
        """Whether a statement speaks of anybody at all, whatever is known of this patient."""
        settled = self.knowledge.settled | reading
        everybody = self._admissible(self._linked(self.knowledge.expand(population)), {})
        return any(self._true(population, world, settled) for world in everybody)

    def _linked(self, facts: set[str]) -> set[str]:
        """The facts that criteria rest on, and every fact that a constraint ties to one of them."""
        found = set(facts)
        while (
            more := {f for c in self.knowledge.vocabulary.constraints for f in _members(c) if _members(c) & found}
            - found
        ):
            found |= more
        return found

    def _candidates(self, fact: Fact, linked: set[str], known: Value | None) -> list[Value]:
        if fact.type == "boolean":
            return [False, True] if known is None else [known]
        if fact.type == "choice":
            return list(fact.choices) if known is None else [known]
        numbers = self._counts(fact.id, linked) if fact.type == "integer" else self._amounts(fact.id)
        return [n for n in numbers if known is None or _within(n, known)]

    def _counts(self, id_: str, linked: set[str]) -> list[Decimal]:
        tied = {id_}.union(*(_members(c) for c in self.knowledge.vocabulary.constraints if id_ in _members(c)))
        top = max([0, *(int(n) for fact in tied & linked for n in self._named(fact))]) + 2
        parts = [len(c.sum) for c in self.knowledge.vocabulary.constraints if c.at_most == id_]
        return [Decimal(n) for n in range(top * max([1, *parts]) + 1)]

    def _amounts(self, id_: str) -> list[Decimal]:
        points = sorted(self._named(id_)) or [Decimal(0)]
        return [points[0] - 1, *points, *((a + b) / 2 for a, b in pairwise(points)), points[-1] + 1]

    def _named(self, id_: str) -> set[Decimal]:
        """The numbers that criteria or the patient name of a fact."""
        value = self.known.get(id_)
        ends = (value.low, value.high) if isinstance(value, Range) else (value,)
        return {n for n in ends if isinstance(n, Decimal)} | {leaf.value for leaf in self.leaves if leaf.fact == id_}

    # ---- truth, remembered by the facts that a criterion rests on

    def _true(self, node: Criterion, world: World, settled: Mapping[str, str]) -> bool:
        if id(node) not in self._rests:
            self._rests[id(node)] = sorted(self.knowledge.expand(node))
        rests = self._rests[id(node)]
        key = (id(node), tuple(world.values[id_] for id_ in rests), tuple(settled.items()))
        if key not in self._truths:
            result = truth(node, world.values, self.knowledge.names, settled)
            assert result is not None, "a complete patient under one reading leaves nothing unknown"
            self._truths[key] = result
        return self._truths[key]

    def _names(self, world: World, reading: dict[str, str]) -> dict[str, bool]:
        settled = self.knowledge.settled | reading
        return {name: self._true(self.knowledge.names[name], world, settled) for name in self.stated}

    def _agrees(self, names: Mapping[str, bool]) -> bool:
        return all(self.known.get(name, true) is true for name, true in names.items())

    def _answer(self, world: World, i: int) -> Reached | None:
        settled = self.knowledge.settled | dict(self.readings[i])
        if not self.said:
            return "not-in-source"
        in_scope, *applies = (self._true(criterion, world, settled) for criterion in self.criteria)
        return meaning(self.said, applies, in_scope, self.there[i])

    # ---- answers

    def possible(self) -> dict[Reading, frozenset[Reached]]:
        """Per reading; empty where nothing agrees with what is stated."""
        return {
            reading: frozenset(answer for answer in self.answers[i] if answer is not None)
            for i, reading in enumerate(self.readings)
        }

    def answer(self) -> Reached | None:
        found = [reached for reached in self.possible().values() if reached]
        every = frozenset().union(*found)
        if len(every) <= 1:
            return next(iter(every), None)
        return "disputed" if all(len(reached) == 1 for reached in found) else "needs-data"

    def conflicts(self) -> set[Conflict]:
        return {a for reached in self.possible().values() for a in reached if isinstance(a, Conflict)}

    def relevant(self) -> set[str]:
        """Facts in which alone two worlds differ that have different answers under one reading."""
        found: set[str] = set()
        for position, id_ in enumerate(sorted(self._linked(self.facts))):
            for answers in self.answers:
                seen: dict[tuple[Value, ...], set[Reached]] = {}
                for world, answer in zip(self.worlds, answers, strict=True):
                    if answer is not None:
                        rest = world.key[:position] + world.key[position + 1 :]
                        seen.setdefault(rest, set()).add(answer)
                if any(len(different) > 1 for different in seen.values()):
                    found.add(id_)
        return found

    # ---- deciding sets

    def cells(self, id_: str) -> list[list[Value]]:
        """Values of a fact that no criterion tells apart; counts tied by a sum are told apart up to where it bites."""
        if id_ in self.stated:
            return [[value] for value in ((False, True) if self.known.get(id_) is None else (self.known[id_],))]
        groups: dict[object, list[Value]] = {}
        for value in {world.values[id_]: None for world in self.worlds}:
            groups.setdefault(self._signature(id_, value), []).append(value)
        return list(groups.values())

    def _signature(self, id_: str, value: Value) -> object:
        if not isinstance(value, Decimal):
            return value
        tests = tuple(holds(leaf.op, value, leaf.value) for leaf in self.leaves if leaf.fact == id_)
        return tests, tuple(min(int(value), limit) for limit in self._limits(id_))

    def _limits(self, id_: str) -> Iterable[int]:
        for constraint in self.knowledge.vocabulary.constraints:
            tied = _members(constraint) & self.facts
            if constraint.at_most in tied and id_ in tied and len(tied) > 1:
                top = max((int(leaf.value) + 1 for leaf in self.leaves if leaf.fact in tied), default=1)
                yield top * (len(tied) - 1) if id_ == constraint.at_most else top

    def deciding(self) -> set[tuple[Choice, str]]:
        """All minimal assignments of up to three cells that settle the answer, with the answer."""
        cells = {id_: self.cells(id_) for id_ in [*sorted(self.facts), *self.stated]}
        settles = _Settling(self, cells)
        if settles(()) is not None:
            return set()
        found: dict[Choice, str] = {}
        for size in range(1, LARGEST + 1):
            for ids in combinations(cells, size):
                for numbers in product(*(range(len(cells[id_])) for id_ in ids)):
                    choice = tuple(zip(ids, numbers, strict=True))
                    parts = (part for less in range(1, size) for part in combinations(choice, less))
                    if any(part in found for part in parts):
                        continue
                    answer = settles(choice)
                    if answer is not None:
                        found[choice] = answer
        return set(found.items())

    def spelled(self, sets: Sequence[DecidingSet]) -> list[tuple[Choice, str]]:
        """Deciding sets written out as assignments of this oracle's cells."""
        ids = [*sorted(self.facts), *self.stated]
        found = []
        for given in sets:
            pairs = sorted(zip(given.facts, given.when, strict=True), key=lambda pair: ids.index(pair[0]))
            numbers = [
                [i for i, cell in enumerate(self.cells(id_)) if truth(when, {id_: cell[0]}, {}, {})]
                for id_, when in pairs
            ]
            found += [
                (tuple(zip((id_ for id_, _ in pairs), chosen, strict=True)), given.answer)
                for chosen in product(*numbers)
            ]
        return found


class _Settling:
    """The one answer that an assignment leaves, by sets of worlds kept as bits of an integer."""

    def __init__(self, oracle: Oracle, cells: Mapping[str, list[list[Value]]]) -> None:
        self.everything: list[int] = []
        self.by_answer: list[dict[Reached, int]] = []
        self.by_cell: list[dict[tuple[str, int], int]] = []
        for i, answers in enumerate(oracle.answers):
            by_answer: dict[Reached, int] = {}
            for j, answer in enumerate(answers):
                if answer is not None:
                    by_answer[answer] = by_answer.get(answer, 0) | 1 << j
            self.by_answer.append(by_answer)
            self.everything.append(reduce(or_, by_answer.values(), 0))
            self.by_cell.append(
                {
                    (id_, n): sum(
                        1 << j
                        for j, world in enumerate(oracle.worlds)
                        if (oracle.names[i][j][id_] if id_ in oracle.stated else world.values[id_]) in cell
                    )
                    for id_, listed in cells.items()
                    for n, cell in enumerate(listed)
                }
            )

    def __call__(self, choice: Choice) -> Reached | None:
        reached: set[Reached] = set()
        for worlds, by_answer, by_cell in zip(self.everything, self.by_answer, self.by_cell, strict=True):
            for step in choice:
                worlds &= by_cell[step]
            here = {answer for answer, bits in by_answer.items() if bits & worlds}
            if len(here) > 1:
                return None
            reached |= here
        if not reached:
            return None
        return reached.pop() if len(reached) == 1 else "disputed"


def _members(constraint: Constraint) -> set[str]:
    if constraint.at_most:
        return {*constraint.sum, constraint.at_most} if constraint.strict else set()
    return {constraint.if_, constraint.then} if constraint.if_ and constraint.then else set()


def _with_linking_names(knowledge: Knowledge, every: And) -> And:
    """A name that can be stated and ties together two facts that are used bears on the answer, named or not."""
    while True:
        facts, names = knowledge.expand(every), knowledge.names_under(every)
        more = [
            name
            for name in sorted(knowledge.stated - names)
            if len(knowledge.expand(knowledge.names[name]) & facts) > 1
        ]
        if not more:
            return every
        every = And((*every.parts, *map(Named, more)))


def _with_totals(facts: set[str], constraints: Iterable[Constraint]) -> set[str]:
    """Two parts of one sum bear on each other through its total: then the total can be asked for too."""
    tied = [c for c in constraints if c.strict and c.at_most and len(facts & set(c.sum)) > 1]
    return facts | {str(c.at_most) for c in tied}


def _admits(constraint: Constraint, values: Mapping[str, Value]) -> bool:
    members = _members(constraint)
    if not members or not members <= set(values):
        return True
    if constraint.at_most:
        return sum(values[part] for part in constraint.sum) <= values[constraint.at_most]  # type: ignore[misc, operator]
    return not values[str(constraint.if_)] or values[str(constraint.then)] is True


def _within(n: Decimal, known: Value) -> bool:
    if isinstance(known, Range):
        return (known.low is None or n >= known.low) and (known.high is None or n <= known.high)
    return n == known


def _readings(knowledge: Knowledge, ids: set[str]) -> list[Reading]:
    open_ = sorted(ids - set(knowledge.settled))
    ways = product(*([(id_, slug) for slug in knowledge.readings[id_].alternatives] for id_ in open_))
    return list(ways)
