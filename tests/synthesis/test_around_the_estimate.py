"""Moderators, subgroups, single studies and asymmetry on published data, against metafor (and R's lm)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from decidua.synthesis.arrays import Effects, effects
from decidua.synthesis.asymmetry import begg, egger, harbord, peters
from decidua.synthesis.influence import influence
from decidua.synthesis.pooling import pool_fixed, pool_random
from decidua.synthesis.refusals import Refusal
from decidua.synthesis.regression import FIXED, Regressed, regress
from decidua.synthesis.sensitivity import cumulative, leave_one_out
from decidua.synthesis.subgroups import subgroups
from decidua.synthesis.tau2 import ESTIMATORS
from decidua.synthesis.trim_fill import trim_and_fill
from tests.synthesis import exact
from tests.synthesis.reference import CLOSED, CLOSED_FORMS, ITERATED, effects_of, near, results, table_of


def bcg() -> tuple[Effects, dict[str, Any]]:
    pinned = results()["berkey_1995"]
    return effects("RR", pinned["yi"], pinned["vi"]), pinned


def met(ours: Regressed, theirs: dict[str, Any], tolerance: float) -> None:
    for name, value in (
        ("beta", ours.coefficients), ("se", ours.se), ("p", ours.p), ("qe", ours.residual_q), ("qe_p", ours.residual_p),
        ("qm_p", ours.moderators_p), ("i2", ours.residual_i2),
    ):  # fmt: skip
        near(value, theirs[name], tolerance)
    if ours.tau2:
        near(ours.tau2.value, theirs["tau2"], tolerance)
        near(ours.explained, theirs["r2"], tolerance)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("names", ["ablat", "ablat_year"])
def test_berkey_1995_meta_regression(estimator: str, names: str) -> None:
    given, pinned = bcg()
    moderators = np.column_stack([pinned[{"ablat": "ablat", "year": "since1948"}[name]] for name in names.split("_")])
    ours, theirs = regress(given, moderators, estimator), pinned["regression"][f"{estimator}_{names}"]
    met(ours, theirs, CLOSED if estimator in CLOSED_FORMS else ITERATED)
    near(ours.moderators_q, theirs["qm"], ITERATED)


def test_berkey_1995_fixed_and_knapp_hartung() -> None:
    given, pinned = bcg()
    met(regress(given, np.array(pinned["ablat"])[:, None], FIXED), pinned["regression"]["fixed_ablat"], CLOSED)
    both = np.column_stack([pinned["ablat"], pinned["since1948"]])
    met(regress(given, both, "REML", "hksj"), pinned["regression"]["REML_ablat_year_hksj"], ITERATED)


def test_berkey_1995_by_exact_fractions() -> None:
    """Plain years as a moderator, DerSimonian-Laird: metafor loses digits here, so fractions are the judge."""
    given, pinned = bcg()
    x = [[Fraction(1), Fraction(a), Fraction(b)] for a, b in zip(pinned["ablat"], pinned["year"], strict=True)]
    y, v = ([Fraction(value) for value in pinned[name]] for name in ("yi", "vi"))
    ours = regress(given, np.column_stack([pinned["ablat"], pinned["year"]]), "DL")
    tau2 = exact.der_simonian_laird(y, v, x)
    assert ours.tau2
    near(ours.tau2.value, float(tau2), 1e-13)
    near(ours.coefficients, [float(b) for b in exact.least_squares(y, [1 / (one + tau2) for one in v], x)], 1e-13)


def test_berkey_1995_subgroups_of_allocation() -> None:
    given, pinned = bcg()
    found = subgroups(pinned["alloc"], lambda mask: pool_random(given.only(mask), "REML"))
    for name, pooled in zip(found.names, found.pooled, strict=True):
        theirs = pinned["subgroups"]["groups"][name]
        for field in ("estimate", "se", "q", "k"):
            near(getattr(pooled, field), theirs[field], ITERATED)
    near(found.q, pinned["subgroups"]["q"], ITERATED)
    near(found.p, pinned["subgroups"]["p"], ITERATED)


def test_categories_as_moderators() -> None:
    given, pinned = bcg()
    groups = list(dict.fromkeys(pinned["alloc"]))
    dummies = np.array([[float(label == group) for group in groups[1:]] for label in pinned["alloc"]])
    met(regress(given, dummies, "REML"), pinned["regression"]["REML_alloc"], ITERATED)


def test_viechtbauer_2010_leave_one_out_and_cumulative() -> None:
    given, _ = bcg()
    pinned = results()["viechtbauer_2010"]
    for batch, key in ((leave_one_out(given), "leave_one_out"), (cumulative(given), "cumulative")):
        pooled, theirs = pool_random(batch[0], "REML"), pinned[key]
        near(pooled.estimate, theirs["estimate"], ITERATED)
        near(pooled.se, theirs["se"], ITERATED)
        assert pooled.tau2
        near(pooled.tau2.value, theirs["tau2"], ITERATED)
    near(pool_random(leave_one_out(given)[0], "REML").i2, pinned["leave_one_out"]["I2"], ITERATED)


def test_viechtbauer_2010_influence() -> None:
    given, _ = bcg()
    ours, theirs = influence(given, "REML"), results()["viechtbauer_2010"]["influence"]
    for name, field in (
        ("rstudent", "residual"), ("dffits", "dffits"), ("cook.d", "cook"), ("cov.r", "covariance_ratio"),
        ("tau2.del", "deleted_tau2"), ("QE.del", "deleted_q"), ("hat", "hat"), ("dfbs", "dfbeta"),
    ):  # fmt: skip
        near(getattr(ours, field), theirs[name], ITERATED)
    assert ours.influential.tolist() == theirs["influential"]


@pytest.mark.parametrize("paper", ["egger_2001", "hahn_2001", "li_2007", "lee_2004", "damico_2009"])
def test_sterne_2011_tests_of_asymmetry(paper: str) -> None:
    given, table, theirs = effects_of(paper, "OR"), table_of(paper), results()["sterne_2011"]["tests"][paper]
    # Without its three trials without events, Hahn 2001 has nine for Peters and Harbord.
    few = {"despite_few": True}
    for found in (egger(given), peters(table, given, **few), harbord(table, **few)):
        pinned = theirs[found.test]
        near([found.slope, found.statistic, found.p], [pinned["slope"], pinned["t"], pinned["p"]], 1e-9)
    ranked = begg(given)
    near([ranked.statistic, ranked.p], [theirs["begg"]["tau"], theirs["begg"]["p"]], CLOSED)


@pytest.mark.parametrize("paper", ["egger_2001", "hahn_2001", "li_2007", "lee_2004", "damico_2009"])
@pytest.mark.parametrize("counter", ["L0", "R0"])
@pytest.mark.parametrize("model", ["FE", "DL"])
def test_duval_2000_trim_and_fill(paper: str, counter: str, model: str) -> None:
    theirs = results()["sterne_2011"]["tests"][paper][f"fill_{counter}_{model}"]
    pool = pool_fixed if model == "FE" else lambda given: pool_random(given, "DL")
    filled = trim_and_fill(effects_of(paper, "OR"), pool, counter)
    assert (filled.missing, filled.side) == (theirs["k0"], theirs["side"])
    near(
        [filled.se, filled.pooled.estimate[0], filled.pooled.se[0]], [theirs["se_k0"], theirs["estimate"], theirs["se"]]
    )


def test_hackshaw_1998_trim_and_fill() -> None:
    pinned = results()["hackshaw_1998"]
    filled = trim_and_fill(effects("OR", pinned["yi"], pinned["vi"]), lambda given: pool_random(given, "DL"))
    assert filled.missing == pinned["fill"]["k0"]
    near(filled.pooled.estimate, pinned["fill"]["estimate"])


def test_few_studies_are_refused_unless_asked_for() -> None:
    given = effects_of("hine_1989", "OR")
    with pytest.raises(Refusal, match="needs 10 studies or more; here are 6"):
        egger(given)
    with pytest.raises(Refusal, match="Trim and fill"):
        trim_and_fill(given, pool_fixed)
    assert egger(given, despite_few=True).few
    assert trim_and_fill(given, pool_fixed, despite_few=True).few


def test_collinear_moderators_are_refused() -> None:
    given, pinned = bcg()
    with pytest.raises(Refusal, match="collinear"):
        regress(given, np.column_stack([pinned["ablat"], np.array(pinned["ablat"]) * 2]))


@pytest.mark.filterwarnings("error")
def test_moderators_whose_squares_overflow_are_refused() -> None:
    effects = effects_of("colditz_1994", "RR")
    column = np.arange(effects.estimates.shape[1], dtype=float)[:, None]
    for huge in (1e300, 1e308 / 12):
        with pytest.raises(Refusal, match="The moderators"):
            regress(effects, column * huge)
