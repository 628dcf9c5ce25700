"""PNG and PDF of a drawing, in the colours of paper, with the shipped font that has Latin, Greek and Hangul."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec

from decidua.errors import UsageError
from decidua.reports.pictures.drawing import Drawing

SHARP = 2.0
"""Pixels of the PNG for each pixel of the drawing."""
TALLEST = 14000.0
"""Pixels of a drawing: the largest page that PDF readers show, and a PNG that memory can hold."""


def png(drawing: Drawing) -> bytes:
    """Raises UsageError where the extra `pictures` is not installed, or where the drawing is too large."""
    require_engine()
    _refuse_large(drawing)
    import vl_convert

    _fonts()
    return bytes(vl_convert.svg_to_png(drawing.printed(), scale=SHARP))


def pdf(drawing: Drawing) -> bytes:
    """One page of the drawing's size; its text can be selected. Raises UsageError as `png` does."""
    require_engine()
    _refuse_large(drawing)
    import vl_convert

    _fonts()
    return bytes(vl_convert.svg_to_pdf(drawing.printed()))


def require_engine() -> None:
    if not find_spec("vl_convert"):
        raise UsageError("error.picture-engine")


def _refuse_large(drawing: Drawing) -> None:
    if max(drawing.height, drawing.width) > TALLEST:
        raise UsageError("error.picture-large", height=round(drawing.height), limit=round(TALLEST))


@cache
def _fonts() -> None:
    """Once for a process."""
    import vl_convert

    with as_file(files("decidua.reports") / "fonts") as folder:
        vl_convert.register_font_directory(str(folder))
