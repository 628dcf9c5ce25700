"""Options that several verbs share: language, content packages, format; and what they open."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from decidua.guidelines import Knowledge
    from decidua.language import Lang

F = TypeVar("F", bound=Callable[..., Any])

language = click.option(
    "--lang", type=click.Choice(["en", "ko"]), default="en", show_default=True, help="Language of the output."
)
packages = click.option(
    "--content", "packages", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
    help="A folder with a package of added content; may be repeated.",
)  # fmt: skip


reply_file = click.option(
    "--reply",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The authors' reply (YAML): its readings are taken as settled.",
)


def spoken_language(arguments: Sequence[str]) -> Lang:
    """The language asked for, even where parsing the arguments failed."""
    for at, argument in enumerate(arguments):
        if argument == "--lang" and arguments[at + 1 : at + 2] == ["ko"]:
            return "ko"
        if argument == "--lang=ko":
            return "ko"
    return "en"


def open_knowledge(packages: Sequence[Path], reply: Path | None = None) -> Knowledge:
    """The content with the given packages and, if there is one, the authors' reply laid over it."""
    from decidua.guidelines import read_knowledge

    knowledge = read_knowledge(packages)
    return knowledge if reply is None else _settled(knowledge, reply)


def _settled(knowledge: Knowledge, reply: Path) -> Knowledge:
    from decidua.check import apply_reply
    from decidua.errors import ContentError

    settlement = apply_reply(knowledge, reply)
    if settlement.knowledge is None:
        raise ContentError([str(problem) for problem in settlement.problems])
    return settlement.knowledge


def terminal() -> Console:
    """Standard output; as wide as the terminal, 100 columns where there is none."""
    from rich.console import Console

    piped = not sys.stdout.isatty()
    return Console(width=100 if piped else None, highlight=False, soft_wrap=False, emoji=False, markup=False)


def show(lines: Iterable[object]) -> None:
    """Print each line to the terminal."""
    console = terminal()
    for line in lines:
        console.print(line)


def known(kind: str, given: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """The given names, each of which must exist. Raises UsageError with the nearest names."""
    from difflib import get_close_matches

    from decidua.errors import UsageError

    there = list(names)
    for name in given:
        if name not in there:
            near = ", ".join(get_close_matches(name, there, 3, 0.4)) or ", ".join(there[:5])
            raise UsageError(f"error.unknown-{kind}", given=name, near=near)
    return tuple(given)
