"""The table beside a picture says what the report says; so do the points of a funnel."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from decidua.language import LANGUAGES, Lang
from decidua.reports.pictures.forest import draw_forest
from decidua.reports.pictures.from_pool import forest_plot
from decidua.reports.pictures.funnel import draw_funnel
from decidua.reports.pictures.funnel_from_pool import funnel_plot
from decidua.reports.pictures.numbers import numbers_of
from tests.pictures.plots import INHIBITORS, VITAMIN_D, bcg, everything, pooled
from tests.pictures.reading import at, boxes, collisions, points, read, shapes, texts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_is_the_report(tmp_path: Path, lang: Lang) -> None:
    report, table = pooled(bcg(tmp_path), lang, measure="RR")
    found = numbers_of(forest_plot(report, table))
    assert all(len(row.cells) == len(found.header) for row in found.rows)
    for row, one in zip(found.rows, report.studies, strict=False):
        assert one.estimate is not None
        assert one.ci is not None
        values = [math.exp(v) for v in (one.estimate, *one.ci)]
        assert row.cells[0] == one.study
        assert list(row.cells[3:6]) == [f"{v:.2f}" for v in values]
        assert row.cells[6] == f"{one.weight:.1f}%"
    back = report.back_transformed
    assert back.ci is not None
    assert list(found.rows[13].cells[3:6]) == [f"{v:.2f}" for v in (back.estimate, *back.ci)]
    assert found.rows[13].strong


def test_talk_calcineurin_inhibitors_by_drug() -> None:
    """Lee 2025, the talk's forest plot: 2.25 [1.54, 3.29], fixed, Mantel-Haenszel; subgroups Q 0.30, df 1, p 0.58."""
    report, table = pooled(INHIBITORS, measure="OR", method="MH", model="fixed", by="drug")
    plot = forest_plot(report, table)
    cells = [row.cells for row in numbers_of(plot).rows]
    assert ("Nakagawa 2015", "16/25", "0/0", "", "", "") in [row[:6] for row in cells]
    assert [row[3:6] for row in cells if row[0].startswith(("Subtotal", "Pooled"))] == [
        ("2.09", "1.31", "3.32"), ("2.62", "1.34", "5.10"), ("2.25", "1.54", "3.29")
    ]  # fmt: skip
    assert "Test of differences between subgroups (drug): Q = 0.30, df = 1 (p = 0.58)" in plot.lines


def test_a_mark_and_a_reason_are_notes() -> None:
    found = numbers_of(everything("en"))
    assert found.noted
    notes = [row.cells[-1] for row in found.rows]
    assert "≠ printed 87.7, recomputed 86.67" in notes
    assert "a needed cell is empty, or a group has nobody" in notes


def test_funnel_points_stand_at_effect_and_standard_error(tmp_path: Path) -> None:
    report, _ = pooled(bcg(tmp_path), measure="RR", extras=("trim-fill", "asymmetry"))
    plot = funnel_plot(report, contours=True)
    root = read(draw_funnel(plot).svg())
    assert len(shapes(root, "circle", "picture-dot")) == 13
    assert report.trim_and_fill is not None
    (fill,) = (one for one in report.trim_and_fill if one.counter == "L0")
    assert len(shapes(root, "circle", "picture-filled")) == fill.missing == len(fill.filled) == 1
    ticks = [t for t in shapes(root, "line", "picture-axis") if t.get("y1") == t.get("y2") and at(t, "x1")[0] < 100]
    depth = {
        float((t.text or "").replace("−", "-")): at(t, "y")[0]
        for t in shapes(root, "text")
        if t.get("text-anchor") == "end"
    }
    first, last = min(depth), max(depth)
    slope = (depth[last] - depth[first]) / (last - first)
    assert slope > 0  # the most precise at the top
    assert ticks
    tops = sorted(at(one, "cy")[0] for one in shapes(root, "circle", "picture-dot"))
    errors = sorted(one.se or 0 for one in report.studies)
    assert [y - tops[0] for y in tops] == pytest.approx([slope * (se - errors[0]) for se in errors], abs=0.05)


def test_funnel_region_is_the_normal_quantile(tmp_path: Path) -> None:
    report, _ = pooled(bcg(tmp_path), measure="RR")
    root = read(draw_funnel(funnel_plot(report)).svg())
    left, right = (points(one) for one in shapes(root, "polyline", "picture-region"))
    assert left[0] == right[0]
    assert left[0][0] - left[1][0] == pytest.approx(right[1][0] - right[0][0], abs=0.02)
    dots = {
        one.se: at(dot, "cx", "cy")
        for one, dot in zip(report.studies, shapes(root, "circle", "picture-dot"), strict=True)
    }
    one, other = report.studies[0], report.studies[1]
    assert one.estimate is not None
    assert other.estimate is not None
    per_x = (dots[one.se][0] - dots[other.se][0]) / (one.estimate - other.estimate)
    per_y = (dots[one.se][1] - dots[other.se][1]) / ((one.se or 0) - (other.se or 0))
    (x1, y1), (x2, y2) = right
    assert ((x2 - x1) / per_x) / ((y2 - y1) / per_y) == pytest.approx(1.959964, abs=1e-3)


def test_mirrored_studies_are_mirrored(tmp_path: Path) -> None:
    """Each filled study has the standard error of one that is there (Duval and Tweedie 2000)."""
    report, _ = pooled(bcg(tmp_path), measure="RR", extras=("trim-fill",))
    assert report.trim_and_fill is not None
    errors = [one.se for one in report.studies]
    for fill in report.trim_and_fill:
        assert all(any(se == pytest.approx(e) for e in errors) for _, se in fill.filled)


def test_few_studies_are_warned_of() -> None:
    report, _ = pooled(VITAMIN_D, measure="OR")
    assert "Under ten studies" in " ".join(funnel_plot(report).lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_texts_of_a_funnel_share_a_place(tmp_path: Path, lang: Lang) -> None:
    report, _ = pooled(bcg(tmp_path), lang, measure="RR", extras=("trim-fill", "asymmetry"))
    for plot in (funnel_plot(report, contours=True), funnel_plot(pooled(VITAMIN_D, lang, measure="RD")[0])):
        assert collisions(boxes(read(draw_funnel(plot).svg()))) == []


def test_drawings_without_a_heading_for_pages_that_have_one() -> None:
    report, table = pooled(VITAMIN_D, measure="OR")
    plot = forest_plot(report, table)
    assert plot.title not in texts(read(draw_forest(plot, heading=False).svg()))
    assert plot.title in texts(read(draw_forest(plot).svg()))
