"""The command run inside this process, through `main`, so that errors and exit codes are those of a user."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from decidua.cli.main import main

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.suffix in (".yaml", ".json"))
COMMAND = (sys.executable, "-c", "from decidua.cli.main import main; main()")
_PYTHON = re.compile(r"Traceback|<class|Decimal\(|\b[A-Z]\w*(?:Error|Exception|Warning)\b|object at 0x")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def run(*arguments: str, stdin: bytes = b"") -> Ran:
    """`decidua arguments…` in this process."""
    with CliRunner().isolation(input=stdin) as streams, patch.object(sys, "argv", ["decidua", *arguments]):
        code = _code()
        sys.stdout.flush()
        sys.stderr.flush()
        return Ran(code, streams[0].getvalue().decode(), streams[1].getvalue().decode())


def _code() -> int:
    try:
        main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    return 0


def spawn(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """`decidua arguments…` in a process of its own."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload, no-any-return]


def python_words(text: str) -> list[str]:
    """Words that only a programmer understands, in a text for users."""
    return _PYTHON.findall(text)
