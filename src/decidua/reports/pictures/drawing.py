"""A drawing: shapes and real text, and the SVG that they make. Everything that comes from outside is escaped.

inline       for a page whose policy refuses inline styles: classes only; the page carries `pictures.css`
standalone   a file of its own: the same style sheet inside, light, dark and on paper
printed      for PNG and PDF: the colours of paper, resolved, since their engine knows no custom properties
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from decidua.language import Lang

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_VARIABLE = re.compile(r"(--picture-[a-z]+):\s*([^;]+);")
_MEDIA = re.compile(r"@media (\w+|\([^)]*\)) \{((?:[^{}]*\{[^{}]*\})*)\s*\}")

Point = tuple[float, float]


@dataclass(frozen=True)
class Element:
    """One shape. `said`: its text; `inside`: the shapes of a group."""

    name: str
    attributes: Mapping[str, str]
    said: str | None = None
    inside: tuple[Element, ...] = ()

    def svg(self) -> str:
        written = "".join(f' {name}="{escaped(value)}"' for name, value in self.attributes.items())
        content = escaped(self.said) if self.said is not None else "".join(one.svg() for one in self.inside)
        return f"<{self.name}{written}>{content}</{self.name}>" if content else f"<{self.name}{written}/>"

    def walk(self) -> Iterator[Element]:
        yield self
        for one in self.inside:
            yield from one.walk()


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Element:
    return Element("line", {"class": kind, **_numbers(x1=x1, y1=y1, x2=x2, y2=y2)})


def rect(x: float, y: float, width: float, height: float, kind: str) -> Element:
    return Element("rect", {"class": kind, **_numbers(x=x, y=y, width=width, height=height)})


def circle(x: float, y: float, radius: float, kind: str) -> Element:
    return Element("circle", {"class": kind, **_numbers(cx=x, cy=y, r=radius)})


def polygon(points: Iterable[Point], kind: str) -> Element:
    return Element("polygon", {"class": kind, "points": _points(points)})


def polyline(points: Iterable[Point], kind: str) -> Element:
    return Element("polyline", {"class": kind, "points": _points(points), "fill": "none"})


def text(x: float, y: float, said: str, kind: str, *, size: float = 13, anchor: str = "start") -> Element:
    """`y`: the baseline. `anchor`: start, middle or end."""
    attributes = {"class": kind, **_numbers(x=x, y=y), "font-size": number(size)}
    return Element("text", attributes | ({} if anchor == "start" else {"text-anchor": anchor}), said)


def group(kind: str, inside: Iterable[Element]) -> Element:
    return Element("g", {"class": kind}, inside=tuple(inside))


@dataclass(frozen=True)
class Drawing:
    """`width`, `height`: in pixels at natural size. `title`, `description`: for those who do not see it."""

    width: float
    height: float
    lang: Lang
    title: str
    description: str
    elements: tuple[Element, ...]

    def svg(self, *, standalone: bool = False, prefix: str = "picture") -> str:
        """`prefix`: begins the ids; two drawings on one page need two. Raises ValueError for one that is no id."""
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"{prefix!r} cannot begin an id")
        return self._svg(style_sheet() if standalone else None, prefix)

    def printed(self) -> str:
        """Standalone, with the colours of paper written out."""
        return self._svg(paper_style(), "picture")

    def walk(self) -> Iterator[Element]:
        """Every shape, outer ones first."""
        for element in self.elements:
            yield from element.walk()

    def _svg(self, style: str | None, prefix: str) -> str:
        size = _numbers(width=self.width, height=self.height)
        root = {
            "xmlns": "http://www.w3.org/2000/svg", "class": "picture", "lang": self.lang, **size,
            "viewBox": f"0 0 {size['width']} {size['height']}", "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
        }  # fmt: skip
        head = (
            Element("title", {"id": f"{prefix}-title"}, self.title),
            Element("desc", {"id": f"{prefix}-desc"}, self.description),
            *(() if style is None else (Element("style", {}, style),)),
            rect(0, 0, self.width, self.height, "picture-ground"),
        )
        return Element("svg", root, inside=(*head, *self.elements)).svg()


def escaped(said: str) -> str:
    """Text for XML and HTML. Control characters and marks that reorder what follows become a space."""
    clean = _FORBIDDEN.sub(" ", said)
    for raw, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        clean = clean.replace(raw, safe)
    return clean


def number(value: float) -> str:
    """Hundredths of a pixel are enough."""
    return f"{round(value, 2) + 0.0:.10g}"


def _numbers(**values: float) -> dict[str, str]:
    return {name: number(value) for name, value in values.items()}


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


@cache
def style_sheet() -> str:
    """For pages that show drawings inline, and inside every standalone one."""
    return (files("decidua.reports.pictures") / "pictures.css").read_text("utf-8")


@cache
def paper_style() -> str:
    """The style sheet with the colours of paper in the place of each `var(…)`, and without conditions."""
    whole = style_sheet()
    conditions = {found[1]: found[2] for found in _MEDIA.finditer(whole)}
    plain = _MEDIA.sub("", whole)
    colours = dict(_VARIABLE.findall(plain)) | dict(_VARIABLE.findall(conditions["print"]))
    resolved = _VARIABLE.sub("", plain)
    for name, value in colours.items():
        resolved = resolved.replace(f"var({name})", value)
    return resolved
