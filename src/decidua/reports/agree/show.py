"""A file of ratings by AGREE II, shown: text, JSON, CSV, a page, or bars."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TextIO

from rich.console import Console

from decidua.appraisal.agree_file import read_ratings
from decidua.language import Lang
from decidua.reports.agree.build import build_agree_report
from decidua.reports.agree.models import AgreeReport
from decidua.reports.agree.text import agree_csv, agree_text

SHAPES = ("text", "json", "csv", "html", "svg")


def show_agree(path: Path, lang: Lang, shape: str) -> None:
    """Print what the ratings come to.

    Raises AppraisalError for the ratings.
    """
    report = read_agree_report(path, lang)
    if shape == "text":
        _print(report, sys.stdout)
    else:
        sys.stdout.write(agree_output(report, shape))


def read_agree_report(path: Path, lang: Lang) -> AgreeReport:
    return build_agree_report(read_ratings(path), lang)


def agree_output(report: AgreeReport, shape: str) -> str:
    """The report in one of SHAPES, with a line feed at its end."""
    if shape == "json":
        return report.model_dump_json(indent=2) + "\n"
    if shape == "csv":
        return agree_csv(report)
    if shape == "text":
        _print(report, lines := io.StringIO())
        return lines.getvalue()
    from decidua.reports.agree.page import agree_html, agree_svg

    return agree_html(report) if shape == "html" else agree_svg(report)


def _print(report: AgreeReport, file: TextIO) -> None:
    """As wide as the terminal; 100 columns and no style where there is none."""
    width = None if file.isatty() else 100
    console = Console(file=file, width=width, highlight=False, emoji=False, markup=False)
    for line in agree_text(report):
        console.print(line)
