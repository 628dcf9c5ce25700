"""Every picture of docs/pictures.md is what the command above it draws: the same words, the same shapes."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from pictures.reading import NAMESPACE, read, texts

from decidua.cli.main import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pictures.md").read_text("utf-8")
COMMANDS = [shlex.split(line)[1:] for line in PAGE.splitlines() if line.startswith("decidua ")]
NUMBER = re.compile(r"-?\d+\.?\d*")


def shown(svg: str) -> tuple[list[str], Counter[tuple[str, str]], list[float]]:
    """The words in order, the shapes by kind and class, and where the first polygons and rectangles lie."""
    root = read(svg)
    shapes = Counter((one.tag.removeprefix(NAMESPACE), one.get("class", "")) for one in root.iter())
    placed = [one for one in root.iter() if one.tag.removeprefix(NAMESPACE) in ("polygon", "rect", "circle")]
    places = [
        float(n) for one in placed for key in ("points", "x", "y", "cx", "cy") for n in NUMBER.findall(one.get(key, ""))
    ]
    return texts(root), shapes, places


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: Path(command[-1]).stem)
def test_a_picture_is_what_its_command_draws(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    stored = Path(command[-1])
    done = CliRunner().invoke(cli, [*command[:-1], str(tmp_path / stored.name)])
    assert done.exit_code == 0, done.output
    drawn = sorted(tmp_path.iterdir())
    assert drawn
    for file in drawn:
        words, shapes, places = shown(file.read_text("utf-8"))
        kept = shown((ROOT / stored.parent / file.name).read_text("utf-8"))
        assert (words, shapes) == kept[:2]
        assert places == pytest.approx(kept[2], abs=0.05)


def test_every_stored_picture_stands_on_the_page() -> None:
    linked = set(re.findall(r"\]\(pictures/([^)]+)\)", PAGE))
    assert {file.name for file in (ROOT / "docs" / "pictures").iterdir()} == linked
