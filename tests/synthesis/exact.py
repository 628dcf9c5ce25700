"""Weighted least squares and the DerSimonian-Laird tau² in exact fractions: slow, obvious, without rounding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Numbers = Sequence[Fraction]
Rows = Sequence[Sequence[Fraction]]


def solve(matrix: Rows, right: Numbers) -> list[Fraction]:
    """Gauss and Jordan."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = next(j for j in range(i, len(rows)) if rows[j][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(len(rows)):
            if j != i:
                rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]


def moment(weights: Numbers, x: Rows) -> list[list[Fraction]]:
    p = range(len(x[0]))
    return [[sum((w * r[i] * r[j] for w, r in zip(weights, x, strict=True)), Fraction()) for j in p] for i in p]


def least_squares(y: Numbers, weights: Numbers, x: Rows) -> list[Fraction]:
    terms = list(zip(weights, x, y, strict=True))
    right = [sum((w * r[i] * value for w, r, value in terms), Fraction()) for i in range(len(x[0]))]
    return solve(moment(weights, x), right)


def der_simonian_laird(y: Numbers, v: Numbers, x: Rows) -> Fraction:
    """(y'Py - (k - p)) / tr P with weights 1/v, cut off at 0."""
    w = [1 / one for one in v]
    beta = least_squares(y, w, x)
    fitted = [sum((b * one for b, one in zip(beta, row, strict=True)), Fraction()) for row in x]
    q = sum((weight * (a - b) ** 2 for weight, a, b in zip(w, y, fitted, strict=True)), Fraction())
    first, second = moment(w, x), moment([weight**2 for weight in w], x)
    traced = sum((solve(first, [row[i] for row in second])[i] for i in range(len(x[0]))), Fraction())
    return max(Fraction(), (q - (len(y) - len(x[0]))) / (sum(w, Fraction()) - traced))
