"""The answer of one guideline about one option, as a diagram over readings, stated names and facts."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import cast

from decidua.answers.diagram import IMPOSSIBLE, LEAF, Diagrams
from decidua.answers.meaning import Conflict, meaning
from decidua.answers.space import Break, Span, Variable, fact_variable
from decidua.criteria.tree import (
    Always,
    And,
    AtLeast,
    Choose,
    Compare,
    Criterion,
    Is,
    Named,
    Not,
    OneOf,
    Or,
    parts_of,
    walk,
)
from decidua.criteria.truth import holds
from decidua.facts import Constraint, Vocabulary
from decidua.guidelines import Knowledge, Statement


@dataclass(frozen=True)
class AnswerFunction:
    """`plain`: answers over readings (top) and facts; what cannot be is IMPOSSIBLE."""

    guideline: str
    option: str
    said: tuple[Statement, ...]
    diagrams: Diagrams
    builder: Builder | None
    plain: int
    readings: int
    """How many of the first variables are readings."""
    conflicts: tuple[Conflict, ...]
    caches: dict[str, dict[object, object]] = field(default_factory=dict)
    """What is learned at its nodes."""
    shared: dict[str, object] = field(default_factory=dict)
    """What follows from the function alone; the same for all copies."""

    @property
    def root(self) -> int:
        """The same with the names that a patient may state, each equal to its definition; built when asked for."""
        if "root" not in self.shared:
            self.shared["root"] = self._with_names()
        return cast(int, self.shared["root"])

    def _with_names(self) -> int:
        names = [variable.id for variable in self.diagrams.variables if variable.kind == "named"]
        if self.builder is None or not names:
            return self.plain
        return self.diagrams.combine(_within, [self.plain, *map(self.builder.stated, names)])

    def alike(self) -> Hashable:
        """The same for the functions of one knowledge that give everybody the same answer, under every reading."""
        return self.diagrams.variables, self.diagrams.shape(self.plain)

    def apart(self) -> AnswerFunction:
        """A copy that learns by itself; the numbers of nodes are the same. Of silence there is nothing to learn."""
        if not self.said:
            return self
        _ = self.root
        caches = {name: dict(cache) for name, cache in self.caches.items()}
        return replace(self, diagrams=self.diagrams.copy(), builder=None, caches=caches)

    def of(self, guideline: str, option: str, said: tuple[Statement, ...]) -> AnswerFunction:
        """The function of an option that is alike: one diagram, and what is learned at it, for both."""
        return AnswerFunction(
            guideline, option, said, self.diagrams, self.builder, self.plain, self.readings, self.conflicts,
            self.caches, self.shared,
        )  # fmt: skip


Likeness = tuple[Hashable, ...]


def likeness(knowledge: Knowledge, guideline: str, option: str) -> Likeness:
    """All that a diagram is drawn from: options for which it is equal have the same answer for every patient."""
    said = spoken(knowledge, guideline, option)
    places = {statement.id: place for place, statement in enumerate(said)}
    return (
        knowledge.definitions[guideline] if said else None,
        *(
            (s.kind, s.answer, knowledge.populations[s.id], tuple(places[id_] for id_ in s.refines if id_ in places))
            for s in said
        ),
    )


def spoken(knowledge: Knowledge, guideline: str, option: str) -> tuple[Statement, ...]:
    """The statements that an answer can come from."""
    return tuple(s for s in knowledge.said(guideline, option) if s.kind != "remark")


def build(knowledge: Knowledge, guideline: str, option: str) -> AnswerFunction:
    """Build the diagram; conflicts between statements stay as leaves and are listed."""
    said = spoken(knowledge, guideline, option)
    if not said:
        diagrams = Diagrams(())
        silence = diagrams.leaf("not-in-source")
        return AnswerFunction(guideline, option, (), diagrams, None, silence, 0, ())
    criteria = [knowledge.definitions[guideline], *(knowledge.populations[s.id] for s in said)]
    diagrams = Diagrams(variables_of(knowledge, criteria))
    builder = Builder(diagrams, knowledge)
    answers = _answers(builder, said, [builder.of(criterion) for criterion in criteria])
    plain = diagrams.combine(_within, [answers, *builder.limits]) if builder.limits else answers
    readings = sum(variable.kind == "reading" for variable in diagrams.variables)
    conflicts = tuple(sorted((a for a in diagrams.reachable(plain) if isinstance(a, Conflict)), key=str))
    return AnswerFunction(guideline, option, said, diagrams, builder, plain, readings, conflicts)


def _answers(builder: Builder, said: Sequence[Statement], parts: Sequence[int]) -> int:
    """`parts`: the definition, then each statement's population."""
    count = len(said)

    def leaf(in_scope: bool, *flags: bool) -> object:
        return meaning(said, flags[:count], in_scope, flags[count:])

    people = [builder.diagrams.combine(lambda *true: all(true), [part, *builder.limits]) for part in parts[1:]]
    return builder.diagrams.combine(leaf, [*parts, *map(builder.exists, people)])


