"""What makes a consultation fast changes nothing: each shorter way gives what the plain one gives."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from decidua.answers import Answers, build, deciding, relevant, stand
from decidua.consult import find
from decidua.consult.met import Criteria
from decidua.criteria import Criterion, truth
from decidua.criteria.compiled import compile_criteria
from decidua.facts import Value
from decidua.guidelines import Knowledge
from semantics.generators import GUIDELINE, OPTION, Case, Small, cases, smalls
from semantics.test_forms_agree import scenes as criteria_scenes


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Small, list[Case]]:
    small = draw(smalls())
    return small, draw(st.lists(cases(small), min_size=1, max_size=4))


@given(scenes())
def test_compiled_findings_are_those_of_the_interpreter(scene: tuple[Small, list[Case]]) -> None:
    """Also where a finding is remembered from the patient before."""
    small, patients = scene
    knowledge = small.knowledge
    criteria = Criteria(knowledge)
    for case in [*patients, *patients]:
        met = criteria.meet(case.values)
        assert met.findings == {id_: find(knowledge, s, case.values) for id_, s in knowledge.statements.items()}


def test_compiled_findings_and_conditions_of_the_shipped_content(knowledge: Knowledge) -> None:
    criteria = Criteria(knowledge)
    for values in PATIENTS:
        met = criteria.meet(values)
        assert met.findings == {id_: find(knowledge, s, values) for id_, s in knowledge.statements.items()}
        assert met.holds == {
            id_: truth(meant, values, knowledge.names, knowledge.settled) for id_, meant in knowledge.conditions.items()
        }


PATIENTS: list[Mapping[str, Value]] = [
    {fact: value for fact, value in zip(("sle", "aps", "peripheral_nk"), values, strict=True) if value is not None}
    for values in product((None, True, False), (None, True, False), (None, "raised", "not-raised"))
]


@given(criteria_scenes(), st.data())
def test_criteria_under_ways_of_their_own(
    scene: tuple[Small, list[Criterion], list[Case], dict[str, str]], data: st.DataObject
) -> None:
    small, trees, patients, settled = scene
    chosen = st.fixed_dictionaries({}, optional={id_: st.sampled_from(slugs) for id_, slugs in small.readings.items()})
    ways = [data.draw(chosen) for _ in trees]
    compiled = compile_criteria(trees, small.names, settled, ways)
    for case in patients:
        assert compiled.truths(case.values) == [
            truth(tree, case.values, small.names, {**settled, **way}) for tree, way in zip(trees, ways, strict=True)
        ]


@given(scenes())
def test_answers_apart_are_the_same_and_leave_the_base_alone(scene: tuple[Small, list[Case]]) -> None:
    small, patients = scene
    base = Answers(small.knowledge)
    base.apart().function(GUIDELINE, OPTION)
    function = base.function(GUIDELINE, OPTION)
    before = (len(function.diagrams.level), dict(function.caches))
    for case in patients:
        apart = base.apart()
        standing, alone = apart.standing(GUIDELINE, OPTION, case.values), build(small.knowledge, GUIDELINE, OPTION)
        expected = stand(alone, apart.conclude(case.values))
        assert (standing is None) == (expected is None)
        if standing is None or expected is None:
            continue
        assert (standing.answer, standing.branches) == (expected.answer, expected.branches)
        assert relevant(standing.function, standing.plain) == relevant(alone, expected.plain)
        assert deciding(standing.function, standing.node, standing.allowed) == deciding(
            alone, expected.node, expected.allowed
        )
    assert not function.said or (len(function.diagrams.level), dict(function.caches)) == before


def test_options_that_are_alike_share_a_diagram_which_is_that_of_each(knowledge: Knowledge) -> None:
    answers = Answers(knowledge)
    shared = {answers.function(g, o).diagrams for g in knowledge.guidelines for o in knowledge.options}
    assert len(shared) < len(knowledge.guidelines) * len(knowledge.options) / 2
    for guideline, option in product(knowledge.guidelines, knowledge.options):
        mine, alone = answers.function(guideline, option), build(knowledge, guideline, option)
        assert (mine.guideline, mine.option, mine.said, mine.readings) == (
            guideline,
            option,
            alone.said,
            alone.readings,
        )
        assert mine.diagrams.variables == alone.diagrams.variables
        assert mine.diagrams.shape(mine.plain) == alone.diagrams.shape(alone.plain)
        assert mine.diagrams.shape(mine.root) == alone.diagrams.shape(alone.root)


def test_one_patient_after_another(knowledge: Knowledge) -> None:
    """What was worked out for one patient is not taken for the next."""
    answers, cells = Answers(knowledge), list(product(knowledge.guidelines, knowledge.options))
    for values in (*PATIENTS[:9], *reversed(PATIENTS[:9])):
        fresh = Answers(knowledge)
        for cell in cells[::7]:
            one, other = answers.standing(*cell, values), fresh.standing(*cell, values)
            assert one is not None
            assert other is not None
            assert (one.answer, one.branches) == (other.answer, other.branches)
