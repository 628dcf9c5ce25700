"""Names that are stated but stand in no criterion of the option: what `conclude` draws from them.

A name that ties two facts of the criteria is a variable of the diagram (see `test_possible_worlds.py`). Of a name that
touches one of them only, `conclude` passes on what follows. That must never exclude a possible world.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidua.answers import Answers, build, conclude, stand
from decidua.criteria import parse, truth
from decidua.criteria.tree import Not
from decidua.errors import PatientConflictError
from semantics.generators import GUIDELINE, OPTION, Case, Small, boolean, cases, integer, smalls
from semantics.oracle import Oracle
from semantics.test_possible_worlds import by_reading


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Small, Case]:
    """Every name may be stated, and none stands in the criteria by name."""
    small = draw(smalls())
    small = replace(small, named=tuple((id_, meant, True) for id_, meant, _ in small.named))
    return small, draw(cases(small))


@given(scenes())
def test_what_is_concluded_holds_in_every_world(scene: tuple[Small, Case]) -> None:
    """The patient's own world agrees with everything that was concluded from what she stated."""
    small, case = scene
    concluded, origins = conclude(small.knowledge, case.values)
    for id_ in origins:
        value = concluded[id_]
        if isinstance(value, bool | str):
            assert value == case.world[id_]


@given(scenes())
def test_no_world_is_lost(scene: tuple[Small, Case]) -> None:
    """Whatever the stated names are, the answer of the patient's own world stays possible."""
    small, case = scene
    standing = Answers(small.knowledge).standing(GUIDELINE, OPTION, case.values)
    assert standing is not None
    hers = Oracle(small.knowledge, GUIDELINE, OPTION, case.world)
    found = by_reading(standing, hers.readings)
    mine = {
        reading: reached for reading, reached in hers.possible().items() if set(reading) <= set(case.reading.items())
    }
    assert all(reached <= found[reading] for reading, reached in mine.items())


@given(scenes())
def test_concluding_never_enlarges_what_is_possible(scene: tuple[Small, Case]) -> None:
    small, case = scene
    function = build(small.knowledge, GUIDELINE, OPTION)
    before, after = stand(function, case.values), stand(function, conclude(small.knowledge, case.values)[0])
    assert before is not None
    assert after is not None
    assert set(after.possible) <= set(before.possible)


@given(scenes())
def test_concluding_twice_is_concluding_once(scene: tuple[Small, Case]) -> None:
    small, case = scene
    once, _ = conclude(small.knowledge, case.values)
    assert conclude(small.knowledge, once) == (once, {})


def told(definition: str, population: str, name: str) -> Small:
    """One statement about `population`; the name k@g, which can be stated, does not stand in it."""
    small = Small((boolean("b1"), boolean("b2"), integer("n1")), ())
    return replace(
        small,
        named=(("k@g", parse(name, small.vocabulary), True),),
        definition=parse(definition, small.vocabulary),
        statements=(
            ({"id": "g.s", "kind": "recommendation", "verb": "v", "answer": "recommended", "scope": "wider"},
             parse(population, small.vocabulary)),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "stated", "more", "expected"),
    [
        ("b1", True, {}, "recommended"),
        ("not b1", True, {}, "other-population"),
        ("not b1 and not b2", True, {}, "other-population"),
        ("b1 or b2", True, {"b2": False}, "recommended"),
        ("b1 or b2", True, {}, "needs-data"),
        ("b1 or b2", False, {}, "other-population"),
    ],
)
def test_a_stated_name_tells_what_follows(name: str, stated: bool, more: dict[str, bool], expected: str) -> None:
    standing = Answers(told("true", "b1", name).knowledge).standing(GUIDELINE, OPTION, {"k@g": stated, **more})
    assert standing is not None
    assert standing.answer == expected


def test_a_stated_name_against_its_definition_has_no_answer_or_is_refused() -> None:
    small = told("true", "b1", "b1")
    assert truth(Not(small.names["k@g"]), {"b1": True}, {}, {}) is False
    try:
        standing = Answers(small.knowledge).standing(GUIDELINE, OPTION, {"k@g": False, "b1": True})
    except PatientConflictError:
        return
    # The name is no variable of this diagram; `consult.admit` refuses the patient before.
    assert standing is not None
    assert standing.answer == "recommended"
