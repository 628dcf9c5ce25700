"""Solving for tau²: rows that have converged leave the loop, rows that have not are reported.

The generalised Q, y'P(t)y, is convex and falls in t, so Newton's steps from 0 rise to the root and cannot pass it.
The likelihood equations are climbed by Newton's steps where the observed curvature can be trusted, by Fisher's
(Viechtbauer 2005) elsewhere; steps are halved where they swing to and fro.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from decidua.synthesis.arrays import Bools, Floats, Ints
from decidua.synthesis.projection import Fit, Model

LIMIT = 200
"""Steps before an analysis is reported as not converged; Newton's steps need about eight."""
CLOSE = 1e-11
"""A step smaller than this share of tau² + the least variance ends the search."""
FLOOR = 1e-2
"""Below this share of the least variance a falling tau² is tried at 0."""

KEPT = 0.8
"""Converged rows are taken out when fewer than this share are open: copying a table costs as much as a step."""
TRUSTED = 0.1
"""Newton's step is taken where the observed curvature is at least this share of the expected one."""

Score = Callable[[Fit, Floats], tuple[Floats, Floats, Floats]]
Likelihood = Callable[[Fit, Floats], Floats]
Found = tuple[Floats, Bools, Ints]


def solve_generalised_q(model: Model, target: Floats) -> Found:
    """The t ≥ 0 at which y'P(t)y = `target`; 0 where it is below that at t = 0 already."""
    return _search(model, np.zeros(len(target)), _newton(target))


def solve_score(model: Model, start: Floats, score: Score, likelihood: Likelihood) -> Found:
    """The root of the likelihood equation nearest to `start`, or 0 where the likelihood is greater there."""
    value, converged, steps = _search(model, start, _Scoring(score, model.v.min(axis=1)))
    inner = np.flatnonzero(value > 0)
    at_zero = model.rows(inner)
    weights = 1 / at_zero.v
    falling = score(at_zero.at(weights), weights)[0] < 0
    # Two maxima: one inside, one at the edge. The greater likelihood decides.
    inner, at_zero = inner[falling], at_zero.rows(falling)
    if len(inner):
        here = 1 / (at_zero.v + value[inner][:, None])
        edge = 1 / at_zero.v
        value[inner[likelihood(at_zero.at(edge), edge) > likelihood(at_zero.at(here), here)]] = 0.0
    return value, converged, steps


Step = Callable[[Model, Floats, Ints], Floats]
"""From the rows still open, their tau² and their places in the batch to their next tau²."""


def _search(model: Model, start: Floats, step: Step) -> Found:
    value, steps = start.astype(np.float64), np.zeros(len(start), np.int64)
    least = model.v.min(axis=1)
    open_, now, going = np.arange(len(start)), value.copy(), np.ones(len(start), bool)
    for _ in range(LIMIT):
        moved = np.where(going, step(model, now, open_), now)
        steps[open_[going]] += 1
        # `~ <=` so that a step that is no number ends as not converged instead of looking close.
        going &= ~(np.abs(moved - now) <= CLOSE * (moved + least[open_]))
        value[open_] = now = moved
        left = int(going.sum())
        if not left:
            break
        if left < KEPT * len(open_):
            open_, now, model, going = open_[going], now[going], model.rows(going), going[going]
    converged = np.ones(len(start), bool)
    converged[open_[going]] = False
    return value, converged, steps


def _newton(target: Floats) -> Step:
    def step(model: Model, now: Floats, open_: Ints) -> Floats:
        fit = model.at(1 / (model.v + now[:, None]))
        slope = fit.ypp()
        excess = fit.q() - target[open_]
        moved: Floats = np.maximum(now + np.divide(excess, slope, out=np.zeros_like(now), where=slope > 0), 0.0)
        return moved

    return step


class _Scoring:
    """Steps on a likelihood equation; remembers each row's last step and how far it has been damped."""

    def __init__(self, score: Score, least: Floats) -> None:
        self.score = score
        self.least = least
        self.last = np.zeros(len(least))
        self.damping = np.ones(len(least))

    def __call__(self, model: Model, now: Floats, open_: Ints) -> Floats:
        weights = 1 / (model.v + now[:, None])
        slope, expected, observed = self.score(model.at(weights), weights)
        change = slope / np.where(observed > TRUSTED * expected, observed, expected)
        last = self.last[open_]
        swings = (change * last < 0) & (np.abs(change) > np.abs(last) / 2)
        self.damping[open_] = damping = np.where(swings, self.damping[open_] / 2, self.damping[open_])
        self.last[open_] = change
        moved = now + change * damping
        return self._within(moved, now, self.least[open_])

    @staticmethod
    def _within(moved: Floats, now: Floats, least: Floats) -> Floats:
        """Below 0: a tenth of the way is left, so that a maximum between is not jumped over; then 0 itself."""
        tenth = now / 10
        inside: Floats = np.where(moved >= 0, moved, np.where(tenth > FLOOR * least, tenth, 0.0))
        return inside
