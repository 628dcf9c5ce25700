"""Every example of docs/semantics.md is run, in order, in one namespace."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "semantics.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_examples_hold() -> None:
    text = PAGE.read_text("utf-8")
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(verbose=False)
    said: list[str] = []
    tried = 0
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        test = doctest.DocTestParser().get_doctest(block[1], names, "semantics.md", str(PAGE), line)
        test.globs = names  # one namespace for the whole page
        runner.run(test, out=said.append, clear_globs=False)
        tried += len(test.examples)
    assert tried > 50
    assert not said, "".join(said)


def test_every_code_block_is_an_example() -> None:
    """A fenced block of Python that no prompt begins would be shown and never run."""
    for block in BLOCK.finditer(PAGE.read_text("utf-8")):
        assert block[1].startswith(">>> ")
