"""The SVG itself: escaped, named for those who do not see it, without style where a page forbids it, legible."""

from __future__ import annotations

import re

import pytest

from decidua.language import LANGUAGES, Lang
from decidua.reports.pictures.drawing import Drawing, line, number, paper_style, style_sheet, text
from decidua.reports.pictures.forest import draw_forest
from tests.pictures.plots import everything, plot, study
from tests.pictures.reading import NAMESPACE, read, shapes, texts

HOSTILE = [
    "</svg><script>alert(1)</script>",
    "\"&<>'",
    "a\x00b\x1bc",
    "\u202eevil\u2066",
    "]]>",
    "<!--",
    "김영희 외 😀",
    "{blank} %s",
]


def named(name: str) -> Drawing:
    return draw_forest(plot(study(name, 1.2, 0.8, 1.9, weight=100.0), title=name))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("standalone", [True, False])
def test_hostile_names_are_text(name: str, standalone: bool) -> None:
    svg = named(name).svg(standalone=standalone)
    root = read(svg)
    visible = re.sub("[\x00-\x1f\u202a-\u202e\u2066-\u2069]+", " ", name)
    assert all(word in " ".join(texts(root)) for word in visible.split())
    assert {one.tag.removeprefix(NAMESPACE) for one in root.iter()} <= {
        "svg", "title", "desc", "style", "g", "rect", "line", "polygon", "text"
    }  # fmt: skip
    assert not re.search("[\x00-\x08\u202a-\u202e]", svg)


def test_inline_has_classes_only() -> None:
    svg = everything_drawn("en").svg(prefix="one")
    assert "<style" not in svg
    assert " style=" not in svg
    assert not re.search(r" on\w+=|href|url\(", svg)


def everything_drawn(lang: Lang) -> Drawing:
    return draw_forest(everything(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_named_for_those_who_do_not_see_it(lang: Lang) -> None:
    root = read(everything_drawn(lang).svg(prefix="p7"))
    assert root.get("role") == "img"
    assert root.get("lang") == lang
    assert root.get("aria-labelledby") == "p7-title p7-desc"
    title, described = root.find(f"{NAMESPACE}title"), root.find(f"{NAMESPACE}desc")
    assert title is not None
    assert described is not None
    assert (title.get("id"), described.get("id")) == ("p7-title", "p7-desc")
    assert title.text == everything(lang).title
    assert "2.20 [1.50, 3.50]" in (described.text or "")
    ids = re.findall(r' id="([^"]+)"', everything_drawn(lang).svg(prefix="p7"))
    assert len(ids) == len(set(ids)) == 2


@pytest.mark.parametrize("prefix", ["", "1a", 'x"', "a b", "ä"])
def test_a_prefix_that_is_no_id_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot begin an id"):
        everything_drawn("en").svg(prefix=prefix)


def test_every_class_has_a_style() -> None:
    used = {kind for one in everything_drawn("en").walk() for kind in one.attributes.get("class", "").split()}
    grouping = {"picture-row", "picture-guides", *(f"picture-{row.kind}" for row in everything("en").rows)}
    missing = {
        kind for kind in used - grouping if f".{kind} " not in style_sheet() and f".{kind}," not in style_sheet()
    }
    assert not missing


def test_paper_needs_no_variable_and_no_condition() -> None:
    style = paper_style()
    assert "var(" not in style
    assert "@media" not in style
    assert "--picture" not in style
    assert "#000000" in style
    assert "var(" not in everything_drawn("en").printed()


def themes() -> dict[str, dict[str, str]]:
    whole = style_sheet()
    blocks = re.findall(r"(@media [^{]*\{\s*)?\.picture \{([^}]*)\}", whole)
    assert len(blocks) == 3
    return {
        name: dict(re.findall(r"--picture-(\w+):\s*(#\w{6})", block))
        for name, (_, block) in zip(("light", "dark", "print"), blocks, strict=True)
    }


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_contrast(theme: str) -> None:
    """WCAG 2.2: 4.5 : 1 for text (1.4.3), 3 : 1 for shapes that carry meaning (1.4.11)."""
    colours = themes()[theme]
    for ground in ("ground", "shade", "deep"):
        for shape in ("square", "diamond", "subtotal", "ink", "faint"):
            assert contrast(colours[shape], colours[ground]) >= 3, (shape, ground)
    for ink in ("ink", "faint", "good", "mark"):
        assert contrast(colours[ink], colours["ground"]) >= 4.5, ink


def test_numbers_are_short() -> None:
    assert [number(value) for value in (1.0, 0.001, -0.001, 1.005, 1234.5678, -3.14159)] == [
        "1", "0", "0", "1", "1234.57", "-3.14"
    ]  # fmt: skip
    assert line(0, 0.333333, 1, 2, "a").svg() == '<line class="a" x1="0" y1="0.33" x2="1" y2="2"/>'
    assert text(1, 2, "a<b", "t", anchor="end").svg() == (
        '<text class="t" x="1" y="2" font-size="13" text-anchor="end">a&lt;b</text>'
    )


def test_same_plot_same_drawing() -> None:
    assert everything_drawn("ko").svg() == everything_drawn("ko").svg()
    assert shapes(read(everything_drawn("ko").svg(standalone=True)), "style")
