"""One question to the authors of a guideline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from decidua.check.witness import Witness
from decidua.language import Text, say
from decidua.provenance import Citation

Kind = Literal[
    "reading",
    "cut-off",
    "method",
    "regimen",
    "unreachable",
    "evidence-without-recommendation",
    "strength",
    "certainty",
]


@dataclass(frozen=True)
class Flip:
    """The smallest patient whose answer a reading turns: `answers` gives it for each alternative."""

    option: str
    patient: Witness
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """`id` is permanent; `number` is its place in one docket."""

    number: int
    id: str
    kind: Kind
    guideline: str
    text: Text
    places: tuple[Citation, ...]
    alternatives: tuple[tuple[str, Text], ...] = ()
    """For a reading: what a reply can choose from."""
    flip: Flip | None = None


def ask(key: str, parts: Mapping[str, Text | str]) -> Text:
    """The sentence `key` in both languages; a Text among the parts is put in in the sentence's language."""
    en = say("en", key, **{name: part["en"] if isinstance(part, Text) else part for name, part in parts.items()})
    ko = say("ko", key, **{name: part["ko"] if isinstance(part, Text) else part for name, part in parts.items()})
    return Text(en=en, ko=ko)


def unique(places: list[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(places))
