"""What stands around a plot: its title; the axis with its ticks, which side favours what, the lines of small text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decidua.language import Lang, say
from decidua.reports.pictures.axis import tick_label
from decidua.reports.pictures.drawing import Element, line, polygon, text
from decidua.reports.pictures.lettering import text_width, wrapped
from decidua.reports.pictures.shapes import Frame

SMALL, LINE = 11.5, 16.0


@dataclass(frozen=True)
class Sides:
    """What both sides of `middle` favour. `good`: the side that is better for the patient, or None."""

    left: str | None
    right: str | None
    good: str | None
    middle: float


def axis_under(frame: Frame, y: float, title: str, low: float) -> tuple[list[Element], float]:
    """The axis at `y`, its labels and title; and the y below them. `low`: left end of the picture's text."""
    right = frame.left + frame.width
    shapes = [line(frame.left, y, right, y, "picture-axis")]
    for tick, x, labelled in _labelled(frame):
        shapes.append(line(x, y, x, y + (5 if labelled else 3), "picture-axis"))
        if labelled:
            shapes.append(text(x, y + 18, tick_label(tick), "picture-text", size=SMALL, anchor="middle"))
    y += 18
    for said in wrapped(title[:1].upper() + title[1:], frame.width + 2 * (frame.left - low), SMALL):
        y += LINE + 1
        shapes.append(text(frame.left + frame.width / 2, y, said, "picture-faint", size=SMALL, anchor="middle"))
    return shapes, y + 6


def _labelled(frame: Frame) -> Iterator[tuple[float, float, bool]]:
    """Each tick with its place, and whether there is room for its label."""
    end = -1e9
    for tick in frame.axis.ticks:
        x, half = frame.x(tick), text_width(tick_label(tick), SMALL) / 2
        fits = x - half > end
        end = x + half + 6 if fits else end
        yield tick, x, fits


def favours_under(frame: Frame, y: float, favours: Sides, lang: Lang) -> tuple[list[Element], float]:
    """Two arrows from the line of no effect outwards, with the words below; the good side is named and drawn thick."""
    if favours.left is None and favours.right is None and favours.good is None:
        return [], y
    middle = min(max(frame.x(favours.middle), frame.left + 60), frame.left + frame.width - 60)
    shapes, lowest = [], y
    for side, said, end, sign in (
        ("left", favours.left, frame.left, -1), ("right", favours.right, frame.left + frame.width, 1)
    ):  # fmt: skip
        good = favours.good == side
        if said is None and not good:
            continue
        shapes += _arrow(middle + 8 * sign, end, y + 8, sign, good)
        anchor, at = ("end" if side == "right" else "start"), y + 8
        for words, kind in _words(said, good, frame.width / 2 - 10, lang):
            at += LINE
            shapes.append(text(end, at, words, kind, size=SMALL, anchor=anchor))
        lowest = max(lowest, at)
    return shapes, lowest + 6


def _words(said: str | None, good: bool, width: float, lang: Lang) -> Iterator[tuple[str, str]]:
    for words in wrapped(said, width, SMALL) if said else ():
        yield words, "picture-text"
    if good:
        yield say(lang, "picture.better"), "picture-good"


def _arrow(start: float, end: float, y: float, sign: int, good: bool) -> list[Element]:
    size, kind = (5.0, "picture-good") if good else (3.5, "picture-way")
    tip = [(end, y), (end - sign * 2 * size, y - size), (end - sign * 2 * size, y + size)]
    return [line(start, y, end - sign * 2 * size, y, f"{kind}-line"), polygon(tip, f"{kind}-tip")]


def small_lines(lines: Sequence[str], x: float, y: float, width: float) -> tuple[list[Element], float]:
    """Wrapped small text from `y` down, and the y below it."""
    shapes = []
    for said in lines:
        for part in wrapped(said, width, SMALL):
            y += LINE
            shapes.append(text(x, y, part, "picture-faint", size=SMALL))
        y += 3
    return shapes, y


def heading(title: str, subtitle: str | None, x: float, width: float) -> tuple[list[Element], float]:
    """The title and the line under it, from the top; and the y below them."""
    y, shapes = 10.0, []
    for part in wrapped(title, width, 16, bold=True):
        y += 22
        shapes.append(text(x, y, part, "picture-title", size=16))
    for part in wrapped(subtitle, width, 12.5) if subtitle else ():
        y += 18
        shapes.append(text(x, y, part, "picture-faint", size=12.5))
    return shapes, y + 14
