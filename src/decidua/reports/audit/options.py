"""One option of an audit: done, what each guideline says for whom, agreement; and a guideline's definition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from decidua.audit.models import (
    AgreementRow,
    AnswerRow,
    Audit,
    ConcordanceRow,
    DefinitionRow,
    ReadingRow,
    StepRow,
    UnknownRow,
)  # fmt: skip
from decidua.guidelines import Knowledge
from decidua.language import Lang, say
from decidua.reports.audit import models as m
from decidua.reports.audit.counts import DONE, among, by_group, done_of, lone_share, parts, share
from decidua.reports.audit.grids import Grid, grid
from decidua.reports.audit.rows import (
    BREADTHS,
    IN_ORDER,
    OPEN,
    D,
    Doable,
    G,
    Grouped,
    breadth_of,
    of_group,
    opposed,
    screen_of,
    values_of,
    whole,
)  # fmt: skip
from decidua.reports.audit.steps import Steps, attrition
from decidua.reports.audit.suppress import pooled

MET = ("yes", "no", "unknown", "disputed")
NOT_MET, OUTSIDE = "no", "out-of-scope"
"""The same women, in a definition and in every answer of its guideline. How many answers are open is told once more
by the facts and readings that keep them open (OPEN)."""
VERDICTS = ("concordant", "discordant", "variation", "not-recorded")
Verdict = tuple[tuple[str, ...], str]
"""What was measured against, and what was found."""
T = TypeVar("T")


class OptionViews:
    """`women`: how many are counted; every table of the audit adds up to it."""

    def __init__(self, audit: Audit, knowledge: Knowledge, lang: Lang, least: int, women: int) -> None:
        self.k, self.lang, self.least, self.women = knowledge, lang, least, women
        self.guidelines, self.groups = audit.about.guidelines, audit.about.groups
        self.definitions = _apart(audit.definitions, lambda row: (row.guideline,))
        self.answers: dict[tuple[str, ...], list[AnswerRow]] = _apart(audit.answers, _cell)
        self.agreement = _apart(audit.agreement, lambda row: (row.option,))
        self.concordance: dict[tuple[str, ...], list[ConcordanceRow]] = _apart(audit.concordance, _cell)
        self.unknowns: dict[tuple[str, ...], list[UnknownRow]] = _apart(audit.unknowns, _cell)
        self.readings: dict[tuple[str, ...], list[ReadingRow]] = _apart(audit.readings, _cell)
        self.told = Steps(least)
        self.steps: dict[tuple[str, ...], list[StepRow]] = _apart(audit.attrition, _cell)

    def society(self, guideline: str) -> str:
        return f"{self.k.guidelines[guideline].society} {self.k.guidelines[guideline].year}"

    # ---- definitions --------------------------------------------------------------------------------------------

    def definition(self, guideline: str) -> m.DefinitionView:
        rows: list[DefinitionRow] = self.definitions[guideline,]
        columns = [one for one in MET if one != "disputed" or any(row.met == one for row in rows)]
        counts = [sum(row.n for row in whole(rows) if row.met == one) for one in columns]
        return m.DefinitionView(
            guideline=guideline, name=self.society(guideline),
            says=self.k.guidelines[guideline].definition_says[self.lang],
            columns=tuple(columns), labels=tuple(say(self.lang, f"audited.met-{one}") for one in columns),
            shares=parts(counts, self.least, [columns.index(NOT_MET)]),
            by=tuple(
                by_group(group, self._values(rows, group, columns, _met, printed=[NOT_MET])) for group in self.groups
            ),
        )  # fmt: skip

    def _values(
        self, rows: Sequence[G], group: str, columns: Sequence[Hashable], column: Callable[[G], Hashable],
        beside: Sequence[Callable[[G], Hashable]] = (), printed: Sequence[Hashable] = (),
    ) -> Grid:  # fmt: skip
        """Values of a group by columns. `beside`: what else is shown of these women."""
        own = of_group(rows, group)
        return grid(
            own, lambda row: row.value, column, lambda row: row.n, rows=values_of(own), columns=columns,
            least=self.least, beside=[(own, one) for one in beside], printed=printed, sums=OPEN,
        )  # fmt: skip

    # ---- one option ---------------------------------------------------------------------------------------------

    def option(self, option: str) -> m.OptionView:
        rows = self.agreement.get((option,), [])
        yes, no, unknown = parts([sum(row.n for row in whole(rows) if row.done == one) for one in DONE], self.least)
        return m.OptionView(
            option=option, label=self.k.options[option].label[self.lang], test=option.startswith("test:"),
            done=m.Done(yes=yes, no=no, unknown=unknown),
            done_by=tuple(by_group(g, self._values(rows, g, DONE, _done, [_screens])) for g in self.groups),
            cells=tuple(self._cell(guideline, option) for guideline in self.guidelines),
            agreement=self._agreement(rows) if rows and len(self.guidelines) > 1 else None,
        )  # fmt: skip

    def _cell(self, guideline: str, option: str) -> m.CellView:
        key = (guideline, option)
        rows = self.answers.get(key, [])
        met = {row.answer for row in rows if row.n}
        answers = [one for one in IN_ORDER if one in met]
        return m.CellView(
            guideline=guideline, name=self.society(guideline), answers=tuple(self._answers(rows, answers)),
            by=tuple(by_group(group, self._values(rows, group, answers, _answer, [_done], [OUTSIDE]))
                     for group in self.groups),
            concordance=self._concordance(key),
            unknowns=tuple(map(self._unknown, sorted(self.unknowns.get(key, ()), key=lambda row: -row.open))),
            readings=tuple(map(self._reading, sorted(self.readings.get(key, ()), key=lambda row: -row.n))),
            attrition=attrition(self.steps.get(key, ()), self.lang, self.told),
        )  # fmt: skip

    def _answers(self, rows: Sequence[AnswerRow], answers: Sequence[str]) -> list[m.AnswerLine]:
        table = self._by_done(rows, answers, _answer)
        return [
            m.AnswerLine(
                answer=one, label=say(self.lang, f"answer.{one}"), screen=screen_of(one),
                women=share(table.of_rows[at], self.women, shown=at not in table.hidden_rows),
                done=done_of(table, at),
            )
            for at, one in enumerate(answers)
        ]  # fmt: skip

    def _by_done(self, rows: Sequence[D], lines: Sequence[str], line: Callable[[D], str]) -> Grid:
        """The whole cohort by done; groups are shown beside it."""
        beside = [(of_group(rows, group), _value) for group in self.groups]
        return grid(
            whole(rows), line, _done, lambda row: row.n, rows=lines, columns=DONE, least=self.least, beside=beside,
            printed=[OUTSIDE], sums=OPEN,
        )  # fmt: skip

    def _agreement(self, rows: Sequence[AgreementRow]) -> m.AgreementView:
        met = {_breadth(row) for row in rows if row.n}
        lines = [one for one in BREADTHS if one in met]
        table = self._by_done(rows, lines, _breadth)
        apart = sum(row.n for row in whole(rows) if opposed([screen for _, screen in row.by_guideline]))
        return m.AgreementView(
            lines=tuple(
                m.BreadthLine(
                    breadth=one, label=say(self.lang, f"audited.breadth-{one}"), done=done_of(table, at),
                    women=share(table.of_rows[at], self.women, shown=at not in table.hidden_rows),
                )
                for at, one in enumerate(lines)
            ),
            opposed=lone_share(apart, self.women, self.least),
            by=tuple(by_group(group, self._values(rows, group, lines, _breadth, [_done])) for group in self.groups),
        )  # fmt: skip

    def _concordance(self, key: tuple[str, str]) -> tuple[m.ConcordanceView, ...]:
        """All sets of statements and their verdicts are columns of one table, so that none is told by the others."""
        rows = self.concordance.get(key, [])
        sums = Counter[Verdict]()
        for row in whole(rows):
            sums[row.statements, row.verdict] += row.n
        columns = sorted(
            (one for one in sums if sums[one]), key=lambda one: (not one[0], one[0], VERDICTS.index(one[1]))
        )
        hidden = pooled([sums[one] for one in columns], self.least)
        shown = {one: sums[one] if at not in hidden else None for at, one in enumerate(columns)}
        tables = [(group, self._values(rows, group, columns, _verdict)) for group in self.groups]
        return tuple(
            self._measured(statements, shown, tables) for statements in dict.fromkeys(one[0] for one in columns)
        )

    def _measured(
        self, statements: tuple[str, ...], sums: Mapping[Verdict, int | None], tables: Sequence[tuple[str, Grid]]
    ) -> m.ConcordanceView:  # fmt: skip
        own = [one for one in sums if one[0] == statements]
        verdicts = [verdict for _, verdict in own]
        return m.ConcordanceView(
            statements=statements, columns=tuple(verdicts),
            labels=tuple(say(self.lang, f"audited.verdict-{one}") for one in verdicts),
            shares=among([sums[one] for one in own]),
            by=tuple(by_group(group, table, [table.columns.index(one) for one in own]) for group, table in tables),
        )  # fmt: skip

    def _unknown(self, row: UnknownRow) -> m.UnknownView:
        label = self._fact(row.fact)
        told = lone_share(row.open, self.women, self.least)
        alone = share(row.alone, row.open, shown=lone_share(row.alone, row.open, self.least).n is not None,
                      of_shown=told.n is not None)  # fmt: skip
        return m.UnknownView(fact=row.fact, label=label, women=told, alone=alone)

    def _fact(self, id_: str) -> str:
        fact = self.k.vocabulary.facts.get(id_)
        return fact.label[self.lang] if fact else self.k.named[id_].label[self.lang]

    def _reading(self, row: ReadingRow) -> m.ReadingView:
        return m.ReadingView(
            reading=row.reading, question=self.k.readings[row.reading].question[self.lang],
            women=lone_share(row.n, self.women, self.least),
        )  # fmt: skip


def _cell(row: AnswerRow | ConcordanceRow | UnknownRow | ReadingRow | StepRow) -> tuple[str, ...]:
    return (row.guideline, row.option)


def _met(row: DefinitionRow) -> str:
    return row.met


def _done(row: Doable) -> str:
    return row.done


def _value(row: Grouped) -> str | None:
    return row.value


def _screens(row: AgreementRow) -> Hashable:
    return row.by_guideline


def _answer(row: AnswerRow) -> str:
    return row.answer


def _verdict(row: ConcordanceRow) -> Verdict:
    return row.statements, row.verdict


def _breadth(row: AgreementRow) -> str:
    return breadth_of([screen for _, screen in row.by_guideline])


def _apart(rows: Sequence[T], key: Callable[[T], tuple[str, ...]]) -> dict[tuple[str, ...], list[T]]:
    found: defaultdict[tuple[str, ...], list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)
