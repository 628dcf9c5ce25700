"""Text in two languages, and the sentences of the interface.

Sentences are whole templates per language, one pair of files for each part of the house
(`data/words/<part>.en.yaml`, `data/words/<part>.ko.yaml`); nothing is joined from fragments, because word order and
particles differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

Lang = Literal["en", "ko"]
LANGUAGES: tuple[Lang, ...] = ("en", "ko")


class Model(BaseModel):
    """Base of all content and contracts: unknown keys are errors, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Text(Model):
    """One text in both languages; `ko_status` says whether a person has checked the Korean."""

    en: str
    ko: str
    ko_status: Literal["machine", "checked", "official"] = "machine"

    def __getitem__(self, lang: Lang) -> str:
        return self.ko if lang == "ko" else self.en


@cache
def words(lang: Lang) -> Mapping[str, str]:
    """The interface's sentences in one language, by key."""
    folder = files("decidua") / "data" / "words"
    parts = sorted(part.name for part in folder.iterdir() if part.name.endswith(f".{lang}.yaml"))
    found: dict[str, str] = {}
    for part in parts:
        found |= yaml.load((folder / part).read_text("utf-8"), Loader=yaml.CSafeLoader)
    return found


def say(lang: Lang, key: str, /, **parts: object) -> str:
    """Fill the sentence `key`; raises KeyError for a key that no words file has."""
    return words(lang)[key].format(**parts)
