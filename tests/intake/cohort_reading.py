"""Cohorts of a test: the settings of the shipped content, and a short way to read a text as a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from decidua.content import load
from decidua.facts import Vocabulary
from decidua.intake.cohort import FactsTable, Names, Problem, Settings, mapping_of, option_places, read_cohort
from intake.reading import AS_OF, STATED

OPTIONS = option_places(load())


def settings(vocabulary: Vocabulary, mapping: str = "{}", as_of: date | None = AS_OF) -> Settings:
    return Settings(Names(vocabulary, STATED, OPTIONS), mapping_of(mapping, "m.yaml"), OPTIONS, as_of)


def cohort(
    folder: Path, text: str | bytes, vocabulary: Vocabulary, mapping: str = "{}", name: str = "c.csv", **more: Any
) -> FactsTable:
    """The text as a file, read."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_cohort(path, settings(vocabulary, mapping), **more)


def rows(table: FactsTable, *columns: str) -> list[tuple[object, ...]]:
    return table.frame.select(*columns).collect().rows()


def problems(table: FactsTable) -> dict[str, Problem]:
    """By the key of their sentence; a key stands once in these tests."""
    return {problem.key: problem for problem in table.description.problems}