def _within(answer: object, *limits: bool) -> str:
    return cast(str, answer) if all(limits) else IMPOSSIBLE


def variables_of(knowledge: Knowledge, criteria: Sequence[Criterion]) -> list[Variable]:
    """Readings first, then the names that may be stated, then facts in the order of the vocabulary."""
    every = with_linked_names(knowledge, And(tuple(criteria)))
    names = knowledge.names_under(every)
    leaves = [leaf for root in (every, *(knowledge.names[name] for name in names)) for leaf in walk(root)]
    variables = [
        Variable(id_, "reading", tuple(knowledge.readings[id_].alternatives))
        for id_ in sorted(knowledge.readings_under(every) - set(knowledge.settled))
    ]
    variables += [Variable(name, "named", (False, True)) for name in sorted(names & knowledge.stated)]
    facts = with_totals(knowledge.vocabulary, knowledge.expand(every))
    more = linked_breaks(knowledge.vocabulary, facts, [leaf for leaf in leaves if isinstance(leaf, Compare)])
    for id_, fact in knowledge.vocabulary.facts.items():
        if id_ in facts:
            own = [leaf for leaf in leaves if isinstance(leaf, Compare) and leaf.fact == id_]
            variables.append(fact_variable(fact, own, more.get(id_, ())))
    return variables


def with_linked_names(knowledge: Knowledge, every: And) -> And:
    """The criteria and the stated names that matter beside them: those that tie together two facts that are used.

    A name that touches one used fact only needs no variable: `conclude` has drawn what follows from it.
    """
    facts, names = knowledge.expand(every), knowledge.names_under(every)
    linked = [
        Named(name)
        for name in sorted(knowledge.stated - names)
        if len(knowledge.expand(knowledge.names[name]) & facts) > 1
    ]
    return with_linked_names(knowledge, And((*every.parts, *linked))) if linked else every


def linked_breaks(vocabulary: Vocabulary, facts: set[str], leaves: Sequence[Compare]) -> dict[str, list[Break]]:
    """Counts that one constraint links get single values up to the largest cut, so that cells decide exactly;
    a total up to where its parts, all past their cuts, fit in."""
    found: dict[str, list[Break]] = {}
    for constraint in vocabulary.constraints:
        linked = sum_members(constraint) & facts
        if constraint.strict and constraint.at_most in linked and len(linked) > 1:
            top = max((int(leaf.value) + 1 for leaf in leaves if leaf.fact in linked), default=1)
            for fact in linked:
                last = top * (len(linked) - 1) if fact == constraint.at_most else top
                found.setdefault(fact, []).extend((Decimal(i), 0) for i in range(1, last + 1))
    return found


def with_totals(vocabulary: Vocabulary, facts: set[str]) -> set[str]:
    """Two parts of one sum bear on each other through its total: then the total is a variable too."""
    sums = (c for c in vocabulary.constraints if c.strict and c.at_most and len(facts & set(c.sum)) > 1)
    return facts | {str(c.at_most) for c in sums}


def sum_members(constraint: Constraint) -> set[str]:
    return {*constraint.sum, constraint.at_most} if constraint.at_most else set()


