"""An appraisal file by GRADE, shown: text, HTML, CSV or JSON."""

from __future__ import annotations

import io
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from rich.console import Console

from decidua.appraisal.grade import appraise, read_appraisal, read_shipped
from decidua.content import load
from decidua.errors import UsageError
from decidua.language import Lang
from decidua.reports.grade.csv import grade_csv
from decidua.reports.grade.models import GradeReport
from decidua.reports.grade.text import grade_text

SHAPES = ("text", "html", "csv", "json")


def show_grade(path: Path, lang: Lang, shape: str) -> None:
    """Print the appraisal.

    Raises AppraisalError for the file, StudyError for the studies that it names.
    """
    report = read_grade_report(path, lang)
    if shape == "text":
        _print(report, sys.stdout)
    else:
        sys.stdout.write(grade_output(report, shape))


def read_grade_report(path: Path, lang: Lang) -> GradeReport:
    """The whole way from a file to its report. The file is read before anything is computed."""
    given = read_appraisal(path)
    if not (find_spec("numpy") and find_spec("scipy")):
        raise UsageError("error.grade-numpy")
    from decidua.reports.grade.body import bodies_of
    from decidua.reports.grade.build import build_grade_report

    bodies = bodies_of(path, given, read_shipped(load()), lang)
    return build_grade_report(appraise(given, bodies), str(path), lang)


def grade_output(report: GradeReport, shape: str) -> str:
    """The report in one of SHAPES, with a line feed at its end."""
    if shape == "json":
        return report.model_dump_json(indent=2) + "\n"
    if shape == "csv":
        return grade_csv(report)
    if shape == "text":
        _print(report, lines := io.StringIO())
        return lines.getvalue()
    from decidua.reports.grade.html import grade_html

    return grade_html(report)


def _print(report: GradeReport, file: TextIO) -> None:
    """As wide as the terminal; 120 columns and no style where there is none, as the table has eight columns."""
    width = None if file.isatty() else 120
    console = Console(file=file, width=width, highlight=False, emoji=False, markup=False)
    for line in grade_text(report):
        console.print(line)
