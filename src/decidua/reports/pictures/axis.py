"""The scale under a plot: a range in which every estimate and most intervals can be seen, and its ticks.

Cochrane Handbook 10.2.1: the axis is chosen so that the estimates and most intervals are visible; what reaches beyond
is cut and ends in an arrow. Numbers come in on the printed scale; a ratio of 0 or below lies left of every axis.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Span = tuple[float, float]
MOST, FEWEST = 8, 3
_FINE = (1, 2, 5)
_FINER = (1, 1.5, 2, 3, 5, 7)
REACH = 3.0
"""How many typical half intervals beyond the outermost estimate the axis may reach."""


@dataclass(frozen=True)
class Axis:
    """`low`, `high`: on the analysis scale. `ticks`: on the printed scale, ascending."""

    log: bool
    low: float
    high: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """0 at the left end, 1 at the right; outside of these where the value is beyond the axis."""
        return (scaled(value, self.log) - self.low) / (self.high - self.low)

    def clip(self, bounds: Span) -> tuple[float, float, bool, bool]:
        """Both places within 0 … 1, and whether the left and the right end were cut."""
        left, right = self.place(bounds[0]), self.place(bounds[1])
        return min(max(left, 0.0), 1.0), max(min(right, 1.0), 0.0), left < 0, right > 1


def scaled(value: float, log: bool) -> float:
    """The printed number on the analysis scale; a ratio that is not above 0 lies at minus infinity."""
    if not log:
        return value
    return math.log(value) if value > 0 else -math.inf


def unscaled(value: float, log: bool) -> float:
    """Back to the printed scale; beyond what a number can hold, infinity."""
    if not log:
        return value
    return math.exp(value) if value < 700 else math.inf


def choose_axis(estimates: Iterable[float], intervals: Iterable[Span], *, whole: Iterable[Span] = (),
                log: bool, no_effect: float | None) -> Axis:  # fmt: skip
    """`whole`: intervals that must be seen from end to end, those of diamonds."""
    points = [scaled(v, log) for v in estimates] + ([] if no_effect is None else [scaled(no_effect, log)])
    points += [scaled(v, log) for bounds in whole for v in bounds]
    spans = [(scaled(low, log), scaled(high, log)) for low, high in intervals]
    low, high = _range([v for v in points if math.isfinite(v)], spans)
    return Axis(log, low, high, tuple(_log_ticks(low, high) if log else linear_ticks(low, high)))


def _range(points: Sequence[float], spans: Sequence[Span]) -> Span:
    ends = [v for span in spans for v in span if math.isfinite(v)]
    first, last = (min(points), max(points)) if points else (min(ends, default=0.0), max(ends, default=0.0))
    halves = [(b - a) / 2 for a, b in spans if math.isfinite(b - a)]
    reach = max(REACH * median(halves), (last - first) / 2) if halves else 0.0
    low = max(min([first, *ends]), first - reach)
    high = min(max([last, *ends]), last + reach)
    return _padded(low, high)


def _padded(low: float, high: float) -> Span:
    size = max(abs(low), abs(high), 1e-300)
    if high - low <= 1e-9 * size or high - low < 1e-12:
        half = 0.1 * size if size > 1e-9 else 0.5
        return low - half, high + half
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def linear_ticks(low: float, high: float) -> list[float]:
    step = _step((high - low) / 5)
    return [_clean(n * step, step) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _step(rough: float) -> float:
    """The next of 1, 2, 5 (times a power of ten) that is not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= rough * (1 - 1e-9))


def _clean(value: float, step: float) -> float:
    """Without the dust of binary fractions."""
    return round(value, max(0, 2 - math.floor(math.log10(step))))


def _log_ticks(low: float, high: float) -> list[float]:
    if high - low < math.log(2.5):
        return linear_ticks(math.exp(low), math.exp(high))
    decades = range(math.floor(low / math.log(10)), math.ceil(high / math.log(10)) + 1)
    for digits in (_FINE, _FINER, (1,)):
        ticks = [_clean_decade(d, n) for n in decades for d in digits]
        ticks = [v for v in ticks if low <= math.log(v) <= high]
        if FEWEST <= len(ticks) <= MOST:
            return ticks
    every = math.ceil(len(decades) / MOST)
    return [float(f"1e{n}") for n in decades if n % every == 0 and low <= n * math.log(10) <= high]


def _clean_decade(digit: float, power: int) -> float:
    return float(f"{digit}e{power}")


def tick_label(value: float) -> str:
    """As short as it can be; powers of ten beyond a million or a ten-thousandth."""
    if value and not 1e-4 <= abs(value) < 1e6:
        digits, power = f"{value:.3e}".split("e")
        said = f"{digits.rstrip('0').rstrip('.')}e{int(power)}"
    else:
        said = f"{value:.10g}"
    return said.replace("-", "−")
