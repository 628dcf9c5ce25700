"""The README names every verb, and every command that it shows can be typed as it stands."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from decidua.cli.main import VERBS, cli
from decidua.language import words

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(?:sh|shell|console)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UV = re.compile(r"^.*uv run --no-dev (?:--extra \w+ )*")
README = PAGES[0].read_text("utf-8")


def shown(text: str) -> list[list[str]]:
    """The words after `decidua` of every shown command, without redirection."""
    lines = [line.removeprefix("$ ") for block in FENCE.findall(text) for line in block.splitlines()]
    starts = (UV.sub("", line) for line in lines)
    commands = (shlex.split(line, comments=True) for line in starts if line.startswith("decidua "))
    return [words[1 : words.index(">")] if ">" in words else words[1:] for words in commands]


COMMANDS = [(page.name, words) for page in PAGES for words in shown(page.read_text("utf-8"))]


def test_every_verb_is_shown() -> None:
    assert {words[0] for page, words in COMMANDS if page == "README.md"} == set(VERBS)


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=[" ".join([page, *words]) for page, words in COMMANDS])
def test_command_parses(page: str, words: list[str]) -> None:  # noqa: ARG001
    context = click.Context(cli, info_name="decidua")
    _, verb, rest = cli.resolve_command(context, words)
    assert verb is not None
    verb.make_context(words[0], rest, parent=context)  # raises on unknown options and missing arguments
    examples = [word for word in words if word.startswith("examples/")]
    assert all((ROOT / example).is_file() for example in examples)


SAID = re.compile(r"```\n((?:decidua .*\n)+)```\n\n> `(.+)`")


@pytest.mark.parametrize(("block", "said"), SAID.findall(README), ids=lambda said: said[:20])
def test_a_quoted_line_is_what_a_command_prints(block: str, said: str) -> None:
    """Lines are wrapped on the terminal, so blanks and breaks count alike."""
    printed = [CliRunner().invoke(cli, words).output for words in shown(f"```\n{block}```\n")]
    assert any(" ".join(said.split()) in " ".join(text.split()) for text in printed)


def test_what_a_plain_install_says_is_quoted() -> None:
    for key in ("error.needs-evidence", "error.pool-numpy"):
        assert f"“{words('en')[key].partition(';')[0]}”" in README


def test_two_commands_come_first() -> None:
    first, second = FENCE.findall(README)[:2]
    assert first.startswith("python3 -m pip install ")
    assert second.startswith("python3 -m pip install ")
    assert " pytest" in second


def test_the_layout_is_there() -> None:
    block = re.search(r"## Layout\n\n```\n(.*?)```", README, re.DOTALL)
    assert block is not None
    assert [line.split()[0] for line in block[1].splitlines() if not (ROOT / line.split()[0]).exists()] == []


def test_the_picture_can_be_drawn() -> None:
    svg = runpy.run_path(str(ROOT / "scripts" / "picture.py"))["picture"]()
    assert "font-face" not in svg
    assert all(society in svg for society in ("ASRM", "ESHRE", "ASRI"))
