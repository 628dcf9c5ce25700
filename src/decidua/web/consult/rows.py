"""Rows added to or taken from the tables of a form by its buttons: `add=pregnancy`, `take=result.2`."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.web.patient_form.fields import ROWS, SOURCE, Entries, Fields


def with_rows(fields: Sequence[tuple[str, str]]) -> Fields:
    """The fields after the button that was pressed, if one was."""
    asked = dict(fields)
    gone = (f"{asked['take']}.", f"{SOURCE}{asked['take']}.") if asked.get("take") else "\0"
    kept = tuple((name, text) for name, text in fields if not name.startswith(gone) and name not in ("add", "take"))
    return kept + _added(kept, asked.get("add", ""))


def _added(fields: Fields, table: str) -> Fields:
    first = {"pregnancy": ("outcome", "unknown"), "result": ("fact", "")}.get(table)
    rows = Entries(fields).rows(table)
    if first is None or len(rows) >= ROWS:
        return ()
    return ((f"{table}.{max(rows, default=0) + 1}.{first[0]}", first[1]),)
