"""The forest plot by its structure: squares, intervals, arrows, diamonds stand where the numbers say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import ValidationError

from decidua.language import LANGUAGES, Lang
from decidua.reports.pictures.forest import draw_forest
from decidua.reports.pictures.from_pool import Favours, forest_plot, steps_plot
from decidua.reports.pictures.models import ForestPlot, Row
from tests.pictures.plots import INHIBITORS, VITAMIN_D, bcg, everything, plot, pooled, study
from tests.pictures.reading import at, boxes, collisions, points, read, shapes, texts


def drawn(given: ForestPlot) -> ElementTree.Element:
    return read(draw_forest(given).svg())


def scale(root: ElementTree.Element, *, log: bool = True) -> tuple[float, float]:
    """Slope and offset of x over the printed number, from the labelled ticks."""
    ticks = [one for one in shapes(root, "line", "picture-axis") if one.get("x1") == one.get("x2")]
    labels = {one.get("x"): one.text or "" for one in shapes(root, "text") if one.get("text-anchor") == "middle"}
    known = [(at(t, "x1")[0], float(labels[t.get("x1")].replace("−", "-"))) for t in ticks if t.get("x1") in labels]
    (x1, v1), (x2, v2) = known[0], known[-1]
    a, b = (math.log(v1), math.log(v2)) if log else (v1, v2)
    return (x2 - x1) / (b - a), x1 - a * (x2 - x1) / (b - a)


def middles(squares: list[ElementTree.Element]) -> Iterator[float]:
    for one in squares:
        x, width = at(one, "x", "width")
        yield x + width / 2


def test_talk_vitamin_d_plot() -> None:
    """Lee 2025, the talk's forest plot: 1.60 [1.11, 2.30], weights as printed there."""
    report, table = pooled(VITAMIN_D, measure="OR", method="MH")
    said = texts(drawn(forest_plot(report, table)))
    assert "1.60 [1.11, 2.30]" in said
    assert "3.21 [1.51, 6.82]" in said
    assert {"16.0%", "8.1%", "29.1%", "25.6%", "6.8%", "14.4%"} <= set(said)
    assert any("τ² = 0.07, Q = 7.67, df = 5 (p = 0.18), I² = 35%" in one.replace("\u00a0", " ") for one in said)
    assert any("z = 2.51 (p = 0.012)" in one for one in said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_squares_stand_at_the_estimates_with_the_area_of_the_weights(tmp_path: Path, lang: Lang) -> None:
    report, table = pooled(bcg(tmp_path), lang, measure="RR")
    root = drawn(forest_plot(report, table))
    squares = shapes(root, "rect", "picture-square")
    assert len(squares) == report.k == 13
    slope, offset = scale(root)
    for middle, one in zip(middles(squares), report.studies, strict=True):
        assert one.estimate is not None
        assert middle == pytest.approx(offset + slope * one.estimate, abs=0.05)
    areas = [at(one, "width")[0] ** 2 for one in squares]
    weights = [one.weight or 0 for one in report.studies]
    assert [a / max(areas) for a in areas] == pytest.approx([w / max(weights) for w in weights], abs=2e-3)


def test_diamond_ends_at_its_interval() -> None:
    report, table = pooled(VITAMIN_D, measure="OR", method="MH")
    root = drawn(forest_plot(report, table))
    (diamond,) = shapes(root, "polygon", "picture-diamond")
    slope, offset = scale(root)
    assert report.ci is not None
    assert report.estimate is not None
    left, top, right, bottom = points(diamond)
    found = [left[0], top[0], right[0], bottom[0]]
    wanted = [report.ci[0], report.estimate, report.ci[1], report.estimate]
    assert found == pytest.approx([offset + slope * value for value in wanted], abs=0.05)


def test_prediction_bar_ends_at_its_interval() -> None:
    report, table = pooled(VITAMIN_D, measure="OR", method="MH")
    root = drawn(forest_plot(report, table))
    (bar,) = shapes(root, "rect", "picture-bar")
    slope, offset = scale(root)
    assert report.prediction is not None
    x, width = at(bar, "x", "width")
    assert [x, x + width] == pytest.approx([offset + slope * v for v in report.prediction], abs=0.05)


def test_arrows_exactly_where_an_interval_is_cut() -> None:
    rows = [study(f"S{n}", 1.0 + n / 10, 0.7, 1.6, weight=10.0) for n in range(6)]
    whole = drawn(plot(*rows))
    assert shapes(whole, "polygon", "picture-arrow") == []
    cut = drawn(plot(*rows, study("Wide", 1.1, 0.9, 5000.0, weight=1.0)))
    (arrow,) = shapes(cut, "polygon", "picture-arrow")
    axis = max(at(one, "x2")[0] for one in shapes(cut, "line", "picture-axis"))
    assert max(x for x, _ in points(arrow)) == pytest.approx(axis)
    assert "beyond the axis" in " ".join(texts(cut))
    assert "beyond the axis" not in " ".join(texts(whole))


@pytest.mark.parametrize("bounds", [(0.0, 2.0), (-1.0, 2.0), (0.5, math.inf)])
def test_a_ratio_whose_limit_is_no_ratio_ends_in_an_arrow(bounds: tuple[float, float]) -> None:
    root = drawn(plot(study("A", 1.1, *bounds, weight=50.0), study("B", 1.2, 0.8, 1.7, weight=50.0)))
    assert len(shapes(root, "polygon", "picture-arrow")) == 1


def test_reviews_get_squares_and_no_diamond() -> None:
    rows = [Row(kind="review", label=f"R{n}", estimate=1.5, interval=(1.0, 2.2)) for n in range(3)]
    root = drawn(plot(*rows, squares="precision"))
    assert len(shapes(root, "rect", "picture-square")) == 3
    assert shapes(root, "polygon", "picture-diamond") == []
    assert "Reviews share studies" in " ".join(texts(root))
    with pytest.raises(ValidationError, match="no diamond"):
        plot(*rows, Row(kind="pooled", label="Pooled", estimate=1.5, interval=(1.2, 2.0)))


def test_precision_squares_follow_the_printed_interval() -> None:
    wide, narrow = study("W", 2.0, 1.0, 4.0), study("N", 2.0, math.exp(math.log(2) / 2), math.exp(math.log(2) * 1.5))
    root = drawn(plot(wide, narrow, squares="precision"))
    first, second = (at(one, "width")[0] ** 2 for one in shapes(root, "rect", "picture-square"))
    assert second / first == pytest.approx(4, rel=1e-3)


def test_a_row_without_an_estimate_keeps_its_reason_and_has_no_square() -> None:
    report, table = pooled(INHIBITORS, measure="OR", by="drug")
    root = drawn(forest_plot(report, table))
    assert len(shapes(root, "rect", "picture-square")) == 3
    said = texts(root)
    assert "Nakagawa 2015" in said
    assert "16/25" in said
    assert "a group has nobody" in " ".join(said)
    assert len(shapes(root, "polygon", "picture-subtotal")) == 2
    assert len(shapes(root, "polygon", "picture-diamond")) == 1


def test_subgroups_are_the_reports_groups(tmp_path: Path) -> None:
    report, table = pooled(bcg(tmp_path), measure="RR", by="alloc")
    found = forest_plot(report, table)
    assert report.subgroups is not None
    assert [r.label for r in found.rows if r.kind == "group"] == [g.name for g in report.subgroups.groups]
    for row, view in zip((r for r in found.rows if r.kind == "subgroup"), report.subgroups.groups, strict=True):
        assert row.estimate == pytest.approx(math.exp(view.estimate or math.nan))
    assert sum(r.weight or 0 for r in found.rows if r.kind == "subgroup") == pytest.approx(100)
    assert len([r for r in found.rows if r.kind == "study"]) == 13


def test_regression_gets_no_diamond(tmp_path: Path) -> None:
    report, table = pooled(bcg(tmp_path), measure="RR", moderators=("ablat",))
    root = drawn(forest_plot(report, table))
    assert shapes(root, "polygon") == shapes(root, "polygon", "picture-arrow")
    assert "no single pooled effect" in " ".join(texts(root))


def test_a_good_side_is_only_named_when_it_is_known() -> None:
    report, table = pooled(VITAMIN_D, measure="OR", method="MH")
    silent = drawn(forest_plot(report, table, Favours("Less", "More")))
    assert shapes(silent, "line", "picture-good-line") == []
    assert "better for the patient" not in texts(silent)
    told = drawn(forest_plot(report, table, Favours("Less", "More", "left")))
    (arrow,) = shapes(told, "line", "picture-good-line")
    assert at(arrow, "x2")[0] < at(arrow, "x1")[0]
    assert "better for the patient" in texts(told)


@pytest.mark.parametrize("method", ["MH", "IV", "Peto"])
@pytest.mark.parametrize("model", ["fixed", "random"])
def test_last_cumulative_step_is_the_pooled_effect(method: str, model: str) -> None:
    if (method, model) == ("Peto", "random"):
        return
    report, _ = pooled(VITAMIN_D, measure="OR", method=method, model=model, extras=("cumulative", "leave-one-out"))
    found = steps_plot(report, "cumulative")
    assert found is not None
    last, whole = found.rows[-2:]
    assert last.estimate == pytest.approx(whole.estimate)
    assert last.interval == pytest.approx(whole.interval)
    assert len(shapes(drawn(found), "circle", "picture-step")) == 6
    left = steps_plot(report, "leave-one-out")
    assert left is not None
    assert left.rows[0].label == "Without Andersen 2015"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_texts_share_a_place(lang: Lang, tmp_path: Path) -> None:
    plots = [everything(lang)]
    for file, asked in ((VITAMIN_D, {}), (INHIBITORS, {"by": "drug"}), (bcg(tmp_path), {"by": "alloc"})):
        plots.append(
            forest_plot(*pooled(file, lang, measure="OR", **asked), Favours("왼쪽 " * 20, "right " * 20, "left"))
        )
    for given in plots:
        drawing = draw_forest(given)
        found = boxes(read(drawing.svg()))
        assert collisions(found) == []
        assert all(box.left >= 0 and box.right <= drawing.width and box.bottom <= drawing.height for box in found)


EXTREMES = {
    "none": [],
    "one": [study("A", 2.0, 1.0, 4.0, weight=100.0)],
    "nothing estimable": [study("A", None, why_not="no events"), study("B", None, why_not="no events")],
    "all equal": [study(f"S{n}", 1.0, 1.0, 1.0, weight=50.0) for n in range(2)],
    "tiny": [study("A", 1e-6, 1e-9, 1e-3, weight=50.0), study("B", 2e-6, 1e-7, 1e-5, weight=50.0)],
    "huge": [study("A", 1e6, 1e-6, 1e12, weight=50.0), study("B", 1.0, 0.5, 2.0, weight=50.0)],
    "infinite": [study("A", math.inf, 1.0, math.inf, weight=50.0), study("B", 1.0, 0.5, 2.0, weight=50.0)],
    "not a ratio": [study("A", 0.0, 0.0, 3.0, weight=50.0), study("B", 1.0, 0.5, 2.0, weight=50.0)],
    "beyond its interval": [study("A", 5.0, 1.0, 2.0, weight=50.0), study("B", 1.0, 0.5, 2.0, weight=50.0)],
    "many": [study(f"S{n}", 1 + n / 200, 0.5, 3.0, weight=0.5) for n in range(200)],
    "weightless": [study("A", 1.5, 1.0, 2.0), study("B", 1.2, 0.8, 1.8)],
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("log", [True, False])
def test_extreme_data_still_draw(name: str, log: bool) -> None:
    drawing = draw_forest(plot(*EXTREMES[name], log=log))
    root = read(drawing.svg())
    assert "nan" not in drawing.svg().lower().replace("nanum", "")
    assert collisions(boxes(root)) == []
    assert len([one for one in texts(root) if one in {row.label for row in EXTREMES[name]}]) == len(EXTREMES[name])
    axis = next(one for one in shapes(root, "line", "picture-axis") if one.get("x1") != one.get("x2"))
    low, high = at(axis, "x1", "x2")
    for one in shapes(root, "line", "picture-interval"):
        assert low - 0.01 <= at(one, "x1")[0] <= at(one, "x2")[0] <= high + 0.01


def test_a_sign_in_the_row_has_its_sentence_below() -> None:
    said = texts(drawn(everything("en")))
    assert said.count("≠") == 1
    assert "≠ Lee 2022: printed 87.7, recomputed 86.67" in said


def test_numbers_as_the_source_prints_them_stay() -> None:
    assert "2.0 (1.0–4.0)" in texts(drawn(everything("en")))
