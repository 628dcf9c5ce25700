"""Absolute effects as icon arrays in one SVG, and as a printable page without script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from decidua.errors import UsageError
from decidua.language import say
from decidua.reports.absolute import models as m
from decidua.reports.absolute.text import about, baseline_line
from decidua.reports.pictures.drawing import style_sheet
from decidua.reports.pictures.icons import IconPair, draw_icons


def pictures_of(view: m.AbsoluteView) -> tuple[IconPair, ...]:
    """Benefits first, then harms, all at one size."""
    return tuple(_pictures(view))


def absolute_svg(view: m.AbsoluteView) -> str:
    """Every array below the other. Raises UsageError where there is nothing to draw."""
    pairs = pictures_of(view)
    if not pairs:
        raise UsageError("error.absolute-nothing-drawn", subject=view.subject)
    return draw_icons(pairs, view.language).svg(standalone=True) + "\n"


def absolute_html(view: m.AbsoluteView) -> str:
    """One file, no request. The page's policy allows its own style sheet, by hash, and nothing else."""
    own = (files("decidua.reports") / "templates" / "absolute.css").read_text("utf-8")
    style = f"{own}{style_sheet()}"
    return _environment().get_template("absolute.html.j2").render(
        v=view, page=_Page(view), style=Markup(style), style_hash=_sha256(style)
    )  # fmt: skip


class _Page:
    """What the template asks for: words, and a drawing with an id of its own."""

    def __init__(self, view: m.AbsoluteView) -> None:
        self.view = view
        self._drawn = 0

    def say(self, key: str, **parts: object) -> str:
        return say(self.view.language, key, **parts)

    def about(self, one: m.EstimateView) -> str:
        return about(one, self.view.language)

    def baseline(self, result: m.ResultView) -> str:
        return baseline_line(result, self.view.language)

    def draw(self, pair: IconPair) -> Markup:
        """The drawing escapes every text itself."""
        self._drawn += 1
        return Markup(draw_icons([pair], self.view.language).svg(prefix=f"icons-{self._drawn}"))


def _pictures(view: m.AbsoluteView) -> Iterator[IconPair]:
    for one in view.estimates:
        yield from (result.picture for result in one.results if result.picture)
    yield from (harm.picture for harm in view.harms if harm.picture)


def _sha256(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@cache
def _environment() -> Environment:
    loader = PackageLoader("decidua.reports", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
