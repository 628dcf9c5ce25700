"""How wide a text will be, before any browser sets it; where it breaks; how numbers are written.

Widths are upper bounds over the usual sans-serif fonts, so that columns laid out by them do not run into each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

MINUS = "−"
_SPACES = re.compile(r"[ \t\r\n]+")
"""Not the space that keeps a number with its sign."""
_EM = {
    0.25: "il’", 0.3: "jI ·\u00a0", 0.35: "',.:;{|}", 0.4: "frt()/[]‘", 0.45: "!\"-²τ“”", 0.5: "s`", 0.55: "ckvxyzJ",
    0.6: "aeL?_–χ", 0.65: "0123456789bdghnopquFTZ#$*<>−≠±×", 0.7: "BEKPSVXY+=^~≥≤", 0.75: "ACDHNRU&", 0.8: "GOQ",
    0.85: "w", 0.9: "∞", 0.95: "m", 1.0: "M\\—…", 1.05: "W@", 1.1: "%",
}  # fmt: skip
"""The widest of Pretendard, NanumGothic and Liberation Sans (Arial's widths), in units of the font size."""
_LETTERS = {letter: width for width, letters in _EM.items() for letter in letters}
BOLDER = 1.08


@cache
def _em(letter: str) -> float:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 0.95 if "가" <= letter <= "힣" else 1.0
    return 0.8 if letter.isupper() else 0.65


def text_width(said: str, size: float, *, bold: bool = False) -> float:
    return sum(map(_em, said)) * size * (BOLDER if bold else 1.0)


def wrapped(said: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines that fit; words that alone are too wide are cut. At least one line."""
    lines: list[str] = [""]
    for word in _pieces(said, width, size, bold):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if not lines[-1] or text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(said: str, width: float, size: float, bold: bool) -> Iterable[str]:
    for word in _SPACES.split(said):
        piece = ""
        for letter in word:
            if piece and text_width(piece + letter, size, bold=bold) > width:
                yield piece
                piece = ""
            piece += letter
        yield piece


def digits_for(intervals: Sequence[tuple[float, float]]) -> int:
    """Decimals at which a typical interval keeps two digits: two, or more for narrow ones."""
    halves = sorted(abs(high - low) / 2 for low, high in intervals)
    typical = halves[len(halves) // 2] if halves else 1.0
    decimals = 2
    while typical and decimals < 6 and typical < 2 * 10.0**-decimals:
        decimals += 1
    return decimals


def printed(value: float, decimals: int = 2) -> str:
    """A number as papers print it; very large and very small ones with a power of ten."""
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else f"{MINUS}∞"
    if abs(value) >= 1e5 or 0 < abs(value) < 0.5 * 10.0**-decimals:
        digits, power = f"{value:.1e}".split("e")
        said = f"{digits}e{int(power)}"
    else:
        said = f"{value:.{decimals}f}" if abs(value) < 1000 else f"{value:.0f}"
    return said.replace("-", MINUS)


def printed_effect(estimate: float | None, interval: tuple[float, float] | None, decimals: int = 2) -> str:
    """1.60 [1.11, 2.30]; a dash where there is none."""
    if estimate is None:
        return "—"
    middle = printed(estimate, decimals)
    if interval is None:
        return middle
    return f"{middle} [{printed(interval[0], decimals)}, {printed(interval[1], decimals)}]"


def printed_p(p: float) -> str:
    """With its sign of comparison, for the middle of a sentence."""
    if p < 1e-4:
        return "< 0.0001"
    return f"= {p:.4f}" if p < 0.001 else f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"
