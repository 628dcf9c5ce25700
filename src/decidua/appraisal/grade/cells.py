"""Rows of a shipped table as numbers: the same cells that `decidua evidence` shows, none of them typed again."""

from __future__ import annotations

from pydantic import ValidationError

from decidua.appraisal.grade.bodies import Numbers
from decidua.appraisal.grade.rows import Taken
from decidua.errors import AppraisalError
from decidua.studies.table import StudyTable

PERCENT = 100
"""A difference in risk is printed in percent."""


def studies_of(taken: Taken) -> StudyTable:
    """One study a row. Raises AppraisalError for a cell that is not there, and for a row that is no single study."""
    import numpy as np

    if place := taken.aggregate:
        table, row = place.split("/")
        raise AppraisalError("error.grade-aggregate", table=table, row=row)
    _same_measure(taken)
    numbers = {
        name: np.array([_number(taken, row, name) for row in taken.rows], np.float64)
        for name in map(str, taken.cells.columns)
        if name != "participants"
    }
    rows = taken.rows.values()
    return StudyTable(
        taken.table.id, "counts" if "ai" in numbers else "reported",
        tuple(row.printed[0] if row.printed and row.printed[0] else row.key for row in rows),
        tuple(row.lines[0] for row in rows), numbers, np.ones(len(rows), bool),
    )  # fmt: skip


def printed_effect(taken: Taken) -> Numbers | None:
    """The printed effect of a single row, which is never computed again. None: several rows, or counts."""
    columns = taken.cells.columns
    if len(taken.rows) > 1 or "estimate" not in columns:
        return None
    _same_measure(taken)
    (row,) = taken.rows
    found = {str(name): _number(taken, row, str(name)) for name in columns}
    people = found.pop("participants", None)
    try:
        return Numbers(
            measure=taken.cells.measure, source=f"{taken.table.id}/{row}",
            participants=None if people is None else int(people), studies=None if taken.aggregate else 1, **found,
        )  # fmt: skip
    except ValidationError:
        raise AppraisalError("error.grade-interval", name=f"{taken.table.id}/{row}") from None


def contradicted(taken: Taken) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Claims with a mismatch: those on the rows themselves, and those elsewhere that use one of the cells."""
    starts = tuple(f"{taken.table.id}/{key}/" for key in taken.rows)
    used = {ref for refs in taken.refs.values() for ref in refs.values()}
    wrong = [one for one in taken.shipped.verdicts.values() if one.word == "mismatch"]
    own = tuple(one.claim for one in wrong if one.claim.startswith(starts))
    return own, tuple(one.claim for one in wrong if one.ref in used and one.claim not in own)


def _same_measure(taken: Taken) -> None:
    """What the row or its record calls the effect cannot be called otherwise."""
    for row, refs in taken.refs.items():
        if "estimate" not in refs:
            continue
        printed = taken.shipped.evidence.cells.get(f"{refs['estimate'].rsplit('.', 1)[0]}.measure")
        known = printed or next((one.measure for one in taken.estimates[row] if one.measure), None)
        if known is not None and known != taken.cells.measure:
            row = f"{taken.table.id}/{row}"
            raise AppraisalError("error.grade-measure", row=row, given=taken.cells.measure, printed=known)


def _number(taken: Taken, row: str, column: str) -> float:
    found = taken.shipped.evidence.number(taken.refs[row][column])
    if found is None or found.relation != "=":
        start = f"{taken.table.id}/{row}/"
        there = ", ".join(ref.removeprefix(start) for ref in taken.shipped.evidence.cells if ref.startswith(start))
        given = taken.cells.columns[column]  # type: ignore[index]  # its keys are these names
        raise AppraisalError("error.grade-cell", given=given, row=f"{taken.table.id}/{row}", allowed=there or "-")
    in_percent = taken.cells.measure == "RD" and column in ("estimate", "lower", "upper")
    return found.value / PERCENT if in_percent else found.value
