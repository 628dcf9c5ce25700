"""A batch says of each analysis what the analysis alone says; masks, refusals and failures to converge."""

from __future__ import annotations

import doctest
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import decidua.synthesis
from decidua.synthesis import (
    Refusal,
    binary_effects,
    counts,
    effects,
    iteration,
    means,
    pool_fixed,
    pool_mantel_haenszel,
    pool_peto,
    pool_random,
    q_profile,
    refuse_reviews,
    reported_effects,
)  # fmt: skip
from decidua.synthesis.arrays import Floats
from decidua.synthesis.tau2 import ESTIMATORS
from tests.synthesis.reference import near

ROUNDING = 1e-9
"""Between a row in a batch and the same row alone: sums may run in another order."""


@st.composite
def tables(draw: st.DrawFn) -> tuple[Floats, Floats, Floats, Floats, np.ndarray]:
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n1, n2 = rng.integers(5, 300, (2, rows, columns))
    a, c = rng.binomial(n1, rng.uniform(0, 0.4, n1.shape)), rng.binomial(n2, rng.uniform(0, 0.4, n2.shape))
    mask = rng.random((rows, columns)) < 0.8
    mask[:, 0] = True
    return a.astype(float), n1.astype(float), c.astype(float), n2.astype(float), mask


@given(tables(), st.sampled_from(ESTIMATORS), st.sampled_from(["wald", "hksj", "hksj-floor"]))
def test_a_row_of_a_batch_is_that_row_alone(cells: tuple[Floats, ...], estimator: str, ci: str) -> None:
    a, n1, c, n2, mask = cells
    batch = pool_random(binary_effects(counts(a, n1, c, n2, mask), "OR"), estimator, ci)
    assert batch.converged.all()
    for row, kept in enumerate(mask):
        alone = counts(a[row, kept], n1[row, kept], c[row, kept], n2[row, kept])
        one = pool_random(binary_effects(alone, "OR"), estimator, ci)
        for name in ("estimate", "se", "q", "lower", "upper"):
            near(getattr(batch, name)[row], getattr(one, name)[0], ROUNDING)
        assert batch.tau2
        assert one.tau2
        near(batch.tau2.value[row], one.tau2.value[0], ROUNDING)
        near(batch.weights[row, kept], one.weights, ROUNDING)


@given(tables(), st.sampled_from(["metafor", "revman"]))
def test_counts_in_a_batch(cells: tuple[Floats, ...], zero: str) -> None:
    a, n1, c, n2, mask = cells
    table = counts(a, n1, c, n2, mask)
    for row, kept in enumerate(mask):
        alone = counts(a[row, kept], n1[row, kept], c[row, kept], n2[row, kept])
        pairs = [(pool_mantel_haenszel(t, m, zero) for t in (table, alone)) for m in ("OR", "RR", "RD")]
        for batch, one in (*pairs, (pool_peto(table), pool_peto(alone))):
            assert batch.estimable[row] == one.estimable[0]
            if one.estimable[0]:
                near(batch.estimate[row], one.estimate[0], ROUNDING)
                near(batch.se[row], one.se[0], ROUNDING)


@given(tables())
def test_swapping_the_groups_turns_the_sign(cells: tuple[Floats, ...]) -> None:
    a, n1, c, n2, mask = cells
    there, back = counts(a, n1, c, n2, mask), counts(c, n2, a, n1, mask)
    for measure in ("OR", "RR", "RD"):
        one, other = (pool_random(binary_effects(table, measure), "DL") for table in (there, back))
        near(one.estimate, -other.estimate, ROUNDING)
        near(one.se, other.se, ROUNDING)


@given(tables())
def test_the_estimators_of_one_equation_agree(cells: tuple[Floats, ...]) -> None:
    given = binary_effects(counts(*cells), "OR")
    paule_mandel, empirical_bayes = pool_random(given, "PM"), pool_random(given, "EB")
    near(paule_mandel.estimate, empirical_bayes.estimate, 1e-12)


@given(tables())
def test_the_interval_of_tau2_holds_the_estimate_that_solves_its_equation(cells: tuple[Floats, ...]) -> None:
    given = binary_effects(counts(*cells), "OR")
    pooled = pool_random(given, "PM")
    low, high = q_profile(given, pooled.typical_variance).tau2
    assert pooled.tau2
    spare = given.k > 1
    assert (low[spare] <= pooled.tau2.value[spare] + ROUNDING).all()
    assert (high[spare] >= pooled.tau2.value[spare] - ROUNDING).all() or not pooled.q_df.all()


