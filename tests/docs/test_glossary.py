"""Every term of the glossary exists in the code, and stands in both languages."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from decidua.answers import ANSWERS

TEXT = (Path(__file__).parents[2] / "GLOSSARY.md").read_text("utf-8")
ENTRY = re.compile(r"^- \*\*(.+?)\*\* · (.+?) · `(.+?)`\n((?:  .+\n?)+)", re.MULTILINE)
ENTRIES = ENTRY.findall(TEXT)
HANGUL = re.compile(r"[가-힣]")


def test_every_bullet_is_an_entry() -> None:
    assert len(ENTRIES) == sum(line.startswith("- ") for line in TEXT.splitlines())


@pytest.mark.parametrize(("term", "korean", "path", "said"), ENTRIES, ids=[entry[0] for entry in ENTRIES])
def test_term(term: str, korean: str, path: str, said: str) -> None:
    assert resolves(path.split(".")), f"{term}: decidua.{path} does not exist"
    assert HANGUL.search(korean)
    english, translated = said.strip("\n").split("\n")
    assert not HANGUL.search(english)
    assert HANGUL.search(translated)


def test_every_answer_is_a_term() -> None:
    assert {*ANSWERS, "needs-data", "disputed"} <= {term for term, *_ in ENTRIES}


def resolves(steps: list[str]) -> bool:
    """Whether a dotted path below the package is a module, a name in one, or a field of a class in one."""
    for end in range(len(steps), 0, -1):
        try:
            found: object = import_module(".".join(["decidua", *steps[:end]]))
        except ModuleNotFoundError:
            continue
        for step in steps[end:]:
            fields = {**getattr(found, "__annotations__", {}), **getattr(found, "model_fields", {})}
            if not hasattr(found, step) and step not in fields:
                return False
            found = getattr(found, step, None)
        return True
    return False
