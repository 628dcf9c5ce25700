"""What a cohort is read by: the vocabulary's names, the mapping, the as-of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from decidua.content import Content
from decidua.intake.cohort.headings import Names, plain
from decidua.intake.cohort.mapping import ColumnMapping


@dataclass(frozen=True)
class OptionPlace:
    """Where an option stands among the others: under a class, or as a combination of parts."""

    id: str
    parent: str | None = None
    combines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """`content` is the hash of the content that the vocabulary is of."""

    names: Names
    mapping: ColumnMapping = field(default_factory=ColumnMapping)
    options: Mapping[str, OptionPlace] = field(default_factory=dict)
    as_of: date | None = None
    content: str = ""
    made_by: str = "decidua"

    @property
    def unexplained(self) -> list[str]:
        """All names that the word `unexplained` states."""
        return sorted(name for name in self.names.stated if name.startswith("unexplained@"))

    def fact_id(self, name: str) -> str | None:
        fact = self.names.facts.get(plain(name)) if name else None
        return None if fact is None else fact.id


def option_places(content: Content) -> dict[str, OptionPlace]:
    """The options of a content, by what this part needs of them."""
    return {
        item.id: OptionPlace(item.id, item.data.get("parent"), tuple(item.data.get("combines") or ()))
        for item in content.of("options")
    }
