"""RevMan 5's treatment of zeros, its Mantel-Haenszel tables and its "M-H, Random"."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from decidua.synthesis.counts import counts
from decidua.synthesis.mantel_haenszel import pool_mantel_haenszel, pool_mantel_haenszel_random
from decidua.synthesis.pooling import pool_fixed, pool_random
from tests.synthesis.reference import BINARY, effects_of, near, results, table_of

CASES = [*product(BINARY, ("OR", "RR", "RD"))]


@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_effects_of_studies(paper: str, measure: str) -> None:
    ours, theirs = effects_of(paper, measure, "revman"), results()[paper][measure]["revman"]
    near(ours.estimates[ours.counted], theirs["yi"])
    near(ours.variances[ours.counted], theirs["vi"])


@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_mantel_haenszel(paper: str, measure: str) -> None:
    theirs = results()[paper][measure]["revman"]["mh"]
    pooled = pool_mantel_haenszel(table_of(paper), measure, "revman")
    for name in ("estimate", "se", "q", "k", "i2"):
        near(getattr(pooled, name), theirs[name])


@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_mantel_haenszel_random(paper: str, measure: str) -> None:
    theirs = results()[paper][measure]["revman"]["mh_random"]
    pooled = pool_mantel_haenszel_random(table_of(paper), measure)
    for name in ("estimate", "se", "q"):
        near(getattr(pooled, name), theirs[name])
    assert pooled.tau2
    near(pooled.tau2.value, theirs["tau2"])


@pytest.mark.parametrize(("paper", "measure"), CASES)
def test_inverse_variance(paper: str, measure: str) -> None:
    theirs = results()[paper][measure]["revman"]
    effects = effects_of(paper, measure, "revman")
    for pooled, key in ((pool_fixed(effects), "iv"), (pool_random(effects, "DL"), "DL")):
        for name in ("estimate", "se", "q", "p", "i2"):
            near(getattr(pooled, name), theirs[key][name])


def test_a_convention_is_named_and_matters() -> None:
    """Hahn 2001: three trials without any death. Left out, they change k; kept, they pull towards no effect."""
    table = table_of("hahn_2001")
    ours, theirs = pool_fixed(effects_of("hahn_2001", "OR")), pool_fixed(effects_of("hahn_2001", "OR", "revman"))
    assert ours.k[0] - theirs.k[0] == table.double_zero.sum() == 3
    assert abs(ours.estimate[0]) < abs(theirs.estimate[0])
    assert "kept" in ours.conventions["zero"]
    assert "left out" in theirs.conventions["zero"]


def test_no_events_on_one_side() -> None:
    """metafor's Mantel-Haenszel adds nothing, so that nothing can be estimated; RevMan's adds 0.5."""
    table = counts([0, 0], [10, 12], [2, 3], [10, 12])
    assert not pool_mantel_haenszel(table, "OR").estimable[0]
    assert pool_mantel_haenszel(table, "OR", "revman").estimable[0]
    assert pool_mantel_haenszel(table, "RD").estimable[0]


def test_all_zero() -> None:
    table = counts([0, 0], [10, 12], [0, 0], [10, 12])
    for pooled in (pool_mantel_haenszel(table, "OR", "revman"), pool_mantel_haenszel(table, "RR")):
        assert np.isnan(pooled.estimate[0])
        assert not pooled.estimable[0]
