"""How FHIR is read, as data: `data/fhir/mapping.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from decidua.facts.vocabulary import Code
from decidua.language import Model

Meaning = Literal["positive", "negative", "yes", "no", "pregnant", "not-pregnant", "high", "normal", "low"]


class MoreCode(Code):
    fact: str


class Tables(Model):
    systems: Mapping[str, str]
    choices: str
    options: str
    categories: tuple[str, ...]
    codes: tuple[MoreCode, ...]
    answers: Mapping[str, Mapping[str, Meaning]]
    interpretations: Mapping[str, Mapping[str, Meaning]]
    unions: frozenset[str]
    past: frozenset[str]
    now: frozenset[str]
    now_days: int
    allergens: Mapping[str, str]

    @property
    def own(self) -> str:
        """The system in which the id of every fact is a code."""
        return self.systems["local"]

    def speaks_of_now(self, fact: str) -> bool:
        return fact in self.now or fact.startswith("on_")


@cache
def tables() -> Tables:
    text = (files("decidua") / "data" / "fhir" / "mapping.yaml").read_text("utf-8")
    return Tables.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
