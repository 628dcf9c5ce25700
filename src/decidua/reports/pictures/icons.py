"""Icon arrays: a hundred without and a hundred with, ten by ten, one size for benefits and harms.

Filled in order from the upper left corner. A filled disc is one with the outcome, a hollow square one without: the
shapes differ, not only the ink. The difference is outlined. Icons are whole; the exact numbers stand in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from decidua.language import Lang, Model, say
from decidua.reports.pictures.drawing import Drawing, Element, circle, group, rect, text
from decidua.reports.pictures.lettering import wrapped

COLUMNS, CELL, DISC, BOX = 10, 21.0, 7.2, 11.0
MARGIN, GAP, WIDTH = 18.0, 70.0, 620.0
LINE, SMALL_LINE, SIZE, SMALL = 19.0, 16.0, 13.0, 12.0
ARRAY = COLUMNS * CELL


class IconSide(Model):
    """One array. `per_100`: how many of a hundred; `has`, `lacks`: both numbers, in words."""

    name: str
    per_100: float
    has: str
    lacks: str


class IconPair(Model):
    """Two arrays beside each other, and what is said below them."""

    title: str
    subtitle: str | None = None
    left: IconSide
    right: IconSide
    lines: tuple[str, ...] = ()


def icons_of(per_100: float) -> int:
    """Whole icons: the nearest number, halves up."""
    return min(100, max(0, math.floor(per_100 + 0.5)))


def draw_icons(pairs: Sequence[IconPair], lang: Lang) -> Drawing:
    """Below each other, each at the same size."""
    shapes: list[Element] = []
    y = MARGIN
    for pair in pairs:
        part, y = _pair(pair, lang, y)
        shapes.append(group("picture-icons", part))
        y += 2 * LINE
    title = pairs[0].title if len(pairs) == 1 else say(lang, "absolute.pictures", count=len(pairs))
    return Drawing(WIDTH, math.ceil(y), lang, title, " ".join(map(_described, pairs)), tuple(shapes))


def _described(pair: IconPair) -> str:
    sides = (f"{side.name}: {side.has}; {side.lacks}." for side in (pair.left, pair.right))
    return " ".join((f"{pair.title}.", *sides, *pair.lines))


def _pair(pair: IconPair, lang: Lang, y: float) -> tuple[list[Element], float]:
    shapes, y = _lines([pair.title], y, "picture-title", SIZE + 2, LINE)
    if pair.subtitle:
        more, y = _lines([pair.subtitle], y, "picture-faint", SMALL, SMALL_LINE)
        shapes += more
    y += 6
    left, right = icons_of(pair.left.per_100), icons_of(pair.right.per_100)
    ends, names = [], max(len(_name(side)) for side in (pair.left, pair.right))
    for side, x, filled, outlined in (
        (pair.left, MARGIN, left, range(0)),
        (pair.right, MARGIN + ARRAY + GAP, right, range(min(left, right), max(left, right))),
    ):
        part, end = _side(side, x, y, filled, outlined, names)
        shapes += part
        ends.append(end)
    key = "absolute.icons-difference" if left != right else "absolute.icons-same"
    said = (*pair.lines, say(lang, key, count=abs(left - right)), say(lang, "absolute.icons-rounded"))
    more, y = _lines(said, max(ends) + 4, "picture-text", SMALL, SMALL_LINE)
    return [*shapes, *more], y


def _name(side: IconSide) -> Sequence[str]:
    return wrapped(side.name, ARRAY + GAP - 12, SIZE, bold=True)


def _side(side: IconSide, x: float, y: float, filled: int, outlined: range, names: int) -> tuple[list[Element], float]:
    """`names`: lines that both names get, so that the arrays stand level."""
    width = ARRAY + GAP - 12
    lines = enumerate(_name(side), start=1)
    shapes: list[Element] = [text(x, y + at * LINE, said, "picture-strong", size=SIZE) for at, said in lines]
    y += names * LINE + 8
    shapes += _icons(x, y, filled, outlined)
    y += ARRAY + 4
    for said, disc in ((side.has, True), (side.lacks, False)):
        shapes.append(_icon(x + CELL / 2, y + LINE - 4.5, disc))
        for part in wrapped(said, width - CELL - 6, SIZE):
            y += LINE
            shapes.append(text(x + CELL + 4, y, part, "picture-text", size=SIZE))
    return shapes, y


def _icons(x: float, y: float, filled: int, outlined: range) -> Iterator[Element]:
    for at in range(100):
        row, column = divmod(at, COLUMNS)
        left, top = x + column * CELL, y + row * CELL
        if at in outlined:
            yield rect(left + 1, top + 1, CELL - 2, CELL - 2, "picture-icon-outline")
        yield _icon(left + CELL / 2, top + CELL / 2, at < filled)


def _icon(x: float, y: float, disc: bool) -> Element:
    if disc:
        return circle(x, y, DISC, "picture-icon-has")
    return rect(x - BOX / 2, y - BOX / 2, BOX, BOX, "picture-icon-lacks")


def _lines(said: Sequence[str], y: float, kind: str, size: float, step: float) -> tuple[list[Element], float]:
    shapes = []
    for one in said:
        for part in wrapped(one, WIDTH - 2 * MARGIN, size, bold=kind == "picture-title"):
            y += step
            shapes.append(text(MARGIN, y, part, kind, size=size))
    return shapes, y
