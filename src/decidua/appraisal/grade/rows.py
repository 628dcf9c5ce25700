"""Rows of a shipped table, and what is recorded of them: which are single studies, what they compare, what bars them.

An appraisal's file says which cells it takes. It cannot say otherwise than the records what a row is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from decidua.appraisal.grade.bodies import Cells
from decidua.content import Content
from decidua.errors import AppraisalError
from decidua.evidence import Evidence, Row, Table, Verdict, read_evidence, read_verdicts
from decidua.evidence.estimates import Estimate, Estimates, read_estimates
from decidua.evidence.randomised import Reason, refusals

EFFECTS = ("ai", "ci", "estimate", "lower", "upper")
"""Columns that hold an effect; the others hold how many there were."""


@dataclass(frozen=True)
class Shipped:
    """The shipped tables with what they compare and what recomputing found."""

    evidence: Evidence
    estimates: Estimates
    verdicts: Mapping[str, Verdict]

    @cached_property
    def plotted(self) -> frozenset[str]:
        """`table/row` of every study of a plot: those that a claim pools. A plot's other rows are totals and tests."""
        pools = [claim.options for claim in self.evidence.claims.values() if claim.method == "pool"]
        return frozenset(f"{pool['table']}/{row}" for pool in pools for row in pool["rows"])


def read_shipped(content: Content) -> Shipped:
    evidence = read_evidence(content)
    return Shipped(evidence, read_estimates(content, evidence), read_verdicts())


@dataclass(frozen=True)
class Taken:
    """The rows that an appraisal takes, with the references of their cells: row → column → `table/row/part`."""

    shipped: Shipped
    cells: Cells
    table: Table
    rows: Mapping[str, Row]
    refs: Mapping[str, Mapping[str, str]]

    @cached_property
    def estimates(self) -> Mapping[str, tuple[Estimate, ...]]:
        """Row → the recorded comparisons that rest on one of its cells; else all of that row."""
        return {key: self._estimates(key) for key in self.rows}

    @property
    def refused(self) -> tuple[Reason, ...]:
        """Why the rows may not be shown in absolute terms; empty: they may, or nothing is recorded."""
        found = [reason for one in self._all for reason in refusals(one, self.shipped.verdicts)]
        return tuple(reason for at, reason in enumerate(found) if reason not in found[:at])

    @property
    def designs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.said.design for one in self._all if one.said.design))

    @property
    def unrecorded(self) -> tuple[str, ...]:
        """Rows of which no comparison is recorded."""
        return tuple(key for key, found in self.estimates.items() if not found)

    @property
    def aggregate(self) -> str | None:
        """The first row among those that the cells stand in that is no single study; None: all are."""
        stands = [*self._places(), *(f"{self.table.id}/{key}" for key in self.rows)]
        return next((place for place in stands if not self._study(place)), None)

    @property
    def _all(self) -> Sequence[Estimate]:
        return list({one.id: one for found in self.estimates.values() for one in found}.values())

    def _estimates(self, key: str) -> tuple[Estimate, ...]:
        known = self.shipped.estimates.estimates.values()
        used = {ref for name, ref in self.refs[key].items() if name in EFFECTS}
        found = tuple(one for one in known if used & set(one.refs))
        return found or tuple(one for one in known if (one.table, one.row.key) == (self.table.id, key))

    def _places(self) -> list[str]:
        return [ref.rsplit("/", 1)[0] for refs in self.refs.values() for name, ref in refs.items() if name in EFFECTS]

    def _study(self, place: str) -> bool:
        table, key = place.split("/")
        row = self.shipped.evidence.rows[table].get(key)
        if row is None or row.review or self.table.kind not in ("trial", "studies", "forest"):
            return False
        return self.table.kind != "forest" or place in self.shipped.plotted


def take(cells: Cells, shipped: Shipped) -> Taken:
    """Raises AppraisalError for a table or a row that is not there."""
    tables, rows = shipped.evidence.tables, shipped.evidence.rows
    if cells.table not in tables:
        raise AppraisalError("error.grade-table-id", given=cells.table, allowed=", ".join(tables))
    table, there = tables[cells.table], rows[cells.table]
    for key in cells.rows:
        if key not in there:
            raise AppraisalError("error.grade-row", given=key, table=table.id, allowed=", ".join(there))
    refs = {key: {str(name): _ref(table, key, part) for name, part in cells.columns.items()} for key in cells.rows}
    return Taken(shipped, cells, table, {key: there[key] for key in cells.rows}, refs)


def _ref(table: Table, row: str, part: str) -> str:
    return f"{table.id}/{part}" if "/" in part else f"{table.id}/{row}/{part}"
