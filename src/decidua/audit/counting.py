"""Counting batch by batch: what Polars counts of a batch is small, and is added up in Python.

Needs the extra `columns`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import polars as pl

from decidua.audit.cells import Cell, CellColumn
from decidua.audit.coded import DONE, ERA, GROUP, ROW, Prepared
from decidua.audit.counts import Counts
from decidua.audit.plan import Plan
from decidua.audit.questions import Part, Question, Values, count, packed
from decidua.audit.still_open import StillOpen
from decidua.criteria import Criterion
from decidua.guidelines import Statement

NONE: Part = (pl.lit(0, dtype=pl.UInt32), 1)


class Counting:
    """Adds batches of the facts table. `raw`: for every question, and the sizes of its parts at the time, the counts
    of its keys; `open`: for every speaking column those of its open facts."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.counts = Counts()
        self.raw: dict[tuple[tuple[str, ...], tuple[int, ...]], Counter[int]] = defaultdict(Counter)
        self.values = {name: Values(f"{GROUP}{name}") for name in plan.groups}
        self.speaking = [column for column in dict.fromkeys(plan.columns.values()) if column.states]
        self.open = [StillOpen(column) for column in self.speaking]
        self.steps = list(_steps(plan))
        plan.truths.register([*plan.knowledge.definitions.values(), *(c for _, _, parts in self.steps for c in parts)])

    def add(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Counts the rows of a batch (with its row numbers); as `take`. Raises CohortError."""
        return self.take(self.plan.coder.prepared(batch))

    def take(self, batch: Prepared) -> pl.DataFrame:
        """Counts; gives back the rows not refused, coded, each speaking column with its last state."""
        self.counts.rows += batch.rows
        for reason in batch.refused:
            self.counts.refuse(*reason)
        walked = self._possible(self.walked(batch.codes))
        if walked.height:
            self._count(walked)
        return walked

    def walked(self, codes: pl.DataFrame) -> pl.DataFrame:
        found = codes.lazy().with_columns(map(_walk, self.speaking)).collect()
        if not found.height or not self.speaking:
            return found
        least = found.select(column.name for column in self.speaking).min().row(0, named=True)
        late = [column for column in self.speaking if least[column.name] == 0]
        for column in late:
            assert column.states is not None
            column.states.learn(found.filter(pl.col(column.name) == 0))
        return found.lazy().with_columns(map(_walk, late)).collect() if late else found

    def _possible(self, walked: pl.DataFrame) -> pl.DataFrame:
        """Without the rows that leave no world in some cell."""
        for column in self.speaking:
            if nowhere := column.impossible():
                there = pl.col(column.name).is_in(nowhere)
                if rows := tuple(walked.filter(there)[ROW]):
                    self.counts.refuse("cell", column.name, rows)
                    walked = walked.filter(~there)
        return walked

    def _count(self, walked: pl.DataFrame) -> None:
        for values in self.values.values():
            values.learn(walked)
        frame = walked.lazy().with_columns(self.plan.truths.leaves()).with_columns(self._keys())
        for named in self.plan.truths.names():
            frame = frame.with_columns(named)
        questions = list(self._questions())
        sums = [one for _, _, criteria in self.steps for one in _held(self._all(criteria))]
        answers, held = count(frame, questions, sums)
        for question, found in zip(questions, answers, strict=True):
            self.raw[question.about, question.sizes].update(found)
        distinct = pl.collect_all([one.distinct(walked.lazy()) for one in self.open])
        for one, rows in zip(self.open, distinct, strict=True):
            one.add(rows)
        for (statement, step, _), yes, no in zip(self.steps, held[::2], held[1::2], strict=True):
            self.counts.steps[statement, step, True] += yes
            self.counts.steps[statement, step, False] += no

    def _questions(self) -> Iterator[Question]:
        for group, part in self._groups():
            for option in self.plan.options:
                yield Question(("joint", option, group), (*self._classes(option), part), f"key:{option}")
            for guideline in self.plan.guidelines:
                yield Question(("definition", guideline, group), (self._met(guideline), part))
            for cell in self.plan.columns:
                if measured := self.plan.measured(*cell):
                    yield Question(("care", *cell, group), (*self._care(cell, measured), part))

    def _keys(self) -> Iterator[pl.Expr]:
        """What many questions share, once: the groups as numbers, and the answers about each option as one."""
        for name, values in self.values.items():
            yield values.numbers().alias(f"of:{name}")
        for option in self.plan.options:
            yield packed(self._classes(option)).alias(f"key:{option}")

    def _classes(self, option: str) -> list[Part]:
        """The class of each guideline, and whether it was done."""
        return [*(self.plan.columns[guideline, option].part() for guideline in self.plan.guidelines), _done(option)]

    def _groups(self) -> Iterator[tuple[str, Part]]:
        found = [(name, (pl.col(f"of:{name}"), len(values.known))) for name, values in self.values.items()]
        yield from found or [("", NONE)]

    def _met(self, guideline: str) -> Part:
        """0 yes, 1 no, 2 unknown, 3 disputed: as `consult.definitions` says it."""
        definition = self.plan.knowledge.definitions[guideline]
        ways = [self.plan.truths.under(definition, dict(way)) for way in self.plan.ways(definition)]
        every, none = pl.all_horizontal(ways), ~pl.any_horizontal(ways)
        unknown = pl.any_horizontal(one.is_null() for one in ways)
        met = pl.when(unknown).then(2).when(every).then(0).when(none).then(1).otherwise(3)
        return met, 4

    def _care(self, cell: Cell, measured: tuple[Statement, ...]) -> Iterator[Part]:
        """Class, era, whether each statement surely speaks, done."""
        yield self.plan.columns[cell].part()
        yield pl.col(ERA), len(self.plan.eras) + 2
        for statement in measured:
            yield self._speaks(statement, cell), 2
        yield _done(cell[1])

    def _speaks(self, statement: Statement, cell: Cell) -> pl.Expr:
        """It applies under every reading, and nothing to which it would yield may apply."""
        knowledge, truths = self.plan.knowledge, self.plan.truths
        said = knowledge.said(*cell)
        surely = truths.of(knowledge.populations[statement.id]).fill_null(False)
        for other in said:
            if statement.id in other.refines:
                surely &= ~truths.of(knowledge.populations[other.id]).fill_null(True)
        return surely

    def _all(self, criteria: tuple[Criterion, ...]) -> pl.Expr:
        return pl.all_horizontal([self.plan.truths.of(criterion) for criterion in criteria])


def _walk(column: CellColumn) -> pl.Expr:
    assert column.states is not None
    return column.states.of().alias(column.name)


def _done(option: str) -> Part:
    return pl.col(f"{DONE}{option}"), 3


def _held(truth: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    return truth.sum(), (~truth).sum()


def _steps(plan: Plan) -> Iterator[tuple[str, int, tuple[Criterion, ...]]]:
    """Each step with all before it."""
    for one in plan.steps:
        for at in range(len(one.criteria)):
            yield one.statement.id, at + 1, one.criteria[: at + 1]