def test_failing_to_converge_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iteration, "LIMIT", 2)
    pooled = pool_random(
        effects("OR", [[0.1, 0.9, -0.4], [0.1, 0.1, 0.1]], [[0.1, 0.2, 0.05], [0.1, 0.2, 0.05]]), "REML"
    )
    assert pooled.converged.tolist() == [False, True]
    assert np.isfinite(pooled.estimate).all()


def test_one_study_and_none() -> None:
    pooled = pool_random(
        effects("MD", [[2.0, 1.0], [3.0, 1.0]], [[0.5, 1.0], [0.5, 1.0]], [[True, False], [False, False]])
    )
    assert pooled.estimable.tolist() == [True, False]
    assert pooled.estimate[0] == 2.0
    assert pooled.tau2
    assert pooled.tau2.estimable.tolist() == [False, False]
    assert np.isnan(pooled.prediction()[0]).all()


def test_the_greater_of_two_maxima() -> None:
    """A likelihood with one maximum inside and one at 0: the estimate is the better of a fine grid."""
    rng = np.random.default_rng(5)
    y, v = rng.normal(0, 1, (200, 4)), rng.uniform(0.01, 3, (200, 4))
    pooled = pool_random(effects("MD", y, v), "REML")
    assert pooled.tau2
    grid = np.concatenate([[0.0], np.geomspace(1e-4, 50, 4000)])
    w = 1 / (v[:, :, None] + grid)
    mu = (w * y[:, :, None]).sum(axis=1) / w.sum(axis=1)
    residual = y[:, :, None] - mu[:, None]
    likelihood = (np.log(w).sum(axis=1) - np.log(w.sum(axis=1)) - (w * residual**2).sum(axis=1)) / 2
    best = grid[likelihood.argmax(axis=1)]
    close = np.abs(pooled.tau2.value - best) <= 0.01 * (best + 0.01)
    assert close.mean() > 0.97


@pytest.mark.parametrize(("make", "said"), [
    (lambda: counts([1, -1], [5, 5], [1, 1], [5, 5]), "Analysis 1, study 2: the number of events is -1"),
    (lambda: counts([[1], [9]], [[5], [5]], [[1], [1]], [[5], [5]]), "Analysis 2, study 1: 9 events of 5"),
    (lambda: counts([0], [0], [1], [5]), "a group of 0 people"),
    (lambda: counts([float("nan")], [5], [1], [5]), "is nan"),
    (lambda: means([1], [0], [5], [1], [1], [5]), "standard deviation of 0"),
    (lambda: reported_effects("OR", [1.0], [-1], [2]), "no interval"),
    (lambda: refuse_reviews([[False, True]]), "study 2 is itself a review"),
    (lambda: pool_random(effects("OR", [1, 2], [1, 1]), "REMLL"), "allowed are DL, HE, HS, SJ, PM, EB, ML, REML"),
    (lambda: pool_fixed(effects("OR", [1, 2], [1, 1]), level=1.5), "lies between 0 and 1"),
    (lambda: effects("OR", [1, 2], [1]), "must be the same"),
    (lambda: effects("OR", [], []), "at least one study"),
])  # fmt: skip
def test_refusals(make: object, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        make()  # type: ignore[operator]


def test_inputs_are_not_changed() -> None:
    y, v = np.array([0.1, np.inf, 0.3]), np.array([0.1, 0.1, 0.0])
    before = y.copy(), v.copy()
    pooled = pool_random(effects("OR", y, v))
    assert pooled.k[0] == 1
    np.testing.assert_array_equal((y, v), before)


def test_the_room_stands_alone() -> None:
    """Nothing but NumPy and SciPy is imported."""
    code = (
        "import sys\nfor name in ('pydantic', 'click', 'yaml', 'rich', 'jinja2', 'polars'): sys.modules[name] = None\n"
        "import decidua.synthesis as s\nprint(s.pool_random(s.effects('OR', [1, 2], [1, 1])).estimate[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) == 1.5


def test_the_docstring() -> None:
    assert doctest.testmod(decidua.synthesis).failed == 0


def test_exported_names_are_sorted_and_there() -> None:
    names = decidua.synthesis.__all__
    assert names == sorted(names)
    assert all(hasattr(decidua.synthesis, name) for name in names)
