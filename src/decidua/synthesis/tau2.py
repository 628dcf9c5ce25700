"""Estimators of tau², the variance between studies.

    name   estimator                                   source
    DL     moments, weights 1/v                        DerSimonian and Laird 1986
    HE     moments, no weights                         Hedges 1983
    HS     moments, k instead of its expectation       Hunter and Schmidt 1990
    SJ     one step from the crude variance            Sidik and Jonkman 2005
    PM     y'Py = k − p                                Paule and Mandel 1982
    EB     the same equation, as empirical Bayes       Morris 1983
    ML     maximum likelihood                          Hardy and Thompson 1996
    REML   restricted maximum likelihood               Viechtbauer 2005

All are cut off at 0. None has a value where there are no more studies than parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from decidua.synthesis.arrays import Bools, Floats, Ints, row_sum, total
from decidua.synthesis.iteration import solve_generalised_q, solve_score
from decidua.synthesis.projection import Fit, Model, degrees
from decidua.synthesis.refusals import refuse_other


@dataclass(frozen=True)
class Tau2:
    """`value`: (analyses,), 0 where not `estimable`; `converged` is True for closed forms; `steps` of iteration."""

    value: Floats
    estimable: Bools
    converged: Bools
    steps: Ints


def estimate_tau2(model: Model, estimator: str) -> Tau2:
    """tau² of every analysis. An analysis without spare studies gets 0 and `estimable` False."""
    refuse_other("The estimator of tau²", estimator, ESTIMATORS)
    spare = degrees(model) > 0
    count = len(spare)
    if spare.all():
        return _estimate(model, estimator, spare)
    value, converged, steps = np.zeros(count), np.ones(count, bool), np.zeros(count, np.int64)
    if spare.any():
        inner = _estimate(model.rows(spare), estimator, spare[spare])
        value[spare], converged[spare], steps[spare] = inner.value, inner.converged, inner.steps
    return Tau2(value, spare, converged, steps)


def _estimate(model: Model, estimator: str, estimable: Bools) -> Tau2:
    if estimator in _CLOSED:
        value: Floats = np.maximum(_CLOSED[estimator](model), 0.0)
        return Tau2(value, estimable, np.ones(len(value), bool), np.zeros(len(value), np.int64))
    if estimator in ("PM", "EB"):
        found = solve_generalised_q(model, degrees(model).astype(np.float64))
    else:
        found = solve_score(model, np.maximum(_hedges(model), 0.0), _SCORES[estimator], _LIKELIHOODS[estimator])
    return Tau2(found[0], estimable, *found[1:])


def _der_simonian_laird(model: Model) -> Floats:
    fit = model.at(1 / model.v)
    return (fit.q() - degrees(model)) / fit.trace_p()


def _hunter_schmidt(model: Model) -> Floats:
    weights = 1 / model.v
    value: Floats = (model.at(weights).q() - model.counted.sum(axis=1)) / weights.sum(axis=1)
    return value


def _hedges(model: Model) -> Floats:
    fit = model.at(model.counted.astype(np.float64))
    v = np.where(model.counted, model.v, 0.0)
    return (fit.q() - row_sum(v * (1 - fit.leverage()))) / degrees(model)


def _sidik_jonkman(model: Model) -> Floats:
    k = model.counted.sum(axis=1)
    about = np.where(model.counted, model.y - (model.y.sum(axis=1) / k)[:, None], 0.0)
    crude = (about**2).sum(axis=1) / k
    value: Floats = crude * model.at(1 / (model.v + crude[:, None])).q() / degrees(model)
    return value


_CLOSED: dict[str, Callable[[Model], Floats]] = {
    "DL": _der_simonian_laird, "HE": _hedges, "HS": _hunter_schmidt, "SJ": _sidik_jonkman,
}  # fmt: skip


def _reml_score(fit: Fit, weights: Floats) -> tuple[Floats, Floats, Floats]:  # noqa: ARG001
    """Twice: the slope of the log-likelihood, its expected and its observed curvature."""
    expected = fit.trace_pp()
    return fit.ypp() - fit.trace_p(), expected, 2 * fit.yppp() - expected


def _ml_score(fit: Fit, weights: Floats) -> tuple[Floats, Floats, Floats]:
    expected = total(weights, weights)
    return fit.ypp() - row_sum(weights), expected, 2 * fit.yppp() - expected


def _ml_likelihood(fit: Fit, weights: Floats) -> Floats:
    """Log-likelihood up to a constant; weights of 0 belong to studies that do not count."""
    logs = np.log(np.where(weights > 0, weights, 1.0)).sum(axis=1)
    likelihood: Floats = (logs - fit.q()) / 2
    return likelihood


def _reml_likelihood(fit: Fit, weights: Floats) -> Floats:
    likelihood: Floats = _ml_likelihood(fit, weights) + np.linalg.slogdet(fit.covariance)[1] / 2
    return likelihood


_SCORES = {"REML": _reml_score, "ML": _ml_score}
_LIKELIHOODS = {"REML": _reml_likelihood, "ML": _ml_likelihood}
ESTIMATORS = (*_CLOSED, "PM", "EB", "ML", "REML")
