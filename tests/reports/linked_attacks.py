"""Everything that one report prints of an option, taken together by somebody who solves for what is hidden.

Women are of few kinds, so that all kinds that there could be can be listed: centre, year, done, and either outside or
unknown by the definition, or an answer of two guidelines each and the steps that she met. A statement applies to those
with the answer `recommended` of the second guideline; whoever attacks knows that, as it stands in the guideline.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from decidua.reports.audit import models as m
from decidua.reports.audit.rows import breadth_of, opposed, screen_of
from reports.audit_attacks import Attack
from reports.audits import GUIDELINES, OPTIONS, Woman

LEAST, MANY = 5, 10_000.0
DONE = ("yes", "no", "unknown")
CENTRES, YEARS = ("C1", "C2", "C3"), ("2020", "2021")
GIVEN = ("recommended", "against", "needs-data")
OPTION = OPTIONS.index("ivig")


def kinds() -> list[Woman]:
    found = []
    for centre, year, done in product(CENTRES, YEARS, DONE):
        dones = tuple(done for _ in OPTIONS)
        for met, answer in (("no", "out-of-scope"), ("unknown", "needs-data")):
            found.append(Woman(centre, year, met, dones, _answers(answer, answer, answer), 0))
        for one, two in product(GIVEN, GIVEN):
            for steps in (3,) if two == "recommended" else (1, 2):
                found.append(Woman(centre, year, "yes", dones, _answers(one, two, "insufficient"), steps))
    return found


def _answers(*each: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(answer for _ in OPTIONS) for answer in each)


def cohort(seed: int) -> list[Woman]:
    """Sparse and uneven, so that small counts are common and margins are mostly not."""
    draw, every = random.Random(seed), kinds()
    weights = [draw.choice((0, 0, 0, 1, 1, 2, 6)) * (3 if one.centre == "C1" else 1) for one in every]
    return draw.choices(every, weights, k=draw.randint(60, 300))


@dataclass(frozen=True)
class Printed:
    """One count that the report prints or hides. `somebody`: hidden in a table in which nobody is shown as such."""

    name: str
    members: Callable[[Woman], bool]
    count: m.Count | None
    somebody: bool = False


class Linked:
    """The women of one report and what it tells of them."""

    def __init__(self, women: list[Woman], report: m.AuditReport) -> None:
        self.report, self.kinds = report, kinds()
        self.true = np.array([women.count(kind) for kind in self.kinds])
        self.option = next(option for option in report.options if option.option == OPTIONS[OPTION])
        self.printed = list(self._all())
        self.attack = Attack(len(self.kinds))
        self.attack.told(range(len(self.kinds)), len(women))
        for one in self.printed:
            self._tell(one)

    def _at(self, one: Printed) -> list[int]:
        return [at for at, kind in enumerate(self.kinds) if one.members(kind)]

    def _tell(self, one: Printed) -> None:
        at = self._at(one)
        if one.count is not None and one.count.n is not None:
            assert one.count.n == self.true[at].sum(), one.name
            if at:
                self.attack.told(at, one.count.n)
        elif one.somebody:
            self.attack.told(at, 1, MANY)

    def leaks(self) -> Iterator[str]:
        """The small counts that can have one value only."""
        seen = set[tuple[int, ...]]()
        for one in self.printed:
            at = self._at(one)
            if tuple(at) in seen or not 0 < self.true[at].sum() < LEAST:
                continue
            seen.add(tuple(at))
            low, high = self.attack.bounds(at)
            if low == high:
                yield f"{one.name} = {low}"

    # ---- what is printed ----------------------------------------------------------------------------------------

    def _all(self) -> Iterator[Printed]:
        for group in self.report.groups:
            for value in group.values:
                yield Printed(f"size {value.value}", _in(group.group, value.value), value.women)
        for definition in self.report.definitions:
            tests = {met: (lambda w, met=met: w.met == met) for met in definition.columns}
            yield from self._table("definition", tests, dict(zip(tests, definition.shares, strict=True)), definition.by)
        option = self.option
        done = {d: (lambda w, d=d: w.done[OPTION] == d) for d in DONE}
        of_done = dict(zip(DONE, (option.done.yes, option.done.no, option.done.unknown), strict=True))
        yield from self._table("done", done, of_done, option.done_by)
        for g, cell in enumerate(option.cells):
            answers = {one.answer: (lambda w, a=one.answer, g=g: w.answers[g][OPTION] == a) for one in cell.answers}
            shares = {one.answer: one.women for one in cell.answers}
            yield from self._table(f"answers {g}", answers, shares, cell.by)
            yield from self._done(f"answers {g}", answers, {one.answer: one.done for one in cell.answers}, of_done)
            yield from self._concordance(g, cell)
            yield from self._steps(cell)
        yield from self._agreement(of_done)

    def _table(
        self, name: str, tests: dict[str, Callable[[Woman], bool]], shares: dict[str, m.Share],
        by: tuple[m.ByGroup, ...],
    ) -> Iterator[Printed]:  # fmt: skip
        for key, test in tests.items():
            yield Printed(f"{name} {key}", test, shares[key])
        for group in by:
            for row in group.rows:
                for (key, test), share in zip(tests.items(), row.shares, strict=True):
                    known = not (group.withheld or row.women.hidden or shares[key].hidden)
                    own = _in(group.group, row.value)
                    yield Printed(f"{name} {key} {row.value}", lambda w, t=test, own=own: t(w) and own(w), share, known)  # type: ignore[misc]

    def _done(
        self, name: str, tests: dict[str, Callable[[Woman], bool]], dones: dict[str, m.Done | None],
        of_done: dict[str, m.Share],
    ) -> Iterator[Printed]:  # fmt: skip
        for (key, test), d in product(tests.items(), DONE):
            one = dones[key]
            share = None if one is None else {"yes": one.yes, "no": one.no, "unknown": one.unknown}[d]
            yield Printed(f"{name} {key} done {d}", lambda w, t=test, d=d: t(w) and w.done[OPTION] == d, share,
                          share is not None and not of_done[d].hidden)  # type: ignore[misc]  # fmt: skip

    def _concordance(self, g: int, cell: m.CellView) -> Iterator[Printed]:
        for one in cell.concordance:
            tests = {column: (lambda w, c=column: _verdict(w) == c) for column in one.columns}
            yield from self._table(f"concordance {g}", tests, dict(zip(tests, one.shares, strict=True)), one.by)

    def _steps(self, cell: m.CellView) -> Iterator[Printed]:
        for one in cell.attrition:
            for at, step in enumerate(one.steps):
                yield Printed(f"step {at} yes", lambda w, at=at: w.steps > at, step.yes)  # type: ignore[misc]
                yield Printed(f"step {at} unknown", lambda w: w.met == "unknown", step.unknown)
                yield Printed(f"step {at} no", lambda w, at=at: w.steps <= at and w.met != "unknown", step.no)  # type: ignore[misc]

    def _agreement(self, of_done: dict[str, m.Share]) -> Iterator[Printed]:
        found = self.option.agreement
        if found is None:
            return
        tests = {one.breadth: (lambda w, b=one.breadth: breadth_of(_screens(w)) == b) for one in found.lines}
        yield from self._table("agreement", tests, {one.breadth: one.women for one in found.lines}, found.by)  # type: ignore[arg-type]
        yield from self._done("agreement", tests, {one.breadth: one.done for one in found.lines}, of_done)  # type: ignore[arg-type]
        yield Printed("opposed", lambda w: opposed(_screens(w)), found.opposed)


def _in(group: str, value: str | None) -> Callable[[Woman], bool]:
    return lambda woman: (woman.centre if group == "centre" else woman.year) == value


def _screens(one: Woman) -> list[str]:
    return [screen_of(one.answers[g][OPTION]) for g in range(len(GUIDELINES))]


def _verdict(one: Woman) -> str:
    answer, done = one.answers[1][OPTION], one.done[OPTION]
    if done == "unknown":
        return "not-recorded"
    if answer not in ("recommended", "against"):
        return "variation"
    return "concordant" if (answer == "recommended") == (done == "yes") else "discordant"
