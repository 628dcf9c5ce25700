"""Writes the printed result in docs/audit.md anew, by running the commands that stand above it.

python scripts/write_audit_page.py          # write
python scripts/write_audit_page.py --check  # exit 1 if the page is not what the commands print
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "audit.md"
BEGIN, END = "<!-- printed: scripts/write_audit_page.py -->\n", "<!-- end -->"
COMMAND = (sys.executable, "-c", "from decidua.cli.main import main; main()")


def shown(text: str) -> list[list[str]]:
    """The commands of the block before the printed result that print something or are needed for it."""
    block = text.partition(BEGIN)[0].rpartition("```\n")[0].rpartition("```\n")[2]
    commands = [line.split()[1:] for line in block.splitlines() if line.startswith("decidua ")]
    return [words for words in commands if "--out" not in words or "synthesize" in words]


def printed(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for words in shown(text):
            ran = subprocess.run([*COMMAND, *words], cwd=folder, check=True, capture_output=True, text=True)
    return "\n".join(line.rstrip() for line in ran.stdout.splitlines()) + "\n"


def page_text() -> str:
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n```text\n{printed(text)}```\n\n{END}{rest.partition(END)[2]}"


def main() -> int:
    text = page_text()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.read_text("utf-8") == text:
        return 0
    print(f"{PAGE}: not what the commands print; run `python scripts/write_audit_page.py`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
