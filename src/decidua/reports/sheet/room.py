"""How high a sheet will be on paper: its lines are broken here as a printer breaks them, with the widths of Pretendard.

The sheet must hold one page in every engine, and none may be installed; so the page is counted before it is drawn.
The measures are those of `templates/sheet.css`, in points.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from decidua.reports.sheet.models import Line, OptionBlock, Sheet

MM = 72 / 25.4
PAGE = (297 - 20) * MM
SPARE = 2 * 12.6
"""Points of the page that stay free: two lines, for a browser that prints with a font of its own."""
WIDER = 1.02
"""For fonts that run wider, and for shaping that is not counted."""
LINE = 12.6
WHOLE, TOLD, HALF, BULLET = (width * MM for width in (186, 162, 92, 3))

_ASCII = (
    251, 257, 379, 600, 607, 862, 609, 201, 341, 341, 471, 627, 258, 433, 254, 334, 596, 438, 587, 617, 624, 597, 613,
    552, 606, 613, 254, 254, 627, 627, 627, 479, 880, 646, 619, 693, 686, 567, 557, 709, 706, 244, 516, 621, 533, 853,
    718, 727, 604, 727, 608, 607, 611, 707, 646, 915, 612, 634, 595, 341, 334, 341, 442, 425, 469, 535, 591, 529, 591,
    553, 337, 579, 562, 218, 218, 517, 218, 834, 557, 567, 579, 579, 350, 496, 340, 553, 529, 777, 513, 529, 513, 341,
    306, 341, 627,
)  # fmt: skip
"""Thousandths of the type size, from the blank to ~."""
_OTHERS = {"…": 762, "“": 439, "”": 439, "‘": 221, "’": 221, "–": 471, "·": 254, "×": 627}
_HANGUL, _ELSE, _BOLD = 864, 960, 1.06


def fits(sheet: Sheet) -> bool:
    return height(sheet) <= PAGE - SPARE


def height(sheet: Sheet) -> float:
    """In points, from the top of the heading to the last line at the foot."""
    lead = (sheet.lead, sheet.english) if sheet.english else (sheet.lead,)
    note = (sheet.effects_lead, sheet.together) if sheet.together else (sheet.effects_lead,)
    return sum((
        20 + 1 + _text(lead, WHOLE),
        _heading(), _chances(sheet), _text([sheet.chances_note], WHOLE),
        _heading(), _text(note, WHOLE), *(_option(sheet, option) for option in sheet.options),
        _heading(), _each(sheet.unknown, WHOLE - BULLET), _text([sheet.law_title, *sheet.law], WHOLE),
        _text([sheet.keep_title, sheet.keep], WHOLE),
        _heading(), _questions(sheet), 3 + LINE + 0.5,
        5 + 8 + LINE + 0.5 + 4 + _text([sheet.foot], WHOLE),
    ))  # fmt: skip


def lines(text: str, width: float, *, bold: bool = False, size: float = 10) -> int:
    """How many lines the text takes in `width` points. A word that is wider than the line is broken."""
    blank, used, count = _width(" ") * size / 1000, 0.0, 1
    for word in text.split():
        wide = sum(map(_width, word)) * size / 1000 * WIDER * (_BOLD if bold else 1)
        if used and used + blank + wide > width:
            count, used = count + 1, 0.0
        used += wide + (blank if used else 0)
        while used > width:
            count, used = count + 1, used - width
    return count


@cache
def _width(letter: str) -> int:
    if " " <= letter <= "~":
        return _ASCII[ord(letter) - 32]
    return _HANGUL if "\uac00" <= letter <= "\ud7a3" else _OTHERS.get(letter, _ELSE)


def _text(said: Iterable[Line], width: float, *, bold: bool = False) -> float:
    """One paragraph."""
    return LINE * lines(" ".join(line.text for line in said), width, bold=bold)


def _each(said: Iterable[Line], width: float) -> float:
    """A paragraph for each line."""
    return sum(_text([line], width) for line in said)


def _heading() -> float:
    return 4.5 + 13.5


def _chances(sheet: Sheet) -> float:
    return sum(
        2 + max(22 * MM, _text([block.says], TOLD, bold=True) + _text([block.who], TOLD)) for block in sheet.chances
    )


def _option(sheet: Sheet, option: OptionBlock) -> float:
    told = _text([option.name, *([option.note] if option.note else [])], WHOLE, bold=True) + _each(
        option.other_reasons, WHOLE
    )
    told += _each((block.line for block in option.guidelines), WHOLE - BULLET)
    if option.care:
        return 4.5 + told
    return (
        4.5
        + told
        + sum(
            _text([head, *lines], WHOLE)
            for head, lines in zip(sheet.heads, (option.benefits, option.harms), strict=True)
        )
    )


def _questions(sheet: Sheet) -> float:
    """Two beside each other."""
    asked = [_text([line], HALF - BULLET) for line in sheet.questions]
    return sum(max(asked[n : n + 2]) for n in range(0, len(asked), 2))
