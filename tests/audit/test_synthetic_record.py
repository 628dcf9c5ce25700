"""What is written down of a synthetic cohort: true, closed, in the order of a work-up, differing by centre."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from audit.synthetic_rows import complete, known, stated
from decidua.audit.synthetic import Cohort, read_model
from decidua.audit.synthetic.draws import BLOCK
from decidua.consult.patient import admit
from decidua.facts import Patient, Range, close
from decidua.guidelines import Knowledge

BASIC = ("done_antiphospholipid", "done_tsh")
IMMUNE = ("peripheral_nk", "nk_cytotoxicity", "nk_cd56_cd57", "th1_th2_ratio", "th1_cytokines", "unk_percent")


@pytest.fixture(scope="module")
def cohort(knowledge: Knowledge) -> Cohort:
    return Cohort(read_model(knowledge), 3000, 21)


@pytest.fixture(scope="module")
def large(cohort: Cohort) -> pl.DataFrame:
    return Cohort(cohort.model, 60_000, 22).frame(0)


def test_rows_are_closed_as_facts_close_them(cohort: Cohort, knowledge: Knowledge) -> None:
    """Every row, cell by cell, bounds included; and no stated name contradicts what the facts compute."""
    for row in cohort.frame(0).iter_rows(named=True):
        values = known(cohort, row)
        assert close(knowledge.vocabulary, values)[0] == values
        admit(knowledge, Patient({**values, **stated(cohort, row)}))


def test_everything_written_is_true(cohort: Cohort) -> None:
    written = cohort.written(0)
    everything = complete(cohort, written.world)
    ranges = 0
    for row, world in zip(cohort.frame(0).iter_rows(named=True), everything, strict=True):
        for fact, value in known(cohort, row).items():
            if isinstance(value, Range):
                assert value.low is None or value.low <= world[fact]
                assert value.high is None or world[fact] <= value.high
                ranges += 1
            else:
                assert value == world[fact], fact
    assert ranges > 500


def test_nobody_has_an_immune_result_before_the_basic_tests(cohort: Cohort) -> None:
    """In the world itself, so whatever is written down of it."""
    written = Cohort(cohort.model, BLOCK, 23).written(0)
    basic = np.logical_and.reduce([written.world.values[one].astype(bool) for one in BASIC])
    for fact in IMMUNE:
        seen = written.known[fact]
        assert seen.sum() > 500, fact
        assert basic[seen].all(), fact


def test_a_result_needs_its_test(large: pl.DataFrame, knowledge: Knowledge) -> None:
    """A result is never there beside a no, and always beside a yes, of its test."""
    for fact in knowledge.vocabulary.facts.values():
        done = (fact.test or "").replace("test:", "done_").replace("-", "_")
        if done in large.columns and fact.id not in ("apl_persistent", "uterine_anomaly"):
            results = large.filter(pl.col(fact.id).is_not_null())[done]
            assert len(results), fact.id
            assert results.all(ignore_nulls=False), fact.id


def test_a_heavier_history_means_more_tests(large: pl.DataFrame) -> None:
    def share(of: pl.Expr, fact: str) -> float:
        return float(large.filter(of)[fact].is_not_null().mean() or 0)  # type: ignore[arg-type]

    for fact in ("peripheral_nk", "parental_karyotype", "tsh"):
        assert (
            share(pl.col("losses") >= 4, fact) > share(pl.col("losses") == 2, fact) > share(pl.col("losses") < 2, fact)
        )
    young, old = pl.col("age") < 34, pl.col("age") >= 38
    assert share(old & (pl.col("losses") == 2), "peripheral_nk") > share(
        young & (pl.col("losses") == 2), "peripheral_nk"
    )


def test_centres_differ_in_what_is_known_and_done(large: pl.DataFrame) -> None:
    by = large.group_by("group.setting").agg(pl.col("done.ivig").mean(), pl.col("sle").is_not_null().mean()).sort("sle")
    settings = by["group.setting"].to_list()
    assert settings[0] == "general"
    ivig = dict(zip(settings, by["done.ivig"], strict=True))
    assert ivig["immunology"] > 5 * ivig["general"]
    assert large["group.centre"].n_unique() == 12
    assert large["group.year"].n_unique() == 9


def test_a_yes_is_written_down_more_often_than_a_no(cohort: Cohort) -> None:
    written = Cohort(cohort.model, BLOCK, 24).written(0)
    yes = written.world.values["diabetes"].astype(bool)
    assert written.known["diabetes"][yes].mean() > 0.8 > written.known["diabetes"][~yes].mean()


def test_every_column_is_exercised(large: pl.DataFrame) -> None:
    """Nothing is unknown for everybody, and nothing but ids and groups is known of everybody."""
    missing = large.null_count().row(0, named=True)
    assert [name for name, count in missing.items() if count == len(large)] == []
    assert [name for name, count in missing.items() if not count and not name.startswith(("patient", "group."))] == []
    assert not large.select(pl.col(pl.Float64).is_nan().any()).row(0).count(True)


def test_bounds_stand_only_where_no_exact_value_does(large: pl.DataFrame) -> None:
    for name in (name.removesuffix(".low") for name in large.columns if name.endswith(".low")):
        both = large.filter(
            pl.col(name).is_not_null() & (pl.col(f"{name}.low").is_not_null() | pl.col(f"{name}.high").is_not_null())
        )
        assert both.is_empty(), name


def test_parts_of_a_treatment_agree_with_the_whole(large: pl.DataFrame) -> None:
    given = ("done.heparin-aspirin", "done.heparin", "done.aspirin")
    assert large.select(pl.sum_horizontal(given).max()).item() == 1  # a combination answers for no part of it
    assert all(large[name].sum() > 100 for name in given)
    either = large.filter(pl.col("done.tacrolimus") | pl.col("done.ciclosporin"))
    assert either["done.calcineurin-inhibitors"].all(ignore_nulls=False)
    assert not large.filter(pl.col("country") == "US")["done.lit"].any()
