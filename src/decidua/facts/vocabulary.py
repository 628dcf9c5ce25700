"""Facts: what may be known of a patient, in which units, and what cannot be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import Field

from decidua.language import Model, Text

Kind = Literal["boolean", "integer", "number", "choice"]


class Code(Model):
    """A code of a public system; `status` says whether its meaning was seen in a public source or is from memory."""

    system: str
    code: str
    display: str
    status: Literal["verified", "memory", "local"]


class Unit(Model):
    """An accepted unit: canonical value = given * factor / divisor, exactly."""

    code: str
    label: str
    factor: Decimal = Decimal(1)
    divisor: Decimal = Decimal(1)

    def to_canonical(self, value: Decimal) -> Decimal:
        return value * self.factor / self.divisor


class Pair(Model):
    """A source's own pairing of two units at a cut-off: `other` counts as exactly `value`, order kept."""

    value: Decimal
    unit: str
    other: Decimal
    other_unit: str


class FactGroup(Model):
    id: str
    label: Text
    absence: Text


class Fact(Model):
    id: str
    group: str
    type: Kind
    label: Text
    ask: Literal["ask", "test"]
    """How a missing value can be had: by asking or looking it up, or only by a new test."""
    help: Text | None = None
    test: str | None = None
    units: tuple[Unit, ...] = ()
    pairs: tuple[Pair, ...] = ()
    possible: tuple[Decimal, Decimal] | None = None
    likely: tuple[Decimal, Decimal] | None = None
    choices: tuple[str, ...] = ()
    labels: Mapping[str, Text] = {}
    aliases: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    format: Literal["gestational-age", "titre"] | None = None

    @property
    def unit(self) -> Unit | None:
        """The canonical unit: the first accepted one."""
        return self.units[0] if self.units else None

    @property
    def numeric(self) -> bool:
        return self.type in ("integer", "number")


class Constraint(Model):
    """What cannot be: a sum above its total; a boolean without another; a known fact without a choice."""

    id: str
    says: Text
    sum: tuple[str, ...] = ()
    at_most: str | None = None
    allow: Literal["multiple-births"] | None = None
    """An exception that real life knows: then a breach is a warning, and nothing is concluded from it."""
    if_: str | None = Field(default=None, alias="if")
    then: str | None = None
    if_known: str | None = None

    @property
    def strict(self) -> bool:
        return self.allow is None

    @property
    def effect(self) -> tuple[str, str]:
        """The fact that `then` speaks of, and the choice that it must have (none for a boolean)."""
        fact, _, choice = (self.then or "").partition("=")
        return fact.strip(), choice.strip().strip("'")


@dataclass(frozen=True)
class Vocabulary:
    """All facts, groups and constraints of a content."""

    facts: Mapping[str, Fact]
    groups: Mapping[str, FactGroup]
    constraints: tuple[Constraint, ...]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every accepted spelling → fact id."""
        own = {id_: id_ for id_ in self.facts}
        return {alias: fact.id for fact in self.facts.values() for alias in fact.aliases} | own

    def nearest(self, name: str, more: Iterable[str] = ()) -> list[str]:
        """Up to three known names like `name`."""
        return difflib.get_close_matches(name.lower(), [*self.names, *more], n=3, cutoff=0.5)
