"""A table of studies with a plan: the pooled effect of all or some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from decidua.errors import StudyError
from decidua.reports.pool.plan import Plan
from decidua.studies.table import COUNTS, MEANS, REPORTED, StudyTable
from decidua.synthesis.arrays import Bools, Effects, Floats
from decidua.synthesis.binary import binary_effects
from decidua.synthesis.continuous import continuous_effects, means
from decidua.synthesis.counts import Counts, counts
from decidua.synthesis.mantel_haenszel import pool_mantel_haenszel, pool_mantel_haenszel_random
from decidua.synthesis.peto import pool_peto
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.pooling import pool_fixed, pool_random
from decidua.synthesis.refusals import Refusal
from decidua.synthesis.reported import reported_effects


@dataclass(frozen=True)
class Studies:
    """One analysis: a batch of one."""

    table: StudyTable
    plan: Plan

    @cached_property
    def counts(self) -> Counts | None:
        if self.table.kind != "counts":
            return None
        a, n1, c, n2 = self._numbers(COUNTS)
        return counts(a, n1, c, n2, self.table.given[None])

    @cached_property
    def effects(self) -> Effects:
        """(1, studies). Raises StudyError with the row of an interval that is none."""
        measure, given = self.plan.measure, self.table.given[None]
        if self.counts is not None:
            return binary_effects(self.counts, measure, self.plan.zero)
        if self.table.kind == "means":
            m1, sd1, n1, m2, sd2, n2 = self._numbers(MEANS)
            return continuous_effects(means(m1, sd1, n1, m2, sd2, n2, given), measure, self.plan.zero)
        estimate, lower, upper = self._numbers(REPORTED)
        try:
            return reported_effects(measure, estimate, lower, upper, given)
        except Refusal as refusal:
            place = int(str(refusal.parts["study"])) - 1
            where = self.table.where(place)
            raise StudyError("error.pool-interval", where=where, given=refusal.parts["given"]) from None

    def _numbers(self, names: Sequence[str]) -> list[Floats]:
        return [self.table.numbers[name] for name in names]

    def pool(self, mask: Bools | None = None) -> Pooled:
        """`mask`: (studies,), those that take part."""
        everyone = np.ones(len(self.table.names), bool) if mask is None else mask
        if self.counts is not None and not self.plan.iv:
            return self.pool_counts(self.counts.only(everyone))
        return self.pool_effects(self.effects if mask is None else self.effects.only(everyone))

    def pool_counts(self, given: Counts) -> Pooled:
        """By Mantel-Haenszel or Peto; any number of analyses."""
        p = self.plan
        if p.method == "Peto":
            return pool_peto(given, p.level)
        if p.model == "random":
            return pool_mantel_haenszel_random(given, p.measure, p.zero, p.ci, p.level)
        return pool_mantel_haenszel(given, p.measure, p.zero, p.level)

    def pool_effects(self, given: Effects) -> Pooled:
        """By inverse variance; any number of analyses."""
        if self.plan.tau2 is None:
            return pool_fixed(given, self.plan.ci, self.plan.level)
        return pool_random(given, self.plan.tau2, self.plan.ci, self.plan.level)
