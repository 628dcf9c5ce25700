"""Cells to numbers, whole columns at a time; a cell that is no number is told with its row."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from decidua.studies.problems import Problems, quoted
from decidua.studies.table import KINDS
from decidua.synthesis.arrays import Bools, Floats

MISSING = frozenset(("", "na", "n/a", "nan", ".", "-", "–", "?", "unknown", "모름"))
LARGEST = 1e12
"""No trial has more people, and no measure of one is larger."""
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def column(texts: Sequence[str], lines: Sequence[int], name: str, problems: Problems) -> Floats:
    """(studies,), NaN where the cell is empty or says that the value is missing."""
    try:
        # NumPy reads a clean column a hundred times faster than cell by cell; what it reads too freely is caught below.
        values = np.array(texts, dtype=np.float64)
        if np.isfinite(values).all() and np.abs(values).max() <= LARGEST and not any("_" in text for text in texts):
            return values
    except ValueError:
        pass
    return np.array([_cell(text, line, name, problems) for text, line in zip(texts, lines, strict=True)])


def _cell(text: str, line: int, name: str, problems: Problems) -> float:
    plain = text.strip().replace("−", "-")
    if plain.lower() in MISSING:
        return float("nan")
    if _THOUSANDS.fullmatch(plain):
        problems.add("error.study-comma", line, column=name, given=quoted(text))
        return float("nan")
    if _DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        problems.add("error.study-number", line, column=name, given=quoted(text))
        return float("nan")
    value = float(plain)
    if abs(value) > LARGEST:
        problems.add("error.study-large", line, column=name, given=quoted(text))
        return float("nan")
    return value


def check(kind: str, numbers: dict[str, Floats], lines: Sequence[int], problems: Problems) -> Bools:
    """Refuses counts, sizes and spreads that cannot be; returns which studies have every needed number
    and somebody in both groups."""
    given: Bools = np.asarray(np.isfinite(np.stack([numbers[name] for name in KINDS[kind]])).all(axis=0), np.bool_)
    for events, total in (("ai", "n1i"), ("ci", "n2i")) if kind == "counts" else ():
        _refuse(numbers, (events, total), lambda e, n: (n >= 0) & (e > n), lines, problems, "error.study-events")
        _refuse(numbers, (events,), lambda e: e < 0, lines, problems, "error.study-negative")
        _refuse(numbers, (events,), lambda e: (e >= 0) & (e % 1 != 0), lines, problems, "error.study-whole")
    for total in ("n1i", "n2i") if kind != "reported" else ():
        # Nobody in a group is no slip: reviews list such studies as not estimable.
        given &= numbers[total] != 0
        _refuse(numbers, (total,), lambda n: n < 0, lines, problems, "error.study-empty")
        _refuse(numbers, (total,), lambda n: (n > 0) & (n % 1 != 0), lines, problems, "error.study-whole")
    for spread in ("sd1i", "sd2i") if kind == "means" else ():
        _refuse(numbers, (spread,), lambda s: s <= 0, lines, problems, "error.study-spread")
    return given


def _refuse(numbers, names, wrong, lines, problems, key) -> None:  # type: ignore[no-untyped-def]
    values = [numbers[name] for name in names]
    for at in np.flatnonzero(wrong(*values)):
        said = [f"{value[at]:g}" for value in values]
        problems.add(key, lines[at], column=names[0], given=said[0], total=said[-1], of=names[-1])
