"""The rows of an audit by what they are about: whole cohort and groups apart, values in their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from decidua.answers import AGAINST, ANSWERS, FOR, SILENT, WEAK
from decidua.reports.audit.models import Breadth, Screen

OPEN = ("needs-data", "disputed")
IN_ORDER = (*ANSWERS, *OPEN)
BREADTHS: tuple[Breadth, ...] = ("all", "some", "one", "open-for", "open", "none")
_DIGITS = re.compile(r"(\d+)")


class Grouped(Protocol):
    @property
    def group(self) -> str: ...
    @property
    def value(self) -> str | None: ...
    @property
    def n(self) -> int: ...


class Doable(Grouped, Protocol):
    @property
    def done(self) -> str: ...


G = TypeVar("G", bound=Grouped)
D = TypeVar("D", bound=Doable)


def whole(rows: Iterable[G]) -> list[G]:
    return [row for row in rows if row.group == ""]


def of_group(rows: Iterable[G], group: str) -> list[G]:
    return [row for row in rows if row.group == group]


def values_of(rows: Iterable[Grouped]) -> list[str | None]:
    """In the order people expect: 2 before 10, what is not known last."""
    return sorted({row.value for row in rows}, key=_natural)


def _natural(value: str | None) -> tuple[bool, list[tuple[bool, int, str]]]:
    pieces = _DIGITS.split(value or "")
    return value is None, [(not one.isdigit(), int(one) if one.isdigit() else 0, one) for one in pieces if one]


def screen_of(answer: str) -> Screen:
    groups: Sequence[tuple[Screen, Sequence[str]]] = (
        ("for", FOR), ("against", AGAINST), ("weak", WEAK), ("silent", SILENT),
    )  # fmt: skip
    return next((screen for screen, answers in groups if answer in answers), "open")


def breadth_of(screens: Sequence[str]) -> Breadth:
    """How many guidelines are for it; open while one answer is, and whether another one is for it already."""
    if "open" in screens:
        return "open-for" if "for" in screens else "open"
    count = sum(screen == "for" for screen in screens)
    if count == len(screens):
        return "all"
    return "none" if count == 0 else "one" if count == 1 else "some"


def opposed(screens: Sequence[str]) -> bool:
    return "for" in screens and "against" in screens
