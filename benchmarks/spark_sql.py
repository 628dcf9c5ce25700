"""The rival of `benchmarks.spark`: the same rules written as Spark SQL, as text.

SQL's NULL is Kleene's unknown: AND, OR and NOT need no help. A number known only within bounds stands in
`<fact>.low` and `<fact>.high`, as in `criteria.columns`. A fact without a column is unknown for every row.
The rows must have been closed under the constraints.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from decidua.answers import ANSWERS, AnswerFunction
from decidua.answers.diagram import LEAF
from decidua.answers.masks import Masks, masks, ways
from decidua.answers.space import condition
from decidua.audit.plan import Plan
from decidua.criteria import Criterion
from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Is, Named, Not, OneOf, Or

DISPUTED = 1 << len(ANSWERS)
"""Added to what is possible where every way of reading leaves one answer, but not the same."""
UNKNOWN = 2
"""A finding: 0 does not apply, 1 applies, 2 undetermined."""


@dataclass(frozen=True)
class Dialect:
    """`have`: the columns of the table; `settled`: readings that the authors have settled."""

    names: Mapping[str, Criterion]
    settled: Mapping[str, str]
    have: Collection[str]
    leaves: dict[Compare, str] = field(default_factory=dict)
    """Each distinct comparison as a column, so that it is worked out once for a row."""

    def of(self, node: Criterion) -> str:
        """A boolean expression, in brackets where it needs them."""
        match node:
            case Always(value):
                return str(value).upper()
            case Is(fact):
                return self._fact(fact, "BOOLEAN")
            case OneOf(fact, choices):
                return f"({self._fact(fact, 'STRING')} IN ({', '.join(map(_text, choices))}))"
            case Compare():
                return self.leaves.setdefault(node, f"`leaf{len(self.leaves)}`")
            case Named(id):
                meant = self.of(self.names[id])
                return f"coalesce({_column(id)}, {meant})" if id in self.have else meant
            case Not(part):
                return f"(NOT {self.of(part)})"
            case And(parts):
                return _joined(" AND ", map(self.of, parts))
            case Or(parts):
                return _joined(" OR ", map(self.of, parts))
            case AtLeast(k, parts):
                return _at_least(k, [self.of(part) for part in parts])
            case Choose(reading, alternatives):
                if reading in self.settled:
                    return self.of(dict(alternatives)[self.settled[reading]])
                return _agreement([self.of(part) for _, part in alternatives])

    def _fact(self, fact: str, kind: str) -> str:
        return _column(fact) if fact in self.have else f"CAST(NULL AS {kind})"

    def compare(self, node: Compare) -> str:
        cut, low, high = f"{node.value}D", f"{node.fact}.low", f"{node.fact}.high"
        exact = f"({self._fact(node.fact, 'DOUBLE')} {node.op} {cut})"
        if low not in self.have or high not in self.have:
            return exact
        surely, never = (text.format(low=_column(low), high=_column(high), cut=cut) for text in BOUNDED[node.op])
        return f"coalesce({exact}, CASE WHEN {surely} THEN TRUE WHEN {never} THEN FALSE END)"


BOUNDED = {
    "=": ("{low} = {cut} AND {high} = {cut}", "{high} < {cut} OR {low} > {cut}"),
    "<": ("{high} < {cut}", "{low} >= {cut}"),
    "<=": ("{high} <= {cut}", "{low} > {cut}"),
    ">": ("{low} > {cut}", "{high} <= {cut}"),
    ">=": ("{low} >= {cut}", "{high} < {cut}"),
}
"""When a comparison is true, and when false, for all numbers within the bounds; a missing bound never decides."""


def _column(name: str) -> str:
    return f"`{name}`"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _joined(word: str, parts: Iterable[str]) -> str:
    return f"({word.join(parts)})"


def _at_least(k: int, parts: list[str]) -> str:
    true = _joined(" + ", (f"CASE WHEN {part} THEN 1 ELSE 0 END" for part in parts))
    maybe = _joined(" + ", (f"CASE WHEN NOT {part} THEN 0 ELSE 1 END" for part in parts))
    return f"CASE WHEN {true} >= {k} THEN TRUE WHEN {maybe} < {k} THEN FALSE END"


def _agreement(parts: list[str]) -> str:
    every, some = _joined(" AND ", parts), _joined(" OR ", parts)
    return f"CASE WHEN {every} THEN TRUE WHEN NOT {some} THEN FALSE END"


@dataclass(frozen=True)
class Rules:
    """Everything that is asked of a row, in order: the findings of all statements, the answers of all cells."""

    plan: Plan
    nested: bool = True
    """How answers are written: as nested cases, or as one disjunction of terms for each answer."""

    @cached_property
    def dialect(self) -> Dialect:
        knowledge = self.plan.knowledge
        return Dialect(knowledge.names, knowledge.settled, self.plan.have)

    @cached_property
    def statements(self) -> tuple[str, ...]:
        return tuple(steps.statement.id for steps in self.plan.steps)

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Those in which the guideline says anything; cells with the same answers stand for each other, as in the
        audit."""
        return tuple(self.functions)

    @cached_property
    def functions(self) -> dict[str, AnswerFunction]:
        return {column.name: column.function for column in self.plan.columns.values() if column.states}

    @property
    def asked(self) -> tuple[str, ...]:
        return (*self.statements, *self.cells)

    def finding(self, statement: str) -> str:
        return f"coalesce(CAST({self.dialect.of(self.plan.knowledge.populations[statement])} AS INT), {UNKNOWN})"

    def ways(self, cell: str) -> list[str]:
        """For each way of reading the mask of the answers that are possible."""
        function = self.functions[cell]
        if self.nested:
            return [self._nested(function, node) for _, node in ways(function)]
        return [self._terms(one) for one in masks(function)]

    def _terms(self, found: Masks) -> str:
        """Each answer whose criterion is not false; a criterion is a disjunction of terms."""
        return " | ".join(
            f"CASE WHEN coalesce({self.dialect.of(criterion)}, TRUE) THEN {1 << ANSWERS.index(answer)} ELSE 0 END"
            for answer, criterion in found.criteria.items()
        )

    def _nested(self, function: AnswerFunction, node: int) -> str:
        """The same terms with what they begin with in common written once, so that a false condition spares all
        below it."""
        diagrams = function.diagrams
        if diagrams.level[node] == LEAF:
            return "0" if node == diagrams.impossible else str(1 << ANSWERS.index(str(diagrams.value[node])))
        towards: dict[int, list[int]] = {}
        for cell, child in enumerate(diagrams.children[node]):
            if child != diagrams.impossible:
                towards.setdefault(child, []).append(cell)
        variable = diagrams.variables[diagrams.level[node]]
        return _joined(" | ", (
            f"CASE WHEN coalesce({self.dialect.of(condition(variable, cells))}, TRUE) "
            f"THEN {self._nested(function, child)} ELSE 0 END"
            for child, cells in towards.items()
        ))  # fmt: skip


