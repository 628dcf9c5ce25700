"""Both languages, everywhere: neither empty, the Korean Korean, the English English, the templates alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from decidua.check.problem import Problem, Severity, at
from decidua.check.raw import items, mappings
from decidua.content import Content, Item

HANGUL = re.compile(r"[\uac00-\ud7a3\u3131-\u318e]")
WORD = re.compile(r"[A-Za-z]{2,}")
NAME_WORDS = 5
"""Up to so many Latin words without Hangul may be a name or an abbreviation; more are a sentence left in English."""


def text_problems(content: Content) -> Iterator[Problem]:
    for item in items(content):
        for path, mapping in mappings(item.data):
            if "en" in mapping or "ko" in mapping:
                yield from (_problem(item, path, lang, *found) for lang, found in _judged(mapping))


def _problem(item: Item, path: tuple[str | int, ...], lang: str, severity: Severity, message: str) -> Problem:
    return at(item, (*path, lang), message, severity)


def _judged(text: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Severity, str]]]:
    en, ko = str(text.get("en") or "").strip(), str(text.get("ko") or "").strip()
    for lang, words in (("en", en), ("ko", ko)):
        if not words:
            yield lang, ("error", f"has no text in '{lang}'; both languages are required, write it.")
    if HANGUL.search(en):
        yield "en", ("error", f"the English text '{en[:40]}' contains Hangul; write it in English.")
    if any(letter.isalpha() for letter in ko) and not HANGUL.search(ko):
        sentence = len(WORD.findall(ko)) > NAME_WORDS
        severity: Severity = "error" if sentence else "warning"
        yield "ko", (severity, f"the Korean text '{ko[:40]}' contains no Hangul; translate it.")


def word_problems(root: Path) -> Iterator[Problem]:
    """The interface's sentences: the same keys in both languages, with the same blanks."""
    found: dict[str, Path] = {}
    for stem in sorted({file.name.rsplit(".", 2)[0] for file in (root / "words").glob("*.yaml")}):
        pair = {lang: root / "words" / f"{stem}.{lang}.yaml" for lang in ("en", "ko")}
        yield from _pair_problems(pair)
        for key in _words(pair["en"]):
            if key in found:
                yield _word(pair["en"], key, f"stands in {found[key].name} already; a sentence has one place.")
            found[key] = pair["en"]


def _pair_problems(pair: Mapping[str, Path]) -> Iterator[Problem]:
    tables = {lang: _words(file) for lang, file in pair.items()}
    for lang, other in (("en", "ko"), ("ko", "en")):
        for key in sorted(set(tables[lang]) - set(tables[other])):
            yield _word(pair[other], key, f"has no sentence in '{other}'; {pair[lang].name} has one, translate it.")
    for key in sorted(set(tables["en"]) & set(tables["ko"])):
        en, ko = (_blanks(str(tables[lang][key]), lang) for lang in ("en", "ko"))
        if en != ko:
            message = f"has the blanks {sorted(en)} in English and {sorted(ko)} in Korean; give both the same."
            yield _word(pair["ko"], key, message)


def _words(file: Path) -> Mapping[str, Any]:
    return yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) or {} if file.is_file() else {}


def _blanks(sentence: str, lang: str) -> set[str]:
    """The names of the blanks; `rule_en` and `rule_ko` count as the same."""
    return {name.removesuffix(f"_{lang}") for _, name, _, _ in Formatter().parse(sentence) if name}


def _word(file: Path, key: str, message: str) -> Problem:
    return Problem(str(file), 1, key, "error", message)
