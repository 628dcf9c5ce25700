"""What a mapping file says: how the columns of a source are meant. Read by `mapping_file`; checked against the
vocabulary in `headings`, where the columns are known too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class DateRule:
    """A column of dates; `format` as for strptime, None for YYYY-MM-DD."""

    column: str
    format: str | None = None
    line: int = 1


@dataclass(frozen=True)
class ColumnRule:
    """The fact of a column, the unit of its bare numbers, what its words mean."""

    column: str
    fact: str
    unit: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    line: int = 1


@dataclass(frozen=True)
class GroupRule:
    """A group from a column as it is, from the year of a date, or from the bands of a number between `cuts`."""

    name: str
    column: str = ""
    fact: str = ""
    year: bool = False
    format: str | None = None
    cuts: tuple[Decimal, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    line: int = 1


@dataclass(frozen=True)
class Complete:
    """That a record has everything that was done, for care from one day to another; None is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class DoneRule:
    """Whether an option was done: a column of yes and no, a column of dates, or both."""

    option: str
    column: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    date: DateRule | None = None
    complete: Complete | None = None
    line: int = 1


@dataclass(frozen=True)
class Window:
    """Days before and after the day of care, both within; None is open."""

    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class EventsRule:
    """A long table of what was done: one row is one drug, test or procedure of one patient."""

    patient: str = "patient"
    code: str = "code"
    system: str = "system"
    of: str | None = None
    """The code system of all rows, where there is no column of it."""
    date: DateRule | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    """The source's own codes → option."""
    complete: Mapping[str, Complete] = field(default_factory=dict)
    """Options for which a patient without an event was not given it."""
    together_days: int | None = None
    """Days within which the parts of a combination were given as that combination."""
    within: Window | None = None
    """How near to a row's day of care an event must be to count for it; None: at any time."""
    for_loss: bool = False
    """Whether the source says that all of it was done for preventing pregnancy loss."""
    line: int = 1


@dataclass(frozen=True)
class ColumnMapping:
    """Everything that a mapping file says; without one, columns are named by fact or alias."""

    name: str = ""
    patient: str | None = None
    index: DateRule | None = None
    care: DateRule | None = None
    as_of: date | None = None
    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    """Further words for a value that is not known, in lower case."""
    groups: tuple[GroupRule, ...] = ()
    done: tuple[DoneRule, ...] = ()
    events: EventsRule | None = None
    separator: str | None = None
    encoding: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    """Key at the top → its line."""

    def where(self, line: int) -> str:
        return f"{self.name}:{line}"
