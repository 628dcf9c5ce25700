"""One plot as a page of its own: the picture, its numbers as a table, the methods with references. No script."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from decidua.language import say
from decidua.reports.methods import write_methods
from decidua.reports.pictures.drawing import Drawing, style_sheet
from decidua.reports.pictures.models import ForestPlot, FunnelPlot
from decidua.reports.pictures.numbers import numbers_of
from decidua.reports.pool.models import PoolReport

_NAME = re.compile(r"[^A-Za-z0-9 .,-]")


def plot_html(report: PoolReport, plot: ForestPlot | FunnelPlot, drawing: Drawing) -> str:
    """The whole page as one text; write it as UTF-8."""
    style = _style(report)
    digest = b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return _environment().get_template("plot.html.j2").render(
        lang=report.language, say=partial(say, report.language), title=plot.title, use=report.intended_use,
        picture=Markup(drawing.svg()), numbers=numbers_of(plot), notes=report.notes, methods=write_methods(report),
        foot=f"{report.software} · {Path(report.file).name}", style=Markup(style), style_hash=digest,
    )  # fmt: skip


def _environment() -> Environment:
    loader = PackageLoader("decidua.reports.pictures", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _style(report: PoolReport) -> str:
    """The style sheets of reports, of pictures and of this page; the foot of each printed page names the software."""
    css = (files("decidua.reports") / "templates" / "report.css").read_text("utf-8")
    own = (files("decidua.reports.pictures") / "page.css").read_text("utf-8")
    return css.replace("{foot}", _NAME.sub("", report.software)) + style_sheet() + own
