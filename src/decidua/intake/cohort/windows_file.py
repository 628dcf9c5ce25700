"""Days around the day of care as a mapping writes them: `P90D`, or `{before: 90 d, after: P1W}`."""

from __future__ import annotations

import re

from decidua.errors import PatientError
from decidua.intake.cohort.mapping import Window
from decidua.intake.nodes import Table, Tree
from decidua.intake.scalars import text_of

_LENGTH = re.compile(r"(?:P(?P<iso>\d{1,5})(?P<of>[DW])|(?P<count>\d{1,5}) ?(?P<unit>d|days?|wk|weeks?))", re.ASCII)
_WEEKS = ("W", "wk", "week", "weeks")


def window_of(tree: Tree, key: str) -> Window | None:
    """One length for both sides, or one for each; a side that is not named is open. Raises PatientError."""
    if not isinstance(tree, Table):
        days = _days(tree, key)
        return None if days is None else Window(days, days)
    ends: dict[str, int | None] = {}
    for entry in tree.entries:
        if entry.key not in ("before", "after"):
            raise PatientError("error.row-key", key=entry.key, kind="within", allowed="before, after")
        ends[entry.key] = _days(entry.value, entry.key)
    return Window(ends.get("before"), ends.get("after"))


def _days(tree: Tree, key: str) -> int | None:
    text = text_of(tree, key)
    if text is None:
        return None
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise PatientError("mapping.window", given=text, key=key)
    length = int(match["iso"] or match["count"])
    return length * 7 if (match["of"] or match["unit"]) in _WEEKS else length
