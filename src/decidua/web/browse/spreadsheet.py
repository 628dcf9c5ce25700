"""CSV that a spreadsheet opens as what it is: texts that would run as formulas stand behind an apostrophe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from decidua.reports.formulas import safe
from decidua.reports.reproduction import ClaimView
from decidua.web.browse.evidence import TableView


def written(rows: Iterable[Sequence[object]]) -> str:
    """UTF-8 with its mark, so that spreadsheets read Korean."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def table_csv(view: TableView) -> str:
    """Printed headings, then each row with its key and its lines in the source; cells as printed."""
    heads = [["", "", *head] for head in view.heads]
    rows = [
        [row.key, row.lines, *(cell.text for cell in row.cells), *(f"{name}={one.text}" for name, one in row.fragments)]
        for row in view.rows
    ]
    return written([["row", "lines"], *heads, *rows])


def claims_csv(claims: Iterable[ClaimView]) -> str:
    header = ("id", "row", "part", "lines", "printed", "verdict", "recomputed", "method", "detail", "matching",
              "tried", "chance", "note")  # fmt: skip
    rows = (
        (one.id, one.row, one.part, " ".join(map(str, one.lines)), one.printed, one.verdict, one.recomputed,
         one.method or "", one.detail, len(one.matching), one.tried, one.chance, one.note)
        for one in claims
    )  # fmt: skip
    return written([header, *rows])
