"""A drawing read back from its SVG: shapes by class, and the boxes of its texts."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

from decidua.reports.pictures.lettering import text_width

NAMESPACE = "{http://www.w3.org/2000/svg}"
BOLD = ("picture-title", "picture-strong", "picture-head", "picture-good", "picture-mark")


@dataclass(frozen=True)
class Box:
    said: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        apart = self.right <= other.left or other.right <= self.left or self.bottom <= other.top
        return not (apart or other.bottom <= self.top)


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def shapes(root: ElementTree.Element, name: str, kind: str | None = None) -> list[ElementTree.Element]:
    return [one for one in root.iter(NAMESPACE + name) if kind is None or one.get("class") == kind]


def at(shape: ElementTree.Element, *names: str) -> list[float]:
    return [float(shape.get(name, "nan")) for name in names]


def points(shape: ElementTree.Element) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in shape.get("points", "").split())
    return [(float(x), float(y)) for x, y in pairs]


def texts(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in shapes(root, "text")]


def boxes(root: ElementTree.Element) -> list[Box]:
    """By estimate: as wide as the letters, from the capitals' height to a little below the baseline."""
    found = []
    for one in shapes(root, "text"):
        x, y, size = at(one, "x", "y", "font-size")
        width = text_width(one.text or "", size, bold=one.get("class") in BOLD)
        left = {"end": x - width, "middle": x - width / 2}.get(one.get("text-anchor", ""), x)
        found.append(Box(one.text or "", left, y - 0.75 * size, left + width, y + 0.2 * size))
    return found


def collisions(found: list[Box]) -> list[tuple[str, str]]:
    return [(a.said, b.said) for n, a in enumerate(found) for b in found[n + 1 :] if a.meets(b)]
