"""The shapes of study tables, claims, methods and links, as they stand in the YAML files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from decidua.evidence.cells import Holds
from decidua.language import Model, Text
from decidua.provenance import Citation, Mark, Review

Ref = str
"""`part` of the same row, `row/part` of the same table, or `table/row/part`."""
Source = Ref | float | tuple[Ref, ...]
"""One printed number, a constant, or several numbers to be added."""
PrintIs = Literal["crude", "pooled", "adjusted"]


class Column(Model):
    """A column: its key, what its cells hold, and the names of their groups where one cell holds several."""

    key: str
    holds: Holds = "text"
    label: Text | None = None
    names: tuple[str, ...] = ()


class Repair(Model):
    """A damaged cell: the value that is read instead (None: nothing is), and why. Always shown with the print."""

    holds: Holds = "text"
    value: str | None = None
    note: Text


class Row(Model):
    """A printed row. `printed`: its cells, exactly; joined by tabs they are the line of the stored text.

    `values`: further numbers, as fragments of the row's print, each with what it holds. `review`: the row is itself
    a review, so it is never pooled.
    """

    key: str
    lines: tuple[int, ...] = Field(min_length=1)
    printed: tuple[str, ...] = ()
    values: Mapping[str, tuple[Holds, str]] = {}
    repairs: Mapping[str, Repair] = {}
    review: bool = False
    note: Text | None = None


class Header(Model):
    """A printed line without numbers of its own: column titles, group titles."""

    lines: tuple[int, ...] = Field(min_length=1)
    printed: tuple[str, ...]


class Rule(Model):
    """What follows from what. `prints`: part → the printed number; `from`: input → where it stands.

    As an entry of a table it holds for every row that has all of these numbers (or for `rows` only).
    `print_is` pooled or adjusted: totals give a crude value only, from which the print does not follow.
    """

    name: str
    method: str
    prints: Mapping[str, Ref] = Field(min_length=1)
    from_: Mapping[str, Source] = Field(default={}, alias="from")
    options: Mapping[str, Any] = {}
    rows: tuple[str, ...] = ()
    print_is: PrintIs = "crude"


class Table(Model):
    """A table, forest plot or set of numbers of a source, cell by cell."""

    id: str
    title: Text
    kind: Literal["reviews", "trial", "studies", "forest", "outcomes", "numbers"]
    about: tuple[str, ...] = ()
    """Options that the table is about."""
    outcome: Text | None = None
    columns: tuple[Column, ...] = ()
    headers: tuple[Header, ...] = ()
    rows: tuple[Row, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    note: Text | None = None
    cites: tuple[Citation, ...] = Field(min_length=1)
    mark: Mark = "as-told"
    review: Review = Review()

    @model_validator(mode="after")
    def _rows_once(self) -> Table:
        keys = [row.key for row in self.rows]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"rows stand twice: {', '.join(sorted(twice))}")
        return self


class Declared(Model):
    """A claim declared by hand: a rule between named numbers, or `because` none can be given."""

    id: str
    method: str | None = None
    prints: Mapping[str, Ref] = Field(min_length=1)
    from_: Mapping[str, Source] = Field(default={}, alias="from")
    options: Mapping[str, Any] = {}
    print_is: PrintIs = "crude"
    remark: Text | None = None
    """What must be said beside a verdict that is not exact."""
    because: Text | None = None
    """Why it cannot be recomputed; exactly then there is no method."""

    @model_validator(mode="after")
    def _method_or_reason(self) -> Declared:
        if (self.method is None) == (self.because is None):
            raise ValueError("give either `method`, or `because` it cannot be recomputed")
        return self


class Method(Model):
    """A candidate method: its name, its formula, and where it is from."""

    id: str
    says: Text
    formula: str | None = None
    source: str | None = None


class Links(Model):
    """The tables that a statement rests on."""

    id: str
    tables: tuple[str, ...] = Field(min_length=1)
