"""Faults that the generated tests have found, each as small as it can be said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from decidua.answers import Answers, deciding
from decidua.criteria import CriterionError, parse, truth
from decidua.criteria.compiled import compile_criteria
from decidua.criteria.cql import expression
from decidua.criteria.tree import Choose, Compare, Criterion, Is, Named
from decidua.facts import Range, Value, close
from decidua.guidelines import Knowledge
from semantics.generators import GUIDELINE, OPTION, Small, boolean, implies, integer, number, total
from semantics.oracle import Oracle

RECOMMENDED = {"kind": "recommendation", "verb": "v", "answer": "recommended"}


def small(
    facts: list[dict[str, object]], constraints: list[dict[str, object]], population: object, definition: str = "true"
) -> Small:
    ground = Small(tuple(facts), tuple(constraints))
    node: Criterion = parse(population, ground.vocabulary) if isinstance(population, str) else population  # type: ignore[assignment]
    statement = ({"id": "g.s", **RECOMMENDED, "scope": "wider"}, node)
    return replace(ground, definition=parse(definition, ground.vocabulary), statements=(statement,))


def possible(of: Small, known: dict[str, Value]) -> set[object]:
    """By the diagram, after closing; brute force must agree."""
    closed, _ = close(of.vocabulary, known)
    standing = Answers(of.knowledge).standing(GUIDELINE, OPTION, closed)
    assert standing is not None
    (expected,) = Oracle(of.knowledge, GUIDELINE, OPTION, closed).possible().values()
    assert set(standing.possible) == expected
    return set(standing.possible)


COUNTS = [integer("n1"), integer("n2"), integer("n")]
BOTH = "n1 >= 3 and n2 >= 3"


def test_a_known_total_past_every_cut_still_binds_its_parts() -> None:
    """Both parts at least 3 needs a total of 6; the cells of the total must not end at 4."""
    of = small(COUNTS, [total("parts", ["n1", "n2"])], f"{BOTH} and n >= 1")
    assert possible(of, {"n": Decimal(5)}) == {"other-population"}
    assert possible(of, {"n": Decimal(6)}) == {"recommended", "other-population"}
    assert possible(of, {"n": Range(None, Decimal(5))}) == {"other-population"}


def test_a_total_outside_the_criteria_binds_its_parts() -> None:
    of = small(COUNTS, [total("parts", ["n1", "n2"])], BOTH)
    assert possible(of, {"n": Decimal(5)}) == {"other-population"}
    assert possible(of, {"n": Decimal(6)}) == {"recommended", "other-population"}


def test_a_statement_that_only_an_impossible_patient_fits_is_not_there() -> None:
    of = small([boolean("b1"), boolean("b2")], [implies("b1", "b2")], "b1 and not b2")
    assert possible(of, {}) == {"not-in-source"}


def test_a_stated_name_with_an_at_sign_counts_in_compiled_python() -> None:
    run = compile_criteria([Named("k@g")], {"k@g": Is("b")}, {})
    assert run.truths({"k@g": True}) == [True]
    assert run.truths({"k@g": False, "b": True}) == [False]
    assert run.truths({"b": True}) == [True]


def test_bounds_that_meet_are_the_number() -> None:
    assert truth(Compare("n", "=", Decimal(5), "5"), {"n": Range(Decimal(5), Decimal(5))}, {}, {}) is True


def test_a_fact_of_which_every_value_leads_to_a_dispute_is_listed_value_by_value() -> None:
    """b1 and b2 together leave only the source's ambiguity, whichever they are; no condition may be dropped."""
    ground = Small((boolean("b1"), boolean("b2")), (), {"r": ("p", "q")})
    vocabulary = ground.vocabulary
    both = parse("(b1 and b2) or (not b1 and not b2)", vocabulary)
    either = parse("(b1 and not b2) or (not b1 and b2)", vocabulary)
    of = replace(
        ground,
        definition=parse("true", vocabulary),
        statements=(({"id": "g.s", **RECOMMENDED, "scope": "wider"}, Choose("r", (("p", both), ("q", either)))),),
    )
    answers = Answers(of.knowledge)
    standing = answers.standing(GUIDELINE, OPTION, {})
    assert standing is not None
    sets = deciding(answers.function(GUIDELINE, OPTION), standing.node, standing.allowed)
    assert {found.answer for found in sets} == {"disputed"}
    covered = [
        {"b1": b1, "b2": b2}
        for b1 in (False, True)
        for b2 in (False, True)
        if any(all(truth(when, {"b1": b1, "b2": b2}, {}, {}) for when in found.when) for found in sets)
    ]
    assert len(covered) == 4


def test_a_count_compared_with_a_fraction_is_refused_or_right() -> None:
    try:
        of = small([integer("n")], [], "n > 2.5")
    except CriterionError:
        return
    assert possible(of, {"n": Decimal(3)}) == {"recommended"}


def test_a_literal_that_cql_cannot_hold_is_refused() -> None:
    """CQL decimals have at most eight digits after the point; 50 nmol/L in ng/mL needs more."""
    units = [{"code": "ng/mL", "label": "ng/mL"}, {"code": "nmol/L", "label": "nmol/L", "divisor": "2.496"}]
    vocabulary = Small(({**number("x"), "units": units},), ()).vocabulary
    with pytest.raises(CriterionError, match="write the literal in"):
        expression(parse("x >= 50 'nmol/L'", vocabulary), vocabulary, {})


def test_no_deciding_set_names_a_value_that_a_known_bound_rules_out(knowledge: Knowledge) -> None:
    """At most two losses are known of: that the number be 2 would settle it, and nothing is said of three."""
    answers = Answers(knowledge)
    values, _ = close(knowledge.vocabulary, {"clinical_losses": Range(None, Decimal(2))})
    standing = answers.standing("asri-2025", "anti-tnf", values)
    assert standing is not None
    sets = deciding(standing.function, standing.node, standing.allowed)
    alone = [found.when for found in sets if found.facts == ("clinical_losses",)]
    assert (Compare("clinical_losses", "=", Decimal(2), "2"),) in alone
    named = [
        when for found in sets for fact, when in zip(found.facts, found.when, strict=True) if fact == "clinical_losses"
    ]
    three = {"clinical_losses": Decimal(3)}
    assert not [when for when in named if truth(when, three, {}, {}) is True]
