"""One hundred women as a picture: ten rows of ten circles, filled from the first corner on. Black and white only.

Pictures stand in the page as images with a text beside them, so that a PDF carries that text too.
"""

from __future__ import annotations

from base64 import b64encode

from markupsafe import Markup

STEP, RADIUS = 10, 3.9
_OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" width="{0}" height="{0}">'
_EMPTY = 'fill="#fff" stroke="#000" stroke-width="0.9"'
_FILLED = 'fill="#222" stroke="#222" stroke-width="0.9"'
_PLUS = '<circle cx="5" cy="5" r="4" fill="#fff" stroke="#000"/><path d="M5 1v8M1 5h8" stroke="#000"/>'


def hundred(filled: int, words: str) -> Markup:
    """100 circles, `filled` of them dark; `words` say the same for those who do not see it."""
    circles = "".join(
        f'<circle cx="{STEP * (n % 10) + STEP / 2:g}" cy="{STEP * (n // 10) + STEP / 2:g}" r="{RADIUS}" '
        f"{_FILLED if n < filled else _EMPTY}/>"
        for n in range(100)
    )
    return _image(_OPEN.format(100) + circles + "</svg>", words, "hundred")


def signs(text: str) -> Markup:
    """A text in which the sign of certainty that fonts lack is drawn; everything else is escaped."""
    plus = _image(_OPEN.format(10) + _PLUS + "</svg>", "⊕", "sign")
    return plus.join(Markup("{}").format(piece) for piece in text.split("⊕"))


def _image(svg: str, words: str, kind: str) -> Markup:
    data = b64encode(svg.encode()).decode("ascii")
    return Markup('<img class="{}" alt="{}" src="data:image/svg+xml;base64,{}">').format(kind, words, data)
