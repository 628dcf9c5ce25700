"""Rows of a shipped table as studies: the same cells that `decidua evidence` shows, none of them typed again."""

from __future__ import annotations

from collections.abc import Mapping

from decidua.appraisal.grade.bodies import Cells, Numbers
from decidua.errors import AppraisalError
from decidua.evidence import Evidence, Row, Table, Verdict
from decidua.studies.table import StudyTable


def studies_of(cells: Cells, evidence: Evidence) -> StudyTable:
    """One study a row. Raises AppraisalError for a table, row or cell that is not there, and for a review."""
    import numpy as np

    table, rows = _rows(cells, evidence)
    for row in rows:
        if row.review:
            raise AppraisalError("error.grade-review", table=table.id, row=row.key)
    numbers = {
        str(name): np.array([_number(table, row, part, evidence) for row in rows], np.float64)
        for name, part in cells.columns.items()
        if name != "participants"
    }
    kind = "counts" if "ai" in cells.columns else "reported"
    return StudyTable(
        f"{table.id}", kind, tuple(row.printed[0] if row.printed and row.printed[0] else row.key for row in rows),
        tuple(row.lines[0] for row in rows), numbers, np.ones(len(rows), bool),
    )  # fmt: skip


def printed_effect(cells: Cells, evidence: Evidence) -> Numbers | None:
    """A single row that is itself a review: its printed effect, which is never pooled again. None: not such a row."""
    table, rows = _rows(cells, evidence)
    if len(rows) > 1 or not rows[0].review or "estimate" not in cells.columns:
        return None
    found = {name: _number(table, rows[0], ref, evidence) for name, ref in cells.columns.items()}
    people = found.pop("participants", None)
    return Numbers(
        measure=cells.measure, source=f"{table.id}/{rows[0].key}",
        participants=None if people is None else int(people), **found,
    )  # fmt: skip


def contradicted(
    cells: Cells, evidence: Evidence, verdicts: Mapping[str, Verdict]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Claims with a mismatch: those on the rows themselves, and those elsewhere that use one of the cells."""
    table, rows = _rows(cells, evidence)
    starts = tuple(f"{table.id}/{row.key}/" for row in rows)
    used = {_ref(table, row, ref) for row in rows for ref in cells.columns.values()}
    wrong = [one for one in verdicts.values() if one.word == "mismatch"]
    own = tuple(one.claim for one in wrong if one.claim.startswith(starts))
    return own, tuple(one.claim for one in wrong if one.ref in used and one.claim not in own)


def _rows(cells: Cells, evidence: Evidence) -> tuple[Table, list[Row]]:
    if cells.table not in evidence.tables:
        raise AppraisalError("error.grade-table-id", given=cells.table, allowed=", ".join(evidence.tables))
    table, there = evidence.tables[cells.table], evidence.rows[cells.table]
    for key in cells.rows:
        if key not in there:
            raise AppraisalError("error.grade-row", given=key, table=table.id, allowed=", ".join(there))
    return table, [there[key] for key in cells.rows]


def _ref(table: Table, row: Row, part: str) -> str:
    return f"{table.id}/{part}" if "/" in part else f"{table.id}/{row.key}/{part}"


def _number(table: Table, row: Row, part: str, evidence: Evidence) -> float:
    found = evidence.number(_ref(table, row, part))
    if found is None or found.relation != "=":
        start = f"{table.id}/{row.key}/"
        there = ", ".join(ref.removeprefix(start) for ref in evidence.cells if ref.startswith(start))
        raise AppraisalError("error.grade-cell", given=part, row=f"{table.id}/{row.key}", allowed=there or "-")
    return found.value
