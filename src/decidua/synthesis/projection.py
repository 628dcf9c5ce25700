"""Weighted least squares over a batch: what every estimator of tau² needs of a set of weights.

With W = diag(w) and P = W − WX(X'WX)⁻¹X'W (Viechtbauer 2005), the estimators use y'Py, y'PPy, y'PPPy, tr P and
tr PP. For a mean alone (X a column of ones) these are sums of powers of the weights; with moderators they need small
p × p matrices, never a k × k one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from decidua.synthesis.arrays import Bools, Floats, Ints, row_sum, total
from decidua.synthesis.refusals import Refusal


class Fit(Protocol):
    """A fit at given weights. All sums are (analyses,)."""

    @property
    def coefficients(self) -> Floats: ...

    """(analyses, p)"""

    @property
    def covariance(self) -> Floats: ...

    """(analyses, p, p): (X'WX)⁻¹"""

    def q(self) -> Floats: ...

    """y'Py, the weighted sum of squared residuals"""

    def ypp(self) -> Floats: ...

    def yppp(self) -> Floats: ...

    def trace_p(self) -> Floats: ...

    def trace_pp(self) -> Floats: ...

    def leverage(self) -> Floats: ...

    """(analyses, studies): diagonal of the hat matrix"""


class Model(Protocol):
    """Estimates, variances and what explains them."""

    @property
    def y(self) -> Floats: ...

    @property
    def v(self) -> Floats: ...

    @property
    def counted(self) -> Bools: ...

    @property
    def p(self) -> int: ...

    def at(self, weights: Floats) -> Fit: ...

    def rows(self, rows: Any) -> Model: ...


@dataclass(frozen=True)
class MeanFit:
    w: Floats
    s1: Floats
    mu: Floats
    residual: Floats
    py: Floats

    @property
    def coefficients(self) -> Floats:
        return self.mu[:, None]

    @property
    def covariance(self) -> Floats:
        inverse: Floats = (1 / self.s1)[:, None, None]
        return inverse

    @cached_property
    def s2(self) -> Floats:
        return total(self.w, self.w)

    def q(self) -> Floats:
        return total(self.py, self.residual)

    def ypp(self) -> Floats:
        return total(self.py, self.py)

    def yppp(self) -> Floats:
        weighted: Floats = self.w * self.py
        return total(weighted, self.py) - row_sum(weighted) ** 2 / self.s1

    def trace_p(self) -> Floats:
        return self.s1 - self.s2 / self.s1

    def trace_pp(self) -> Floats:
        s3 = np.einsum("ij,ij,ij->i", self.w, self.w, self.w)
        trace: Floats = self.s2 - 2 * s3 / self.s1 + (self.s2 / self.s1) ** 2
        return trace

    def leverage(self) -> Floats:
        return self.w / self.s1[:, None]


@dataclass(frozen=True)
class Mean:
    """One common mean in each analysis."""

    y: Floats
    v: Floats
    counted: Bools
    p: int = 1

    def at(self, weights: Floats) -> MeanFit:
        s1 = row_sum(weights)
        mu = total(weights, self.y) / s1
        residual = self.y - mu[:, None]
        return MeanFit(weights, s1, mu, residual, weights * residual)

    def rows(self, rows: Any) -> Mean:
        return Mean(self.y[rows], self.v[rows], self.counted[rows])


@dataclass(frozen=True)
class RegressionFit:
    x: Floats
    w: Floats
    coefficients: Floats
    covariance: Floats
    residual: Floats
    py: Floats

    def q(self) -> Floats:
        return total(self.py, self.residual)

    def ypp(self) -> Floats:
        return total(self.py, self.py)

    def yppp(self) -> Floats:
        weighted = self.w * self.py
        crossed = np.einsum("ikp,ik->ip", self.x, weighted)
        cubed: Floats = total(weighted, self.py) - np.einsum("ip,ipq,iq->i", crossed, self.covariance, crossed)
        return cubed

    def _moment(self, power: int) -> Floats:
        """(X'WX)⁻¹ X'W^power X, (analyses, p, p)"""
        moment: Floats = self.covariance @ np.einsum("ikp,ik,ikq->ipq", self.x, self.w**power, self.x)
        return moment

    def trace_p(self) -> Floats:
        trace: Floats = row_sum(self.w) - np.trace(self._moment(2), axis1=1, axis2=2)
        return trace

    def trace_pp(self) -> Floats:
        second = self._moment(2)
        inner = np.trace(second @ second, axis1=1, axis2=2) - 2 * np.trace(self._moment(3), axis1=1, axis2=2)
        trace: Floats = total(self.w, self.w) + inner
        return trace

    def leverage(self) -> Floats:
        hat: Floats = np.einsum("ikp,ipq,ikq->ik", self.x, self.covariance, self.x) * self.w
        return hat


@dataclass(frozen=True)
class Regression:
    """Moderators `x`: (analyses, studies, p), the intercept among them; rows of studies that do not count are 0."""

    y: Floats
    v: Floats
    counted: Bools
    x: Floats

    @property
    def p(self) -> int:
        return int(self.x.shape[2])

    def at(self, weights: Floats) -> RegressionFit:
        # By QR of √W X: X'WX itself would square its condition.
        root = np.sqrt(weights)
        q, r = np.linalg.qr(root[:, :, None] * self.x)
        try:
            inverse = np.linalg.inv(r)
        except np.linalg.LinAlgError:
            raise Refusal("moderators", given=int(self.counted.sum(axis=1).min())) from None
        covariance = inverse @ inverse.swapaxes(1, 2)
        coefficients = np.einsum("ipq,ikq,ik->ip", inverse, q, root * self.y)
        residual = self.y - np.einsum("ikp,ip->ik", self.x, coefficients)
        return RegressionFit(self.x, weights, coefficients, covariance, residual, weights * residual)

    def rows(self, rows: Any) -> Regression:
        return Regression(self.y[rows], self.v[rows], self.counted[rows], self.x[rows])


def degrees(model: Model) -> Ints:
    """(analyses,) studies less parameters"""
    left: Ints = model.counted.sum(axis=1) - model.p
    return left
