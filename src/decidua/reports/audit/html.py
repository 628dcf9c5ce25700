"""The report of an audit as one page: no script, no request, light, dark and on paper; and its parts for a page of
the service."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from decidua.language import say
from decidua.reports.audit import models as m
from decidua.reports.audit import pictures
from decidua.reports.html import css_string
from decidua.reports.pictures.drawing import style_sheet
from decidua.reports.pictures.stacked import StackedPlot, draw_stacked


def audit_html(report: m.AuditReport) -> str:
    """The whole page as one text; write it as UTF-8. Its policy allows its own style sheet, by hash, and no more."""
    page = AuditPage(report)
    style = _style(page.foot)
    digest = b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return _environment().get_template("audit.html.j2").render(
        r=report, a=page, say=page.say, style=Markup(style), style_hash=digest
    )  # fmt: skip


class AuditPage:
    """What the templates ask of a report: words, and drawings with ids of their own."""

    def __init__(self, report: m.AuditReport) -> None:
        self.r, self.least = report, report.about.least
        self.say = partial(say, report.language)
        self._drawn = 0

    @property
    def foot(self) -> str:
        about = self.r.about
        parts = {"software": about.software, "content": about.content, "reviewed": about.reviewed,
                 "statements": about.statements}  # fmt: skip
        foot = self.say("audited.foot", as_of=self.as_of(), **parts)
        return f"{about.watermark} · {foot}" if about.watermark else foot

    def as_of(self) -> str:
        day = self.r.about.as_of
        return self.say("audited.as-of", day=day) if day else self.say("audited.as-of-none")

    def counted(self) -> str:
        about = self.r.about
        key = "audited.women-refused" if about.contradicting else "audited.women"
        return self.say(key, n=f"{about.women:,}", refused=f"{about.contradicting:,}")

    def share(self, one: m.Share) -> str:
        assert one.share is not None
        assert one.low is not None
        assert one.high is not None
        digits = 1 if one.of and one.of >= 200 else 0
        shown = {"share": one.share, "low": one.low, "high": one.high}
        return self.say("audited.share", **{name: f"{100 * value:.{digits}f}" for name, value in shown.items()})

    def said(self, one: m.Share) -> str:
        """In a sentence."""
        if one.n is None or one.of is None:
            return self.say("audited.hidden-words")
        return f"{self.say('audited.of', n=f'{one.n:,}', of=f'{one.of:,}')}, {self.share(one)}"

    def value(self, value: str | None) -> str:
        return pictures.value_name(value, self.r.language)

    def sign(self, screen: m.Screen) -> str:
        return dict(pictures.SIGNS)[screen]

    def anchor(self, option: str) -> str:
        return "o-" + option.replace(":", "-")

    def brief(self, option: m.OptionView) -> str:
        """One line of an option: how many had it, if that is recorded at all."""
        yes = option.done.yes
        return f"{self.say('audited.done-yes')}: {self.said(yes)}" if yes.n else ""

    def speaks(self, cell: m.CellView) -> bool:
        """Whether its answers are more than silence."""
        return any(line.screen != "silent" for line in cell.answers)

    def met(self) -> dict[str, str]:
        """The columns of the table of definitions: those that any guideline has."""
        return {one: label for d in self.r.definitions for one, label in zip(d.columns, d.labels, strict=True)}

    # ---- pictures -----------------------------------------------------------------------------------------------

    def draw(self, plot: StackedPlot) -> Markup:
        """The drawing escapes every text itself."""
        self._drawn += 1
        return Markup(draw_stacked(plot).svg(prefix=f"picture-{self._drawn}"))

    def answers(self) -> Iterator[StackedPlot]:
        for tests in (False, True):
            if plot := pictures.answers_picture(self.r, tests=tests):
                yield plot

    def agreement(self) -> Iterator[StackedPlot]:
        for tests in (False, True):
            if plot := pictures.agreement_picture(self.r, tests=tests):
                yield plot

    def costly(self) -> StackedPlot | None:
        return pictures.costly_picture(self.r)

    def groups(self, option: m.OptionView, cell: m.CellView, group: str) -> StackedPlot:
        return pictures.groups_picture(self.r, option, cell, group)

    def attrition(self, cell: m.CellView, one: m.AttritionView) -> StackedPlot:
        return pictures.attrition_picture(self.r, cell, one)


def _environment() -> Environment:
    loader = PackageLoader("decidua.reports", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _style(foot: str) -> str:
    """Style sheets of reports, of pictures and of audits; the foot stands on every printed page."""
    folder = files("decidua.reports") / "templates"
    css = (folder / "report.css").read_text("utf-8").replace('"{foot}"', css_string(foot))
    return css + style_sheet() + (folder / "audit.css").read_text("utf-8")
