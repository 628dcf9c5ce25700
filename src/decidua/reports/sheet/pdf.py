"""The sheet as a PDF, tagged, with its fonts inside. Needs the extra `pdf`; everything happens in memory."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from decidua.errors import UsageError
from decidua.reports.sheet.html import sheet_page, style
from decidua.reports.sheet.models import Sheet

FONTS = (("Pretendard-Regular.ttf", 400), ("Pretendard-Bold.ttf", 700))


def sheet_pdf(sheet: Sheet) -> bytes:
    """One page, PDF/UA-1. Raises UsageError where WeasyPrint or Pango is missing."""
    made: bytes = typeset(sheet).write_pdf(pdf_variant="pdf/ua-1")
    return made


def typeset(sheet: Sheet) -> Any:
    """WeasyPrint's document. It fetches the shipped fonts; nothing else in the page has an address."""
    weasyprint = _weasyprint()
    head = Markup("<style>{}{}</style>").format(Markup(_faces()), Markup(style()))
    return weasyprint.HTML(string=sheet_page(sheet, head)).render(pdf_variant="pdf/ua-1")


def _faces() -> str:
    folder = Path(str(files("decidua.reports") / "fonts"))
    return "".join(
        f"@font-face {{ font-family: Pretendard; font-weight: {weight}; src: url({(folder / name).as_uri()}); }}\n"
        for name, weight in FONTS
    )


def _weasyprint() -> Any:
    """Importing it looks for Pango, and ends in an OSError that names the library where it is missing."""
    try:
        import weasyprint  # type: ignore[import-untyped]
    except (ImportError, OSError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)[:80]
        raise UsageError("error.sheet-pdf", reason=reason) from None
    return weasyprint
