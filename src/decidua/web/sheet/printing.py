"""The sheet as a page of the service: the same page as on the command line, its style linked instead of inside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

from markupsafe import Markup

from decidua.language import say
from decidua.reports.sheet import Sheet
from decidua.reports.sheet.html import sheet_page, style
from decidua.web.static_files import static_url

_LINK = Markup('<link rel="stylesheet" href="{}">')
_ICON = Markup('<link rel="icon" type="image/svg+xml" href="{}">')
_HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')
_BAR = Markup('<form class="bar" method="post" action="/{}/consult">{}<p>{} <button>{}</button></p></form>')


def sheet_document(sheet: Sheet, carried: Sequence[tuple[str, str]]) -> str:
    """`carried`: the patient's fields, for the way back; they stand in the page and nowhere else."""
    lang = sheet.language
    links = (
        static_url("vendor/pretendard/pretendardvariable-dynamic-subset.css"),
        f"/{lang}/sheet/style/{style_name()}",
    )
    hidden = Markup("").join(_HIDDEN.format(name, value) for name, value in carried)
    bar = _BAR.format(lang, hidden, say(lang, "sheet.web-print"), say(lang, "sheet.web-back"))
    return sheet_page(sheet, Markup("").join(map(_LINK.format, links)) + _ICON.format(static_url("mark.svg")), bar)


@cache
def style_name() -> str:
    """Changes with the style, so that a browser may keep it."""
    return f"{hashlib.sha256(style().encode()).hexdigest()[:12]}.css"
