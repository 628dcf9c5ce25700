"""Ratings by AGREE II as a page with its bars, and the bars alone: no script, no request, light, dark and on paper."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from decidua.language import say
from decidua.reports.agree import models as m
from decidua.reports.agree.text import DOMAINS, OVERALL, domain_rows, item_columns, item_rows, overall_rows
from decidua.reports.pictures.bars import draw_bars
from decidua.reports.pictures.drawing import style_sheet


def agree_svg(report: m.AgreeReport) -> str:
    """The bars as a file of their own."""
    return draw_bars(report).svg(standalone=True) + "\n"


def agree_html(report: m.AgreeReport) -> str:
    """The whole page as one text; write it as UTF-8."""
    tell = partial(say, report.language)
    style = _style(report)
    return _environment().get_template("agree.html.j2").render(
        r=report, say=tell, style=Markup(style), style_hash=_sha256(style), picture=Markup(draw_bars(report).svg()),
        title=tell("agree.title", document=report.document, edition=report.edition),
        by=tell("agree.by", count=len(report.appraisers), names=", ".join(report.appraisers), date=report.date),
        domain_columns=[tell(key) for key in DOMAINS], domains=list(domain_rows(report)),
        overall_columns=[tell(key) for key in OVERALL], overall=list(overall_rows(report)),
        item_columns=item_columns(report), items=list(item_rows(report)),
    )  # fmt: skip


def _environment() -> Environment:
    loader = PackageLoader("decidua.reports", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _style(report: m.AgreeReport) -> str:
    """The style sheets of reports and of pictures; a wide picture scrolls inside its frame."""
    css = (files("decidua.reports") / "templates" / "report.css").read_text("utf-8")
    wide = ".wide { overflow: auto hidden; overflow-wrap: normal; }\n"
    return css.replace("{foot}", report.software) + style_sheet() + wide


def _sha256(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
