"""Effects, pooled effects, tau², Q, I², H², intervals and weights on published data, against metafor."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from decidua.synthesis.heterogeneity import q_profile
from decidua.synthesis.mantel_haenszel import pool_mantel_haenszel
from decidua.synthesis.peto import pool_peto
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.pooling import pool_fixed, pool_random
from decidua.synthesis.tau2 import ESTIMATORS
from tests.synthesis.reference import (
    BINARY,
    CLOSED,
    CLOSED_FORMS,
    CONTINUOUS,
    ITERATED,
    effects_of,
    near,
    pinned,
    results,
    table_of,
)  # fmt: skip

CASES = [*product(BINARY, ("OR", "RR", "RD")), *product(CONTINUOUS, ("MD", "SMD"))]


def met(pooled: Pooled, theirs: Any, tolerance: float) -> None:
    for name in ("estimate", "se", "lower", "upper", "p", "q", "q_p", "i2", "h2", "k"):
        near(getattr(pooled, name), theirs[name], tolerance)
    if "tau2" in theirs and pooled.tau2:
        near(pooled.tau2.value, theirs["tau2"], tolerance)
        assert pooled.converged.all()


@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_effects_of_studies(paper: str, measure: str) -> None:
    ours, theirs = effects_of(paper, measure), pinned(paper, measure)
    near(ours.estimates, theirs["yi"])
    near(ours.variances, theirs["vi"])


@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_one_common_effect(paper: str, measure: str) -> None:
    met(pool_fixed(effects_of(paper, measure)), pinned(paper, measure)["fixed"], CLOSED)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_tau2(paper: str, measure: str, estimator: str) -> None:
    tolerance = CLOSED if estimator in CLOSED_FORMS else ITERATED
    met(pool_random(effects_of(paper, measure), estimator), pinned(paper, measure)[estimator], tolerance)


@pytest.mark.parametrize("ci", ["hksj", "hksj-floor"])
@pytest.mark.parametrize("estimator", ["DL", "REML"])
@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_knapp_hartung(paper: str, measure: str, estimator: str, ci: str) -> None:
    theirs = pinned(paper, measure)[f"{estimator}_{ci.replace('-', '_')}"]
    pooled = pool_random(effects_of(paper, measure), estimator, ci)
    for name in ("estimate", "se", "lower", "upper", "p"):
        near(getattr(pooled, name), theirs[name], CLOSED if estimator == "DL" else ITERATED)


@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_weights_and_prediction(paper: str, measure: str) -> None:
    pooled, theirs = pool_random(effects_of(paper, measure), "REML"), pinned(paper, measure)
    near(pooled.weights, theirs["weights"], ITERATED)
    near(np.stack(pooled.prediction("higgins")), theirs["prediction"], ITERATED)


@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_q_profile_viechtbauer_2007(paper: str, measure: str) -> None:
    effects, theirs = effects_of(paper, measure), pinned(paper, measure)["q_profile"]
    found = q_profile(effects, pool_fixed(effects).typical_variance)
    if theirs["tau2"] == [None, None] or isinstance(theirs["tau2"][0], str):
        assert found.empty.all()
        return
    for name in ("tau2", "i2", "h2"):
        near(np.stack(getattr(found, name)), theirs[name], ITERATED)


@pytest.mark.parametrize(("paper", "measure"), [*product(BINARY, ("OR", "RR", "RD"))])
def test_mantel_haenszel(paper: str, measure: str) -> None:
    theirs = pinned(paper, measure)["mh"]
    pooled = pool_mantel_haenszel(table_of(paper), measure)
    for name in ("estimate", "se", "lower", "upper", "p", "q", "q_p"):
        near(getattr(pooled, name), theirs[name])
    # metafor's k counts studies without any event although they add nothing to an OR or RR.
    assert pooled.k[0] == theirs["k" if measure == "RD" else "k_yi"]
    near(pooled.weights, pinned(paper, measure)["mh_weights"])
    near(pooled.i2, theirs["i2"])
    near(pooled.h2, theirs["h2"])
    assert pooled.effects.k[0] == theirs["k_yi"]


@pytest.mark.parametrize("paper", BINARY)
def test_peto(paper: str) -> None:
    theirs = results()[paper]["PETO"]
    pooled = pool_peto(table_of(paper))
    for name in ("estimate", "se", "lower", "upper", "p", "q"):
        near(getattr(pooled, name), theirs[name])
