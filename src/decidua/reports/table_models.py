"""The output contract of `decidua evidence --format json`: tables as printed, verdicts, and their plots."""

from __future__ import annotations

from decidua.language import Model
from decidua.reports.pictures.models import ForestPlot
from decidua.reports.reproduction import ClaimView


class RepairView(Model):
    """A damaged cell: what is read instead (None: nothing), and why."""

    cell: str
    value: str | None
    note: str


class TableRowView(Model):
    key: str
    lines: tuple[int, ...]
    printed: tuple[str, ...]
    review: bool
    note: str | None
    repairs: tuple[RepairView, ...]


class TableView(Model):
    id: str
    title: str
    kind: str
    about: tuple[str, ...]
    outcome: str | None
    note: str | None
    headers: tuple[tuple[str, ...], ...]
    rows: tuple[TableRowView, ...]
    claims: tuple[ClaimView, ...]
    plots: tuple[ForestPlot, ...]


class EvidenceTables(Model):
    """`use`: the intended use, with version and content."""

    software: str
    content: str
    use: str
    tables: tuple[TableView, ...]
