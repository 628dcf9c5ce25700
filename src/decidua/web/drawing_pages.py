"""One template into one page: the same frame, words and footer for all.

The app that mounts the router keeps the shelf at `app.state.shelf`; nothing else is read from the app.
A template of a page extends `layout.html.j2` and fills the blocks `title` and `main`. It may use

    say(key, **parts)   a sentence in the page's language
    lang                "en" or "ko"
    static(path)        the address of a shipped file
    printed(text)       words of a source, marked with their language where it is not the page's
    foot                version, hash, reviewed, total
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from decidua import __version__
from decidua.guidelines import Knowledge
from decidua.language import Lang, say
from decidua.web.shelf import Shelf
from decidua.web.static_files import static_url

NAVIGATION = ("consult", "compare", "therapies", "tests", "evidence", "guidelines", "pool", "audit", "about")
"""Pages of the head, in order; each is `/{lang}/{name}` and is named by `nav.{name}`."""

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def page(request: Request, template: str, lang: Lang, **parts: object) -> HTMLResponse:
    """A whole page, or a part of one, as a response. `status`: its code, 200 unless said otherwise."""
    status = parts.pop("status", 200)
    html = draw(request, template, lang, **parts)
    return HTMLResponse(html, status_code=status if isinstance(status, int) else 200)


def draw(request: Request, template: str, lang: Lang, **parts: object) -> str:
    """The text of a template of `web/templates` (or of `reports/templates`, whose macros pages share)."""
    return environment().get_template(template).render(
        say=partial(say, lang), lang=lang, here=here(request), query=request.url.query, other=_other(lang),
        foot=foot(shelf_of(request).knowledge), printed=_printed(lang), **parts,
    )  # fmt: skip


def here(request: Request) -> str:
    """The path that was asked for, fit for a link. It is not taken from `request.url`, which begins with the Host."""
    return quote("/" + str(request.scope["path"]).lstrip("/"))


def shelf_of(request: Request) -> Shelf:
    shelf = request.app.state.shelf
    assert isinstance(shelf, Shelf)
    return shelf


@cache
def environment() -> Environment:
    """A missing name stops the drawing instead of leaving a gap; everything is escaped."""
    loader = ChoiceLoader([PackageLoader("decidua.web", "templates"), PackageLoader("decidua.reports", "templates")])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals |= {"static": static_url, "navigation": NAVIGATION}
    return made


def foot(knowledge: Knowledge) -> Mapping[str, object]:
    """What stands at the foot of every page: version, content, how much of it was reviewed."""
    statements = knowledge.statements.values()
    reviewed = sum(s.review.level == "clinician" for s in statements)
    return {
        "version": __version__, "hash": knowledge.content.hash, "reviewed": reviewed, "total": len(statements),
    }  # fmt: skip


def _other(lang: Lang) -> Lang:
    return "en" if lang == "ko" else "ko"


def _printed(lang: Lang) -> Callable[[str], Markup]:
    def printed(text: str) -> Markup:
        tongue = "ko" if _HANGUL.search(text) else "en"
        return escape(text) if tongue == lang else Markup('<span lang="{}">{}</span>').format(tongue, text)

    return printed
