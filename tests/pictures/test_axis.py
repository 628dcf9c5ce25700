"""Ticks and ranges."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidua.reports.pictures.axis import choose_axis, tick_label
from decidua.reports.pictures.lettering import printed, printed_effect, printed_p, text_width, wrapped


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.15, 7, (0.2, 0.5, 1, 2, 5)),
        (0.4, 11, (0.5, 1, 2, 5, 10)),
        (0.004, 300, (0.01, 0.1, 1, 10, 100)),
        (1e-6, 1e6, (1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6)),
        (0.85, 1.2, (0.9, 1, 1.1, 1.2)),
        (0.7, 3.4, (0.7, 1, 1.5, 2, 3)),
    ],
)
def test_ticks_of_ratios(low: float, high: float, ticks: tuple[float, ...]) -> None:
    axis = choose_axis([1.0], [], whole=[(low, high)], log=True, no_effect=1.0)
    assert axis.ticks == pytest.approx(ticks)


def test_ticks_of_differences() -> None:
    axis = choose_axis([-0.1, 0.2], [], log=False, no_effect=0.0)
    assert axis.ticks == pytest.approx((-0.1, 0, 0.1, 0.2))


numbers = st.floats(1e-6, 1e6)
spans = st.tuples(numbers, numbers, numbers).map(sorted)


@given(st.lists(spans, min_size=1, max_size=30), st.booleans())
def test_estimates_and_no_effect_are_always_on_the_axis(rows: list[list[float]], log: bool) -> None:
    axis = choose_axis([r[1] for r in rows], [(r[0], r[2]) for r in rows], log=log, no_effect=1.0 if log else 0.0)
    assert all(0 <= axis.place(r[1]) <= 1 for r in rows)
    assert 0 <= axis.place(1.0 if log else 0.0) <= 1
    places = [axis.place(tick) for tick in axis.ticks]
    assert places == sorted(places)
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)
    assert 2 <= len(axis.ticks) <= 12
    assert len({tick_label(tick) for tick in axis.ticks}) == len(axis.ticks)


@given(st.lists(spans, min_size=4, max_size=30))
def test_most_intervals_are_seen_whole(rows: list[list[float]]) -> None:
    """Cochrane Handbook 10.2.1: most intervals. Where they are of one size, all."""
    half = 0.5
    same = [(r[1] * math.exp(-half), r[1], r[1] * math.exp(half)) for r in rows]
    axis = choose_axis([r[1] for r in same], [(r[0], r[2]) for r in same], log=True, no_effect=1.0)
    assert all(axis.place(r[0]) >= 0 and axis.place(r[2]) <= 1 for r in same)


def test_labels() -> None:
    assert [tick_label(v) for v in (0.2, 1.0, 1e6, 1e-6, -0.1, 0)] == ["0.2", "1", "1e6", "1e−6", "−0.1", "0"]
    assert printed_effect(1.598, (1.109, 2.302)) == "1.60 [1.11, 2.30]"
    assert printed_effect(None, None) == "—"
    assert [printed(v) for v in (-0.5, 0, 1234.5, 3e7, 1e-6, math.inf)] == [
        "−0.50",
        "0.00",
        "1234",
        "3.0e7",
        "1.0e−6",
        "∞",
    ]
    assert [printed_p(p) for p in (0.5, 0.0119, 0.0009, 1e-9)] == ["= 0.50", "= 0.012", "= 0.0009", "< 0.0001"]


@given(st.text(max_size=80), st.floats(20, 300))
def test_wrapped_lines_fit_and_lose_no_letter(said: str, width: float) -> None:
    lines = wrapped(said, width, 12)
    assert "".join("".join(lines).split(" ")) == "".join(c for c in said if c not in " \t\r\n")
    assert all(text_width(one, 12) <= width or len(one) == 1 for one in lines)
