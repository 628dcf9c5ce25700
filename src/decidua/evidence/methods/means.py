"""p values from means and standard deviations."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from scipy.special import ndtr, stdtr

from decidua.evidence.methods.candidate import Candidate, Given, spread
from decidua.evidence.printed import Printed

NAMES = ("mean1", "sd1", "mean2", "sd2")


def p_from_means(given: Given) -> Iterator[Candidate]:
    """Two-sided tests of two means. `alternatives` with `one` and `other`: several pairs of columns are tried."""
    if "alternatives" not in given.options:
        yield from _tests(given.many(*NAMES), given["n1"], given["n2"], "")
        return
    one, other = given.options["one"], given.options["other"]
    for column in given.options["alternatives"]:
        refs = (f"{one}/{column}.mean", f"{one}/{column}.sd", f"{other}/{column}.mean", f"{other}/{column}.sd")
        four = tuple(printed for ref in refs if (printed := given.look(ref)) is not None)
        yield from _tests(four, given["n1"], given["n2"], column)


def _tests(four: tuple[Printed, ...], n1: float, n2: float, detail: str) -> Iterator[Candidate]:
    for method, function in METHODS.items():

        def p(mean1: float, sd1: float, mean2: float, sd2: float, test: Test = function) -> float:
            return test(mean1 - mean2, sd1, n1, sd2, n2)

        yield Candidate(method, {"p": spread(p, four)}, detail)


Test = Callable[[float, float, float, float, float], float]


def student(difference: float, sd1: float, n1: float, sd2: float, n2: float) -> float:
    """t with n1 + n2 − 2 degrees and the pooled variance."""
    df = n1 + n2 - 2
    variance = ((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / df
    return _two_sided(difference / math.sqrt(variance * (1 / n1 + 1 / n2)), df)


def welch(difference: float, sd1: float, n1: float, sd2: float, n2: float) -> float:
    """t with Satterthwaite's degrees and separate variances (Welch 1947)."""
    v1, v2 = sd1**2 / n1, sd2**2 / n2
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    return _two_sided(difference / math.sqrt(v1 + v2), df)


def normal(difference: float, sd1: float, n1: float, sd2: float, n2: float) -> float:
    """z with separate variances."""
    return float(2 * ndtr(-abs(difference) / math.sqrt(sd1**2 / n1 + sd2**2 / n2)))


def student_one_sided(difference: float, sd1: float, n1: float, sd2: float, n2: float) -> float:
    return student(difference, sd1, n1, sd2, n2) / 2


def _two_sided(t: float, df: float) -> float:
    return float(2 * stdtr(df, -abs(t)))


METHODS: Mapping[str, Test] = {
    "t-student": student, "t-welch": welch, "z-means": normal, "t-one-sided": student_one_sided,
}  # fmt: skip
