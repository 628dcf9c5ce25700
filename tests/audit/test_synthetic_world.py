"""The complete world of a synthetic cohort: nothing in it that cannot be, and the rates that the model says."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from audit.synthetic_rows import complete
from decidua.audit.synthetic import Cohort, read_model
from decidua.audit.synthetic.conditions import World
from decidua.audit.synthetic.draws import BLOCK, Stream
from decidua.audit.synthetic.world import Maker, body_mass_index
from decidua.criteria import truth
from decidua.facts import close
from decidua.guidelines import Knowledge
from decidua.intake.closing import body_mass_index as by_hand


@pytest.fixture(scope="module")
def maker(knowledge: Knowledge) -> Maker:
    return Maker(read_model(knowledge))


@pytest.fixture(scope="module")
def large(maker: Maker) -> World:
    return maker.world(Stream(5, 0, BLOCK))


def test_the_constraints_hold_before_anything_is_missing(maker: Maker, knowledge: Knowledge) -> None:
    cohort, world = Cohort(maker.model, 3000, 5), maker.world(Stream(5, 0, 3000))
    for values in complete(cohort, world):
        closed, _ = close(knowledge.vocabulary, values)
        assert closed == values
        parts = ("losses", "live_births", "stillbirths", "ectopic_pregnancies", "molar_pregnancies")
        assert sum(Decimal(str(values[part])) for part in parts) <= Decimal(str(values["total_pregnancies"]))


def test_every_value_can_be_and_most_are_usual(large: World, knowledge: Knowledge) -> None:
    for fact in knowledge.vocabulary.facts.values():
        if fact.numeric and fact.possible and fact.likely:
            values = large.values[fact.id].astype(float)
            assert float(fact.possible[0]) <= values.min() <= values.max() <= float(fact.possible[1]), fact.id
            usual = (values >= float(fact.likely[0])) & (values <= float(fact.likely[1]))
            assert usual.mean() > 0.99, fact.id
            assert len(np.unique(values)) > 1, fact.id


def test_every_rate_comes_out_as_the_model_says(maker: Maker, large: World) -> None:
    """Within five standard errors of the rows that a draw is for."""
    compared = 0
    for variable in maker.model.written.variables:
        fact = maker.facts[variable.id]
        only = large.holds(maker.model.criteria[variable.only_if]) if variable.only_if else True
        for rows, draw in maker.cases(variable.draws, large):
            values = large.values[variable.id][rows & only]
            if draw.part_of is not None or len(values) < 200:
                continue
            wanted = {True: draw.chance} if draw.chance is not None else draw.shares or {}
            for value, rate in wanted.items():
                code = fact.choices.index(str(value)) if fact.choices else float(value)
                share, error = float((values == code).mean()), 5 * (rate * (1 - rate) / len(values)) ** 0.5 + 2e-5
                assert abs(share - rate) < error, (variable.id, value, share, rate)
                compared += 1
    assert compared > 250


def test_the_sources_own_numbers_come_out(large: World) -> None:
    """Recounted from the rows, by what each source counts."""
    values, two = large.values, large.values["losses"] >= 2
    assert abs(values["age"].mean() - 34.03) < 0.05
    assert abs(values["age"].std() - 4.30) < 0.1
    assert abs(values["losses"][two].mean() - 2.69) < 0.1
    assert abs((values["live_births"] >= 1).mean() - 182 / 575) < 0.01
    assert abs((values["peripheral_nk"] == 0).mean() - 0.433) < 0.02
    free = values["on_vitamin_d"] == 0
    assert abs((values["vitamin_d"][free] < 30).mean() - 63 / 133) < 0.01


def test_conditions_mean_what_criteria_mean(maker: Maker, knowledge: Knowledge) -> None:
    """Whole arrays against the reference interpreter, for every criterion of the model."""
    rows = 150
    world, compared = maker.world(Stream(8, 3, rows)), 0
    for at, values in enumerate(complete(Cohort(maker.model, rows, 8), world, hidden=True)):
        for text, criterion in maker.model.criteria.items():
            expected = truth(criterion, values, knowledge.names, {})
            assert expected is None or bool(world.holds(criterion)[at]) is expected, text
            compared += expected is not None
    assert compared > 0.95 * rows * len(maker.model.criteria)


def test_findings_go_together(large: World) -> None:
    """Correlated, as the model says: raised NK cells with a raised ratio, lupus with antibodies, weight with index."""
    values = large.values
    raised = values["peripheral_nk"] == 0
    assert (values["th1_th2_ratio"][raised] == 0).mean() > 1.5 * (values["th1_th2_ratio"][~raised] == 0).mean()
    sle = values["sle"].astype(bool)
    assert (values["ana"][sle] == 0).mean() > 0.9 > 0.3 > (values["ana"][~sle] == 0).mean()
    assert (values["losses"][values["age"] >= 36] >= 3).mean() > (values["losses"][values["age"] < 36] >= 3).mean()


def test_the_body_mass_index_is_that_of_intake(large: World) -> None:
    weight, height = large.values["weight"][:4000], large.values["height"][:4000]
    made = body_mass_index(weight, height)
    for kilograms, centimetres, index in zip(weight, height, made, strict=True):
        exact = by_hand(Decimal(repr(float(kilograms))), Decimal(int(centimetres)))
        assert Decimal(repr(float(index))) == exact


def test_a_reading_cannot_stand_in_a_model(maker: Maker) -> None:
    from decidua.criteria.tree import Always, Choose

    with pytest.raises(ValueError, match="reading"):
        World(3, maker.model.vocabulary, {}).holds(Choose("x.y", (("a", Always(True)),)))
