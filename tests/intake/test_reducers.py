"""The truth tables of the reducers, as in their docstrings."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from decidua.facts import Range
from decidua.intake import reducers
from decidua.intake.reducers import Dated, Sign, any_positive, count, latest, one_of, persistent

SIGNS = {"+": True, "-": False, "?": None}
WORDS = {"true": True, "false": False, "unknown": None}


def signs(text: str) -> list[Sign]:
    """`+@0 -@84` → signs; without a day, each on the next."""
    found = []
    for place, part in enumerate(text.split()):
        day = int(part[2:]) if "@" in part else place
        found.append(Sign(date(2020, 1, 1) + timedelta(days=day), SIGNS[part[0]]))
    return found


def dated(text: str) -> list[Dated]:
    words = {True: "positive", False: "negative", None: None}
    return [Dated(sign.on, words[sign.positive]) for sign in signs(text)]


def rows_of(function: object) -> list[tuple[str, str]]:
    """The rows of the table in a docstring, so that what is documented is what is tested."""
    lines = [line.strip() for line in str(function.__doc__).splitlines()]
    cells = [re.split(r"\s{2,}", line) for line in lines if re.match(r"(none|[-+?](@\d+)?)\s", line)]
    return [("" if cell[0] == "none" else cell[0], *cell[1:]) for cell in cells]  # type: ignore[misc]


@pytest.mark.parametrize("row", rows_of(persistent))
def test_persistent(row: tuple[str, str]) -> None:
    assert persistent(signs(row[0])) is WORDS[row[1]]


def test_persistent_table_is_read() -> None:
    assert len(rows_of(persistent)) == 15


@pytest.mark.parametrize("row", rows_of(latest))
def test_latest(row: tuple[str, str]) -> None:
    expected = {"+": "positive", "-": "negative", "unknown": None}[row[1]]
    assert latest(dated(row[0])) == expected
    assert latest(dated(row[0])[::-1]) == expected


@pytest.mark.parametrize("row", rows_of(any_positive))
def test_any(row: tuple[str, str, str]) -> None:
    assert any_positive(signs(row[0]), complete=True) is WORDS[row[1]]
    assert any_positive(signs(row[0]), complete=False) is WORDS[row[2]]


@pytest.mark.parametrize(
    ("text", "complete", "open_"),
    [
        ("", Decimal(0), Range(Decimal(0), None)),
        ("+ - +", Decimal(2), Range(Decimal(2), None)),
        ("+ ? -", Range(Decimal(1), Decimal(2)), Range(Decimal(1), None)),
    ],
)
def test_count(text: str, complete: object, open_: object) -> None:
    assert count(signs(text), complete=True) == complete
    assert count(signs(text), complete=False) == open_


def test_one_of_is_kleene() -> None:
    assert one_of([False, None, True]) is True
    assert one_of([False, None]) is None
    assert one_of([False, False]) is False


def test_unknowns_only_ever_become_one_of_their_completions() -> None:
    """Whatever the unknown results turn out to be, a settled answer stays."""
    for text in ("+@0 ?@84", "?@0 -@84", "?@0 ?@90 -@200", "+@0 ?@40 -@130", "?@0 -@10", "+@0 ?@90 -@180"):
        settled = persistent(signs(text))
        for fill in ("+", "-"):
            completed = persistent(signs(text.replace("?", fill)))
            assert settled is None or settled is completed


def test_documented() -> None:
    assert all(getattr(reducers, name).__doc__ for name in ("latest", "any_positive", "count", "persistent"))
