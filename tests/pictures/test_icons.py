"""Icon arrays: a hundred icons each, in order, the difference outlined, shapes that differ, one size for all."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidua.reports.pictures.drawing import Element
from decidua.reports.pictures.icons import IconPair, IconSide, draw_icons, icons_of

HAS, LACKS, OUTLINE = "picture-icon-has", "picture-icon-lacks", "picture-icon-outline"


def pair(left: float, right: float, title: str = "live birth") -> IconPair:
    def side(name: str, per_100: float) -> IconSide:
        return IconSide(name=name, per_100=per_100, has=f"{per_100:g} have", lacks=f"{100 - per_100:g} have not")

    return IconPair(title=title, left=side("without", left), right=side("with", right), lines=("interval in words",))


def shapes(drawn: IconPair, kind: str) -> list[Element]:
    return [one for one in draw_icons([drawn], "en").walk() if one.attributes.get("class") == kind]


@given(st.floats(0, 100), st.floats(0, 100))
def test_two_hundred_icons_and_the_difference_outlined(left: float, right: float) -> None:
    drawn = pair(left, right)
    legend = 2  # one of each shape beside the numbers, for both sides
    has, lacks = len(shapes(drawn, HAS)) - legend, len(shapes(drawn, LACKS)) - legend
    assert has + lacks == 200
    assert has == icons_of(left) + icons_of(right)
    assert len(shapes(drawn, OUTLINE)) == abs(icons_of(left) - icons_of(right))


@given(st.floats(0, 100))
def test_rounding_is_to_the_nearest_whole(per_100: float) -> None:
    assert abs(icons_of(per_100) - per_100) <= 0.5


def test_the_shapes_differ_and_not_only_their_ink() -> None:
    drawn = pair(68, 70)
    assert {one.name for one in shapes(drawn, HAS)} == {"circle"}
    assert {one.name for one in shapes(drawn, LACKS)} == {"rect"}


def test_filled_from_one_corner_in_order() -> None:
    discs = [(float(one.attributes["cy"]), float(one.attributes["cx"])) for one in shapes(pair(34, 34), HAS)][:34]
    assert discs == sorted(discs)
    assert len({y for y, _ in discs}) == 4


def test_the_arrays_stand_level_though_one_name_is_long() -> None:
    one = pair(40, 60)
    long = one.model_copy(update={"right": one.right.model_copy(update={"name": "with " + "a long name " * 6})})
    tops = {
        min(float(icon.attributes["cy"]) for icon in shapes(long, HAS) if left(icon) == side) for side in (True, False)
    }
    assert len(tops) == 1


def left(icon: Element) -> bool:
    return float(icon.attributes["cx"]) < 250


def test_numbers_and_interval_stand_in_words() -> None:
    svg = draw_icons([pair(63.3, 73.4)], "en").svg()
    for said in ("63.3 have", "36.7 have not", "73.4 have", "26.6 have not", "interval in words", "rounded"):
        assert said in svg


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_harms_are_as_large_as_benefits(lang: str) -> None:
    drawing = draw_icons([pair(60, 70), pair(5.9, 44.8, "harm")], "ko" if lang == "ko" else "en")
    sizes = {one.attributes["r"] for one in drawing.walk() if one.attributes.get("class") == HAS}
    assert len(sizes) == 1
    assert drawing.height > 1.8 * draw_icons([pair(60, 70)], "en").height


def test_well_formed_described_and_escaped() -> None:
    svg = draw_icons([pair(10, 20, "<b>&")], "en").svg(standalone=True)
    root = ElementTree.fromstring(svg)
    described = root.find("{http://www.w3.org/2000/svg}desc")
    assert described is not None
    assert described.text
    assert "10 have" in described.text


def test_no_red_no_green() -> None:
    """The icons take the blue of squares and two greys."""
    from decidua.reports.pictures.drawing import style_sheet

    rules = [line for line in style_sheet().splitlines() if line.startswith(".picture-icon")]
    assert len(rules) == 3
    assert not any(name in rule for rule in rules for name in ("mark", "good", "diamond"))