def query(rules: Rules, asked: Iterable[str], table: str, keep: str = "") -> str:
    """One row of whole numbers for each row of the table: column `k<place in asked>`; `keep`: a column kept before."""
    inner, outer = [], []
    for at, name in enumerate(asked):
        if name in rules.cells:
            ways = rules.ways(name)
            inner += [f"{mask} AS `m{at}_{way}`" for way, mask in enumerate(ways)]
            outer.append(f"{_key([f'`m{at}_{way}`' for way in range(len(ways))])} AS `k{at}`")
        else:
            inner.append(f"{rules.finding(name)} AS `k{at}`")
            outer.append(f"`k{at}`")
    first = [keep] if keep else []
    named = " ".join(inner)
    leaves = [f"{rules.dialect.compare(one)} AS {leaf}" for one, leaf in rules.dialect.leaves.items() if leaf in named]
    source = f"(SELECT {', '.join(['*', *leaves])} FROM {table})"
    return f"SELECT {', '.join([*first, *outer])} FROM (SELECT {', '.join([*first, *inner])} FROM {source})"


def _key(masks_: list[str]) -> str:
    """What is possible under any reading, and whether that is disputed; a way that leaves no world has no say."""
    if len(masks_) == 1:
        return masks_[0]
    every = " | ".join(masks_)
    single = " AND ".join(f"bit_count({mask}) <= 1" for mask in masks_)
    return f"({every}) | CASE WHEN {single} AND bit_count({every}) > 1 THEN {DISPUTED} ELSE 0 END"


def counting(rules: Rules, asked: Iterable[str], table: str) -> str:
    """(at, key, n) for everything that is asked, each row of the table counted once under each `at`."""
    asked = list(asked)
    keys = ", ".join(f"`k{at}`" for at in range(len(asked)))
    return (
        f"SELECT at, key, count(*) AS n FROM ({query(rules, asked, table)}) "
        f"LATERAL VIEW posexplode(array({keys})) AS at, key GROUP BY at, key"
    )
