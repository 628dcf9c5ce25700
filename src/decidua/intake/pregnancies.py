"""The table of pregnancies: one row each, oldest first unless `order` says otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from decidua.errors import PatientError
from decidua.facts import Fact, Value, Vocabulary
from decidua.intake.nodes import Listing, Scalar, Tree
from decidua.intake.problems import Problems
from decidua.intake.rows import Row, tables_of
from decidua.intake.scalars import text_of, value_of

OUTCOMES = (
    "biochemical", "clinical-loss", "loss", "ectopic", "molar", "stillbirth", "live-birth", "termination",
    "ongoing", "unknown",
)  # fmt: skip
CONFIRMED = ("ultrasound", "histology", "hcg-only", "unknown")
KARYOTYPES = ("normal", "abnormal", "not-tested", "unknown")
CONCEPTIONS = ("natural", "ivf", "iui", "unknown")
KEYS = (
    "order", "year", "date", "outcome", "weeks", "confirmed", "karyotype", "conception", "partner",
    "treatment", "treatment_start",
)  # fmt: skip
EARLIEST = 1930
SEEN = ("ultrasound", "histology")


@dataclass(frozen=True)
class Pregnancy:
    """One pregnancy; None is unknown. `weeks` and a numeric `treatment_start` are in days of gestation.

    The weeks of an ongoing pregnancy are those on the as-of date.
    """

    order: int
    outcome: str | None
    line: int
    year: int | None = None
    on: date | None = None
    weeks: Value | None = None
    confirmed: str | None = None
    karyotype: str | None = None
    conception: str | None = None
    partner: str | None = None
    treatment: tuple[str, ...] = ()
    treatment_start: Value | None = None
    """A gestational age in days, or `before`."""

    @property
    def lost(self) -> bool:
        return self.outcome in ("biochemical", "clinical-loss", "loss")

    @property
    def kind(self) -> str | None:
        """The outcome, with a loss of unknown kind told apart by how it was confirmed."""
        if self.outcome == "loss" and self.confirmed in SEEN:
            return "clinical-loss"
        return "biochemical" if self.outcome == "loss" and self.confirmed == "hcg-only" else self.outcome


def read_pregnancies(
    tree: Tree | None, vocabulary: Vocabulary, as_of: date, problems: Problems
) -> tuple[Pregnancy, ...] | None:
    """All rows in the order of time; None if there is no list. What is wrong goes to `problems`."""
    weeks = vocabulary.facts.get("gestation")
    rows = [Row(table, "pregnancy", KEYS, problems) for table in tables_of(tree, "pregnancies", problems)]
    read = [_pregnancy(row, position, weeks, as_of) for position, row in enumerate(rows, 1)]
    if not isinstance(tree, Listing):
        return None
    ordered = sorted(read, key=lambda pregnancy: pregnancy.order)
    _check_order(ordered, problems)
    return tuple(ordered)


def _pregnancy(row: Row, position: int, weeks: Fact | None, as_of: date) -> Pregnancy:
    day, year = row.past_date("date", as_of), row.number("year", EARLIEST, as_of.year)
    if day and year and day.year != year:
        row.problems.conflict("error.pregnancy-year", row.line_of("year"), year=str(year), date=day)
    days = _Days(weeks)
    pregnancy = Pregnancy(
        order=row.number("order", 1, 99) or position,
        outcome=_known(row.choice("outcome", OUTCOMES)),
        line=row.line,
        year=day.year if day else year,
        on=day,
        weeks=row.read("weeks", days.read),
        confirmed=_known(row.choice("confirmed", CONFIRMED)),
        karyotype=_known(row.choice("karyotype", KARYOTYPES)),
        conception=_known(row.choice("conception", CONCEPTIONS)),
        partner=row.text("partner"),
        treatment=row.read("treatment", _treatments) or (),
        treatment_start=row.read("treatment_start", days.start),
    )
    _check_confirmed(pregnancy, row)
    return pregnancy


def _known(choice: str | None) -> str | None:
    return None if choice == "unknown" else choice


@dataclass(frozen=True)
class _Days:
    """Reads a gestational age as the vocabulary's own fact reads it."""

    fact: Fact | None

    def read(self, tree: Tree, key: str) -> Value | None:
        """`8+3`, `8w3d`, `8 wk`, `59 d`; a bare whole number is weeks, as the key says."""
        text = text_of(tree, key)
        if text is None or self.fact is None:
            return None
        if re.fullmatch(r"\d{1,2}", text, re.ASCII):
            text = f"{text}+0"
        try:
            return value_of(self.fact, Scalar(text, tree.line))[0]
        except PatientError as error:
            error.parts["fact"] = key
            raise

    def start(self, tree: Tree, key: str) -> Value | None:
        return "before" if text_of(tree, key) in ("before", "임신 전") else self.read(tree, key)


def _treatments(tree: Tree, key: str) -> tuple[str, ...]:
    items = tree.items if isinstance(tree, Listing) else (tree,)
    return tuple(text for item in items if (text := text_of(item, key)) is not None)


def _check_confirmed(pregnancy: Pregnancy, row: Row) -> None:
    """A biochemical loss is one that nobody saw; a clinical loss is one that somebody did."""
    seen = pregnancy.outcome == "biochemical" and pregnancy.confirmed in SEEN
    unseen = pregnancy.outcome == "clinical-loss" and pregnancy.confirmed == "hcg-only"
    if seen or unseen:
        parts = {"outcome": pregnancy.outcome, "confirmed": pregnancy.confirmed}
        row.problems.conflict("error.pregnancy-confirmed", row.line_of("confirmed"), **parts)


def _check_order(ordered: Sequence[Pregnancy], problems: Problems) -> None:
    for earlier, later in pairwise(ordered):
        lines = {"first": problems.where(earlier.line)}
        if earlier.order == later.order:
            problems.conflict("error.pregnancy-order-twice", later.line, order=later.order, **lines)
        elif _after(earlier, later):
            parts = {"earlier": earlier.on or earlier.year, "later": later.on or later.year}
            problems.conflict("error.pregnancy-order", later.line, **parts, **lines)
        if earlier.outcome == "ongoing":
            problems.conflict("error.pregnancy-ongoing", earlier.line, next=problems.where(later.line))


def _after(one: Pregnancy, other: Pregnancy) -> bool:
    """Whether the dates say that `one` came after `other`, as far as they are known."""
    if one.on and other.on:
        return one.on > other.on
    return one.year is not None and other.year is not None and one.year > other.year
