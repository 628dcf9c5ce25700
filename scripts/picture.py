"""Writes docs/matrix.svg, the picture of the README: some rows of the real report on a real example.

uv run python scripts/picture.py
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

from decidua.answers import Answers
from decidua.consult import consult
from decidua.guidelines import read_knowledge
from decidua.intake import read_patient_file
from decidua.reports.build import build_report
from decidua.reports.text import matrix

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / "docs" / "matrix.svg"
EXAMPLE = Path("examples/04-immune-workup.yaml")
ROWS = ("supportive-care", "corticosteroids", "heparin", "intralipid", "ivig", "lit")
FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def picture() -> str:
    """The SVG as text; it asks for no font or anything else from elsewhere."""
    knowledge = read_knowledge()
    intake = read_patient_file(ROOT / EXAMPLE, vocabulary=knowledge.vocabulary, stated=knowledge.stated)
    consultation = consult(Answers(knowledge), intake.patient, ROWS)
    report = build_report(consultation, "en", title=intake.title, warnings=[], why=False, deciding=False)
    console = Console(record=True, width=88, file=io.StringIO(), highlight=False, emoji=False, markup=False)
    console.print(Text(f"$ decidua consult {EXAMPLE}     (some rows)"))
    for part in matrix(report, "en"):
        console.print(part)
    return FONT.sub("", console.export_svg(title="decidua consult", unique_id="matrix"))


if __name__ == "__main__":
    PATH.write_text(picture(), "utf-8")