def implications(vocabulary: Vocabulary) -> set[tuple[str, str]]:
    """(a, b) where a being true makes b true, chains included."""
    pairs = {(str(c.if_), str(c.then)) for c in vocabulary.constraints if c.if_ and c.then}
    while more := {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs:
        pairs |= more
    return pairs


class Builder:
    """Criteria and constraints as diagrams with leaves True and False."""

    def __init__(self, diagrams: Diagrams, knowledge: Knowledge) -> None:
        self.diagrams, self.knowledge = diagrams, knowledge
        self.levels = {variable.id: level for level, variable in enumerate(diagrams.variables)}
        self.memo: dict[Criterion, int] = {}
        self.yes, self.no = diagrams.leaf(True), diagrams.leaf(False)

    def of(self, node: Criterion) -> int:
        if node not in self.memo:
            self.memo[node] = self._of(node)
        return self.memo[node]

    def _of(self, node: Criterion) -> int:
        match node:
            case Always(value):
                return self.yes if value else self.no
            case Is(fact):
                return self.test(fact, lambda cell: cell is True)
            case OneOf(fact, choices):
                return self.test(fact, lambda cell: cell in choices)
            case Compare():
                return self.test(node.fact, lambda cell: span_holds(cast(Span, cell), node))
            case Named(id):
                return self.of(self.knowledge.names[id])
            case Choose(reading, alternatives):
                return self.choose(reading, dict(alternatives))
            case Not(part):
                return self.diagrams.combine(lambda a: not a, [self.of(part)])
            case And():
                return self.joint(node, all, self.no)
            case Or():
                return self.joint(node, any, self.yes)
            case AtLeast(k, _):
                return self.joint(node, lambda parts: sum(parts) >= k, None)

    def joint(self, node: And | Or | AtLeast, fold: object, decisive: int | None) -> int:
        parts = [self.of(part) for part in parts_of(node)]

        def early(at: tuple[int, ...]) -> int | None:
            return decisive if decisive is not None and decisive in at else None

        return self.diagrams.combine(lambda *values: fold(values), parts, early)  # type: ignore[operator]

    def test(self, variable: str, holds_in: object) -> int:
        level = self.levels[variable]
        cells = self.diagrams.variables[level].cells
        return self.diagrams.node(level, tuple(self.yes if holds_in(cell) else self.no for cell in cells))  # type: ignore[operator]

    def choose(self, reading: str, alternatives: dict[str, Criterion]) -> int:
        if reading in self.knowledge.settled:
            return self.of(alternatives[self.knowledge.settled[reading]])
        level = self.levels[reading]
        slugs = cast(tuple[str, ...], self.diagrams.variables[level].cells)
        selector = self.diagrams.node(level, tuple(self.diagrams.leaf(slug) for slug in slugs))
        parts = [self.of(alternatives[slug]) for slug in slugs]
        return self.diagrams.combine(lambda slug, *values: values[slugs.index(slug)], [selector, *parts])

    def exists(self, root: int) -> int:
        """Over the readings alone: whether the criterion can hold for anybody."""
        diagrams = self.diagrams
        level = diagrams.level[root]
        if level < LEAF and diagrams.variables[level].kind == "reading":
            return diagrams.node(level, tuple(self.exists(child) for child in diagrams.children[root]))
        return self.yes if True in diagrams.reachable(root) else self.no

    def stated(self, name: str) -> int:
        """A stated name equals its definition."""
        variable = self.test(name, lambda cell: cell is True)
        return self.diagrams.combine(lambda a, b: a == b, [variable, self.of(self.knowledge.names[name])])

    @cached_property
    def limits(self) -> list[int]:
        """What cannot be, one diagram each."""
        vocabulary = self.knowledge.vocabulary
        found = [
            self.diagrams.combine(lambda a, b: (not a) or b, [self.of(Is(a)), self.of(Is(b))])
            for a, b in sorted(implications(vocabulary))
            if a in self.levels and b in self.levels
        ]
        for constraint in vocabulary.constraints:
            linked = [part for part in constraint.sum if part in self.levels]
            if constraint.strict and constraint.at_most in self.levels and linked:
                found.append(self.sum_within(linked, str(constraint.at_most)))
        return found

    def sum_within(self, parts: list[str], total: str) -> int:
        """Some values of the cells satisfy sum(parts) <= total."""
        lows = [self.lows(part) for part in parts]
        level = self.levels[total]
        highs = [cast(Span, cell).high for cell in self.diagrams.variables[level].cells]
        top = self.diagrams.node(level, tuple(self.diagrams.leaf(-1 if h is None else int(h[0]) - 1) for h in highs))
        return self.diagrams.combine(lambda high, *least: high == -1 or sum(least) <= high, [top, *lows])

    def lows(self, part: str) -> int:
        level = self.levels[part]
        cells = self.diagrams.variables[level].cells
        starts = [cast(Span, cell).low for cell in cells]
        return self.diagrams.node(level, tuple(self.diagrams.leaf(0 if s is None else int(s[0])) for s in starts))


def span_holds(span: Span, leaf: Compare) -> bool:
    """Whether the comparison holds throughout the span (it does throughout or nowhere)."""
    return holds(leaf.op, representative(span), leaf.value)


def representative(span: Span) -> Decimal:
    """Some number inside the span."""
    if span.low is None and span.high is None:
        return Decimal(0)
    if span.low is None:
        assert span.high is not None
        return span.high[0] - 1 if span.high[1] == 0 else span.high[0]
    if span.low[1] == 0:
        return span.low[0]
    return span.low[0] + 1 if span.high is None else (span.low[0] + span.high[0]) / 2
