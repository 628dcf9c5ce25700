"""What is asked of an audit, prepared once for a content and the columns of a table; nothing of a patient."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product

from decidua.answers import Answers
from decidua.audit.cells import columns_of
from decidua.audit.coded import DONE, ERA, GROUP, Coder
from decidua.audit.codes import codings
from decidua.audit.models import Way
from decidua.audit.truths import Truths
from decidua.consult import order
from decidua.criteria import Criterion
from decidua.criteria.tree import And
from decidua.errors import CohortError
from decidua.guidelines import Knowledge, Statement, measurable


@dataclass(frozen=True)
class Steps:
    """The conditions of one statement, the guideline's definition first unless its scope is wider."""

    statement: Statement
    criteria: tuple[Criterion, ...]


class Plan:
    """`have`: the columns of the table. Raises CohortError for a group without a column."""

    def __init__(
        self, answers: Answers, have: Collection[str],
        guidelines: Sequence[str] = (), options: Sequence[str] = (), groups: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.answers, self.knowledge, self.have = answers, answers.knowledge, tuple(have)
        knowledge = self.knowledge
        by_year = sorted(knowledge.guidelines, key=lambda id_: knowledge.guidelines[id_].year)
        self.guidelines, self.options = tuple(guidelines) or tuple(by_year), tuple(options) or tuple(order(knowledge))
        self.groups = tuple(groups)
        self._check_groups()
        pairs = [(guideline, option) for option in self.options for guideline in self.guidelines]
        coded = codings(knowledge, (answers.function(*pair) for pair in pairs))
        self.coder = Coder(knowledge, coded, self.options, self.groups, self.eras)
        written = self._written()
        self.columns = columns_of(answers, pairs, coded, written)
        self.truths = Truths(knowledge, coded, have)

    def _check_groups(self) -> None:
        for name in self.groups:
            if f"group.{name}" not in self.have:
                there = sorted(column for column in self.have if column.startswith("group."))
                raise CohortError("audit.group-missing", column=f"group.{name}", allowed=", ".join(there) or "-")

    def _written(self) -> set[str]:
        """The columns in which a fact may be known once a batch is closed."""
        knowledge = self.knowledge
        written = set(self.have)
        for constraint in knowledge.vocabulary.constraints:
            if constraint.strict:
                parts = (*constraint.sum, constraint.at_most, constraint.if_, constraint.if_known, constraint.effect[0])
                written |= {part for part in parts if part}
        for name in knowledge.stated & set(self.have):
            written |= knowledge.expand(knowledge.names[name])
        return written | {option.done_fact for option in knowledge.options.values() if option.done_fact}

    @cached_property
    def steps(self) -> tuple[Steps, ...]:
        """Of every statement that answers about an option that is asked for; remarks say nothing."""
        kept = (
            statement
            for statement in self.knowledge.statements.values()
            if statement.kind != "remark" and statement.guideline in self.guidelines
            if set(statement.options) & set(self.options)
        )
        return tuple(Steps(statement, _steps(self.knowledge, statement)) for statement in kept)

    def measured(self, guideline: str, option: str) -> tuple[Statement, ...]:
        """The statements that care can be measured against, unless their strength itself is disputed."""
        said = self.knowledge.said(guideline, option)
        return tuple(s for s in said if measurable(s) and not _disputed_strength(self.knowledge, s))

    @cached_property
    def eras(self) -> tuple[date, ...]:
        """The first days of the spans of time within which every statement is in force or is not."""
        days = set[date]()
        for statement in self.knowledge.statements.values():
            if measurable(statement):
                year = self.knowledge.guidelines[statement.guideline].year
                days |= {date(year, 1, 1), date(year + 1, 1, 1)}
                days |= {date.fromisoformat(statement.valid_from)} if statement.valid_from else set()
        return tuple(sorted(days))

    def day(self, era: int) -> date | None:
        """Some day of the era; None where the day of care is not known."""
        return None if era == 0 else date.min if era == 1 else self.eras[era - 2]

    def ways(self, criterion: Criterion) -> tuple[Way, ...]:
        """Every way through the open readings of a criterion."""
        readings = sorted(self.knowledge.readings_under(criterion) - set(self.knowledge.settled))
        return tuple(
            product(*([(id_, slug) for slug in self.knowledge.readings[id_].alternatives] for id_ in readings))
        )


def needed(plan: Plan, more: Sequence[str] = ()) -> list[str]:
    """The columns of the table that bear on anything that is counted."""
    knowledge = plan.knowledge
    wanted = {*plan.coder.codings, *knowledge.stated, *more, ERA, *(f"{DONE}{option}" for option in plan.options)}
    wanted |= {f"{GROUP}{name}" for name in plan.groups}
    for constraint in knowledge.vocabulary.constraints:
        if constraint.strict:
            parts = (*constraint.sum, constraint.at_most, constraint.if_, constraint.if_known, constraint.effect[0])
            wanted |= {part for part in parts if part}
    for option in knowledge.options.values():
        wanted |= {*option.decides, option.done_fact or ""}
    return [column for column in plan.have if column in wanted or column.removesuffix(".low") in wanted
            or column.removesuffix(".high") in wanted]  # fmt: skip


def _steps(knowledge: Knowledge, statement: Statement) -> tuple[Criterion, ...]:
    own = knowledge.own_populations[statement.id]
    parts = own.parts if isinstance(own, And) else (own,)
    return parts if statement.scope == "wider" else (knowledge.definitions[statement.guideline], *parts)


def _disputed_strength(knowledge: Knowledge, statement: Statement) -> bool:
    readings = (knowledge.readings[id_] for id_ in statement.readings)
    return any(reading.kind == "strength" and not reading.settled for reading in readings)
