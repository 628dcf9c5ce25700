"""An appraisal as a page: one file without script, without any request, in light, dark and on paper."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from decidua.language import say
from decidua.reports.grade import models as m
from decidua.reports.grade.text import (
    CHECKS,
    FINDINGS,
    JUDGEMENTS,
    all_flags,
    check_rows,
    criterion_rows,
    finding,
    judgement_rows,
    question_rows,
)


def grade_html(report: m.GradeReport) -> str:
    """The whole page as one text; write it as UTF-8."""
    tell = partial(say, report.language)
    style = _style(report)
    return _environment().get_template("grade.html.j2").render(
        r=report, say=tell, style=Markup(style), style_hash=_sha256(style), question=list(question_rows(report)),
        columns=[tell(f"grade.column-{key}") for key in FINDINGS],
        findings=[finding(one, report) for one in report.outcomes], flags=all_flags(report),
        criterion_columns=[tell(f"grade.column-{key}") for key in ("criterion", "judgement", "reason", "evidence")],
        criteria=criterion_rows(report),
        judgement_columns=[tell(f"grade.{key}") for key in JUDGEMENTS],
        check_columns=[tell(f"grade.{key}") for key in CHECKS],
        behind=[
            {"view": one, "judgements": judgement_rows(one, tell), "checks": check_rows(one, tell)}
            for one in report.outcomes
        ],
    )  # fmt: skip


def _environment() -> Environment:
    loader = PackageLoader("decidua.reports", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _style(report: m.GradeReport) -> str:
    """The style sheet of all reports with that of appraisals."""
    folder = files("decidua.reports") / "templates"
    css = (folder / "report.css").read_text("utf-8") + (folder / "grade.css").read_text("utf-8")
    return css.replace("{foot}", report.software)


def _sha256(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
