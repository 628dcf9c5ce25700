"""The report of an audit: nothing small can be worked out from all that it shows of an option; unknown stands apart."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from decidua.audit.models import ConcordanceRow
from decidua.errors import UsageError
from decidua.guidelines import Knowledge
from decidua.reports.audit import models as m
from decidua.reports.audit.build import build_audit_report
from reports.audit_attacks import Attack
from reports.audits import GUIDELINES, OPTIONS, Woman, audit_of, women

LEAST = 5
MANY = 10_000.0
DONE = ("yes", "no", "unknown")


@pytest.fixture(scope="module")
def report(knowledge: Knowledge) -> m.AuditReport:
    return build_audit_report(audit_of(women(5000)), knowledge, "en")


def test_every_count_is_that_of_the_women(report: m.AuditReport, knowledge: Knowledge) -> None:
    cohort = women(5000)
    open_to_all = build_audit_report(audit_of(cohort), knowledge, "en", least=1)
    assert open_to_all.about.hidden == 0
    for o, option in enumerate(open_to_all.options):
        o = OPTIONS.index(option.option)
        for g, cell in enumerate(option.cells):
            found = Counter(one.answers[g][o] for one in cohort)
            assert {line.answer: line.women.n for line in cell.answers} == found
            rows = next(group.rows for group in cell.by if group.group == "centre")
            by = {(row.value, line.answer): share.n
                  for row in rows for line, share in zip(cell.answers, row.shares, strict=True)}  # fmt: skip
            assert by == {key: Counter((one.centre, one.answers[g][o]) for one in cohort)[key] for key in by}
    assert report.about.women == 5000
    assert report.about.contradicting == 3


def test_unknown_is_its_own_column(report: m.AuditReport) -> None:
    for option in report.options:
        assert option.done.unknown.n
        assert sum(part.n or 0 for part in (option.done.yes, option.done.no, option.done.unknown)) == 5000
    assert all(definition.columns[2] == "unknown" for definition in report.definitions)


def test_words_of_concordance_come_from_its_table_only(report: m.AuditReport) -> None:
    for option in report.options:
        for cell in option.cells:
            for one in cell.concordance:
                measured = {"concordant", "discordant"} & set(one.columns)
                assert bool(measured) == bool(one.statements)


def test_few_who_are_measured_are_not_told_by_the_rest(knowledge: Knowledge) -> None:
    """Three women measured against a statement: neither they nor, by their total, the others tell them."""
    audit = audit_of(women(400))
    rows = tuple(row for row in audit.concordance if row.option != "ivig")
    few = [ConcordanceRow("eshre-2022", "ivig", ("s",), group, value, "concordant", 3)
           for group, value in (("", ""), ("centre", "C1"), ("year", "2018"))]  # fmt: skip
    rest = Counter[tuple[str, str | None]]()
    for row in audit.definitions:
        if row.guideline == "eshre-2022":
            rest[row.group, row.value] += row.n
    for row in few:
        rest[row.group, row.value] -= row.n
    others = [ConcordanceRow("eshre-2022", "ivig", (), group, value, "variation", n)
              for (group, value), n in rest.items()]  # fmt: skip
    report = build_audit_report(replace(audit, concordance=(*rows, *few, *others)), knowledge, "en")
    cell = next(o for o in report.options if o.option == "ivig").cells[1]
    shares = [share for one in cell.concordance for share in one.shares]
    by = [share for one in cell.concordance for group in one.by for row in group.rows for share in row.shares]
    assert len(shares) == 2
    assert all((share.n, share.of, share.share) == (None, None, None) for share in shares)
    assert all(share.n is None for share in by)


def test_a_hidden_count_leaves_no_trace(knowledge: Knowledge) -> None:
    report = build_audit_report(audit_of(women(120)), knowledge, "en")
    counts = list(_counts(report))
    assert any(count.hidden for count in counts)
    for count in counts:
        if count.hidden:
            assert count.n is None
            assert not isinstance(count, m.Share) or (count.share, count.low, count.high) == (None, None, None)
        else:
            assert count.n is not None
            assert count.n == 0 or count.n >= LEAST


def test_too_few_women_are_refused(knowledge: Knowledge) -> None:
    with pytest.raises(UsageError, match="--min-cell"):
        build_audit_report(audit_of(women(4)), knowledge, "en")


def test_the_report_keeps_its_contract(report: m.AuditReport) -> None:
    assert m.AuditReport.model_validate(json.loads(report.model_dump_json())) == report


@pytest.mark.parametrize(("group", "seed"), [
    ("centre", 0), ("year", 3), *(pytest.param(group, seed, marks=pytest.mark.slow)
                                  for group in ("centre", "year") for seed in range(1, 8)),
])  # fmt: skip
def test_nothing_small_can_be_worked_out(knowledge: Knowledge, group: str, seed: int) -> None:
    """Everything shown of one option under one guideline, for all women and by a group, against what is hidden."""
    cohort = women(60 + 15 * seed, seed, centres=4)
    report = build_audit_report(audit_of(cohort), knowledge, "en")
    g, option = seed % len(GUIDELINES), report.options[seed % len(OPTIONS)]
    o, cell = OPTIONS.index(option.option), option.cells[g]
    Attacked(cohort, option, cell, group, g, o).check()


class Attacked:
    """Women by value, answer and done: what is told of them, and what follows for every small count."""

    def __init__(
        self, cohort: list[Woman], option: m.OptionView, cell: m.CellView, group: str, g: int, o: int
    ) -> None:  # fmt: skip
        self.option, self.cell = option, cell
        self.by = next(one for one in cell.by if one.group == group)
        self.done_by = next(one for one in option.done_by if one.group == group)
        values, answers = [row.value for row in self.by.rows], [line.answer for line in cell.answers]
        self.true = np.zeros((len(values), len(answers), 3), dtype=int)
        for one in cohort:
            value = one.centre if group == "centre" else one.year
            self.true[values.index(value), answers.index(one.answers[g][o]), DONE.index(one.done[o])] += 1
        self.at = np.arange(self.true.size).reshape(self.true.shape)
        self.attack = Attack(self.true.size)
        self.attack.told(self.at.ravel(), len(cohort))

    def check(self) -> None:
        shape = self.true.shape
        for v, (row, done) in enumerate(zip(self.by.rows, self.done_by.rows, strict=True)):
            self.tell(self.at[v], row.women)
            for a in range(shape[1]):
                known = not self.by.withheld and not row.women.hidden and not self.cell.answers[a].women.hidden
                self.tell(self.at[v, a], row.shares[a], somebody=known)
            for d in range(3):
                known = not self.done_by.withheld and not done.women.hidden and not self.done(d).hidden
                self.tell(self.at[v, :, d], done.shares[d], somebody=known)
        for a, line in enumerate(self.cell.answers):
            self.tell(self.at[:, a], line.women)
            for d in range(3) if line.done else ():
                assert line.done
                self.tell(self.at[:, a, d], (line.done.yes, line.done.no, line.done.unknown)[d],
                          somebody=not self.done(d).hidden)  # fmt: skip
        for d in range(3):
            self.tell(self.at[:, :, d], self.done(d))
        self.nothing_small()

    def done(self, d: int) -> m.Share:
        return (self.option.done.yes, self.option.done.no, self.option.done.unknown)[d]

    def tell(self, members: np.ndarray, count: m.Count, *, somebody: bool = False) -> None:
        """`somebody`: a hidden count in a table where nobody is shown as such."""
        if count.n is not None:
            assert count.n == self.true.ravel()[members.ravel()].sum()
            self.attack.told(members.ravel(), count.n)
        elif somebody:
            self.attack.told(members.ravel(), 1, MANY)

    def nothing_small(self) -> None:
        values, answers, dones = map(range, self.true.shape)
        cells = [self.at[v, a] for v, a in product(values, answers)]
        cells += [self.at[v, :, d] for v, d in product(values, dones)]
        cells += [self.at[:, a, d] for a, d in product(answers, dones)]
        cells += [*self.at, *self.at.transpose(1, 0, 2), *self.at.transpose(2, 0, 1)]
        for cell in cells:
            if 0 < self.true.ravel()[cell.ravel()].sum() < LEAST:
                low, high = self.attack.bounds(cell.ravel())
                assert low < high


def _counts(part: object) -> list[m.Count]:
    own = [part] if isinstance(part, m.Count) else []
    if isinstance(part, m.Model):
        return own + [one for name in type(part).model_fields for one in _counts(getattr(part, name))]
    return [one for inside in part for one in _counts(inside)] if isinstance(part, tuple) else own
