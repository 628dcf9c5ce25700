"""The sheet as a page of its own, without script and without any request."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from decidua.language import say
from decidua.reports.sheet.models import ChanceBlock, Sheet
from decidua.reports.sheet.picture import hundred, signs

NOTHING = Markup("")


def render_sheet(sheet: Sheet) -> str:
    """The page with its style inside; its policy allows that style, by hash, and nothing else."""
    css = style()
    digest = b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'"
    head = Markup('<meta http-equiv="Content-Security-Policy" content="{}">\n<style>{}</style>')
    return sheet_page(sheet, head.format(policy, Markup(css)))


def sheet_page(sheet: Sheet, head: Markup, bar: Markup = NOTHING) -> str:
    """The page with what its head needs: its own style, or a link to one. `bar`: above the sheet, on screens only."""

    def picture(chance: ChanceBlock) -> Markup:
        return hundred(chance.births, say(sheet.language, "sheet.picture", births=chance.births, others=chance.others))

    return (
        _environment().get_template("sheet.html.j2").render(s=sheet, head=head, bar=bar, picture=picture, shown=signs)
    )


def style() -> str:
    return (files("decidua.reports.sheet") / "templates" / "sheet.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    loader = PackageLoader("decidua.reports.sheet", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
