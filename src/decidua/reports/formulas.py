"""The one guard against texts that a spreadsheet would run as formulas."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: object) -> object:
    """A text that begins with = + - @, a tab or a line break and is no plain number, behind an apostrophe; anything
    else as it is, so that numbers stay numbers."""
    if not isinstance(cell, str) or not cell.lstrip(" ").startswith(_FORMULA) or _NUMBER.fullmatch(cell.strip()):
        return cell
    return f"'{cell}"
