"""Which language a line is in. A clinical statement stands in Korean only if a person has checked the Korean.

Three kinds of words:
- frame: what the sheet says of itself, headings, questions. Interface words, in the sheet's language.
- statement: a sentence of this project that tells what a source says (`sheet.say.*`). Korean only once it is listed in
  `checked.yaml` with the very sentence that was checked; English until then.
- content: texts of the content with their own `ko_status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter

import yaml

from decidua.language import Lang, Text, say, words
from decidua.reports.sheet.models import Line, Run

Part = str | int | Line


class Tongue:
    """Makes lines for a sheet in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def frame(self, key: str, /, *, sources: Iterable[str] = (), **parts: Part) -> Line:
        return _filled(words(self.lang)[key], self.lang, sources, parts)

    def statement(self, key: str, /, *, sources: Iterable[str] = (), **parts: Part) -> Line:
        lang: Lang = self.lang if self.lang == "en" or checked(key) else "en"
        return _filled(words(lang)[key], lang, sources, parts)

    def content(self, text: Text, source: str) -> Line:
        unchecked = self.lang == "ko" and text.ko_status == "machine"
        lang: Lang = "en" if unchecked else self.lang
        return Line(runs=(Run(text=text[lang], lang=lang),), sources=(source,))

    def name(self, text: Text, source: str) -> Line:
        """A name is no statement: in Korean it stands with the English beside it, unless a person has checked it."""
        if self.lang == "en" or text.ko_status != "machine":
            return Line(runs=(Run(text=text[self.lang], lang=self.lang),), sources=(source,))
        return Line(runs=(Run(text=f"{text.ko} · ", lang="ko"), Run(text=text.en, lang="en")), sources=(source,))

    def listed(self, lines: Iterable[Line], between: str = "sheet.list") -> Line:
        """Names beside each other."""
        joint = Run(text=say(self.lang, between), lang=self.lang)
        runs: list[Run] = []
        sources: list[str] = []
        for line in lines:
            runs += [joint, *line.runs] if runs else line.runs
            sources += line.sources
        return Line(runs=tuple(runs), sources=tuple(dict.fromkeys(sources)))


def joined(*lines: Line) -> Line:
    """Whole sentences behind each other."""
    runs: list[Run] = []
    for line in lines:
        runs += [Run(text=" ", lang=line.runs[0].lang), *line.runs] if runs else line.runs
    return Line(runs=tuple(runs), sources=tuple(dict.fromkeys(id_ for line in lines for id_ in line.sources)))


@cache
def checked(key: str) -> bool:
    """Whether a person has checked the Korean sentence `key` as it stands."""
    return _checked().get(key) == words("ko")[key]


@cache
def _checked() -> Mapping[str, str]:
    text = (files("decidua.reports.sheet") / "checked.yaml").read_text("utf-8")
    return {entry["key"]: entry["ko"] for entry in yaml.load(text, Loader=yaml.CSafeLoader)["checked"]}


def _filled(template: str, lang: Lang, sources: Iterable[str], parts: Mapping[str, Part]) -> Line:
    """A template with its blanks filled; a blank that is filled with a line keeps that line's language and sources."""
    runs: list[Run] = []
    from_parts: list[str] = []
    for before, blank, _, _ in Formatter().parse(template):
        runs += [Run(text=before, lang=lang)] if before else []
        part = parts[blank] if blank else ""
        runs += part.runs if isinstance(part, Line) else [Run(text=str(part), lang=lang)] if blank else []
        from_parts += part.sources if isinstance(part, Line) else ()
    return Line(runs=tuple(runs), sources=tuple(dict.fromkeys((*sources, *from_parts))))
