"""Answers from diagrams are the answers of brute force over every complete admissible patient and every reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from decidua.answers import AnswerFunction, Conflict, Standing, build, deciding, masks, relevant, stand
from decidua.criteria import truth
from decidua.criteria.columns import column
from decidua.criteria.tree import And, Compare, Criterion, Or, facts_in, parts_of
from decidua.facts import Value
from decidua.guidelines import Knowledge
from semantics.frames import frame
from semantics.generators import GUIDELINE, OPTION, Case, Small, cases, smalls, worlds
from semantics.oracle import Oracle, Reading


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Small, Case]:
    small = draw(smalls())
    return small, draw(cases(small))


def judged(small: Small, known: Mapping[str, Value]) -> tuple[AnswerFunction, Standing | None, Oracle]:
    """Names that neither stand in the criteria nor tie two of their facts are left out: see `test_stated_names.py`."""
    knowledge = small.knowledge
    function = build(knowledge, GUIDELINE, OPTION)
    used = {variable.id for variable in function.diagrams.variables} | set(knowledge.vocabulary.facts)
    known = {id_: value for id_, value in known.items() if id_ in used}
    return function, stand(function, known), Oracle(knowledge, GUIDELINE, OPTION, known)


def met(small: Small, case: Case) -> tuple[AnswerFunction, Standing, Oracle]:
    function, standing, oracle = judged(small, case.values)
    assert standing is not None, "the patient was cut out of a world"
    return function, standing, oracle


def by_reading(standing: Standing, readings: list[Reading]) -> dict[Reading, frozenset[object]]:
    """The branches, written out for every complete reading of the source."""
    return {
        reading: frozenset(
            a for branch in standing.branches if set(branch.readings) <= set(reading) for a in branch.possible
        )
        for reading in readings
    }


@given(scenes())
def test_possible_answers(scene: tuple[Small, Case]) -> None:
    _, standing, oracle = met(*scene)
    assert by_reading(standing, oracle.readings) == oracle.possible()
    assert set(standing.possible) == frozenset().union(*oracle.possible().values())


@given(scenes())
def test_the_overall_answer(scene: tuple[Small, Case]) -> None:
    _, standing, oracle = met(*scene)
    assert standing.answer == oracle.answer()


@given(scenes())
def test_a_complete_patient_has_one_answer_under_each_reading(scene: tuple[Small, Case]) -> None:
    small, case = scene
    _, standing, oracle = met(small, replace(case, values=case.world))
    assert all(len(branch.possible) == 1 for branch in standing.branches)
    assert by_reading(standing, oracle.readings) == oracle.possible()


@given(scenes())
def test_relevant_facts(scene: tuple[Small, Case]) -> None:
    function, standing, oracle = met(*scene)
    assert set(relevant(function, standing.node)) == oracle.relevant()


@given(scenes())
def test_nothing_is_relevant_exactly_if_only_readings_are_open(scene: tuple[Small, Case]) -> None:
    """More than one answer under one reading means that some fact, alone or with others, is still to be asked."""
    function, standing, _ = met(*scene)
    if standing.answer != "needs-data":
        assert relevant(function, standing.node) == ()


@given(scenes())
def test_deciding_sets(scene: tuple[Small, Case]) -> None:
    function, standing, oracle = met(*scene)
    found = oracle.spelled(deciding(function, standing.node, standing.allowed))
    assert len(found) == len(set(found)), "an assignment is listed twice"
    assert set(found) == oracle.deciding()


@given(scenes())
def test_masks_are_not_false_exactly_where_the_answer_is_possible(scene: tuple[Small, Case]) -> None:
    small, case = scene
    function, _, oracle = met(small, case)
    possible = oracle.possible()
    for reading in oracle.readings:
        (mask,) = [m for m in masks(function) if set(m.readings) <= set(reading)]
        not_false = {answer for answer, p in mask.criteria.items() if truth(p, case.values, {}, {}) is not False}
        assert not_false == possible[reading]


@given(st.data())
def test_masks_in_polars(data: st.DataObject) -> None:
    small = data.draw(smalls())
    patients = data.draw(st.lists(cases(small), min_size=1, max_size=3))
    function = build(small.knowledge, GUIDELINE, OPTION)
    table = frame(small, [case.values for case in patients], data.draw(st.sampled_from(("null", "untyped", "absent"))))
    oracles = [met(small, case)[2] for case in patients]
    for reading in oracles[0].readings:
        (mask,) = [m for m in masks(function) if set(m.readings) <= set(reading)]
        found = table.with_columns(
            column(p, {}, {}, table.columns).fill_null(True).alias(f"p{i}")
            for i, p in enumerate(mask.criteria.values())
        )
        for row, oracle in zip(found.iter_rows(named=True), oracles, strict=True):
            assert {a for i, a in enumerate(mask.criteria) if row[f"p{i}"]} == oracle.possible()[reading]


@given(scenes())
def test_masks_have_at_most_one_condition_per_fact(scene: tuple[Small, Case]) -> None:
    """A term names a fact once; that is what makes its Kleene truth exact."""

    def conditions(term: Criterion) -> list[set[str]]:
        inside = parts_of(term) if isinstance(term, And) else (term,)
        return [facts_in(part) for part in inside]

    small, _ = scene
    for mask in masks(build(small.knowledge, GUIDELINE, OPTION)):
        for p in mask.criteria.values():
            one_fact = len(facts_in(p)) <= 1
            for term in parts_of(p) if isinstance(p, Or) and not one_fact else (p,):
                if isinstance(term, Compare) or len(facts_in(term)) <= 1:
                    continue
                named = [fact for facts in conditions(term) for fact in facts]
                assert len(named) == len(set(named)), term


@given(scenes(), st.data())
def test_more_knowledge_never_enlarges_what_is_possible(scene: tuple[Small, Case], data: st.DataObject) -> None:
    small, case = scene
    function, before, oracle = met(small, case)
    added = data.draw(st.sets(st.sampled_from(sorted(case.world)), min_size=1))
    after = stand(function, {**case.values, **{id_: case.world[id_] for id_ in added}})
    assert after is not None
    more = by_reading(after, oracle.readings)
    assert all(more[reading] <= found for reading, found in by_reading(before, oracle.readings).items())
    if before.settled:
        assert after.answer == before.answer


@given(st.data())
def test_what_contradicts_itself_has_no_answer(data: st.DataObject) -> None:
    """Names stated at random: no standing exactly where no world under any reading agrees with them."""
    small = data.draw(smalls())
    known: dict[str, Value] = (
        dict(data.draw(worlds(small))) if data.draw(st.booleans()) else data.draw(cases(small)).values
    )
    known |= {id_: data.draw(st.booleans()) for id_, _, may in small.named if may}
    _, standing, oracle = judged(small, known)
    if standing is None:
        assert not any(oracle.possible().values())
    else:
        assert by_reading(standing, oracle.readings) == oracle.possible()


@settings(max_examples=settings().max_examples // 2)  # two oracles each
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_statements_never_matters(scene: tuple[Small, Case], random: object) -> None:
    small, case = scene
    turned = list(small.statements)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert summary(replace(small, statements=tuple(turned)), case) == summary(small, case)


@settings(max_examples=settings().max_examples // 2)  # two oracles each
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_facts_and_constraints_never_matters(scene: tuple[Small, Case], random: object) -> None:
    small, case = scene
    facts, constraints = list(small.facts), list(small.constraints)
    random.shuffle(facts)  # type: ignore[attr-defined]
    random.shuffle(constraints)  # type: ignore[attr-defined]
    assert summary(replace(small, facts=tuple(facts), constraints=tuple(constraints)), case) == summary(small, case)


def summary(small: Small, case: Case) -> object:
    function, standing, oracle = met(small, case)
    branches = by_reading(standing, oracle.readings)
    return (
        standing.answer, standing.bound, branches, set(relevant(function, standing.node)),
        set(oracle.spelled(deciding(function, standing.node, standing.allowed))), set(function.conflicts),
    )  # fmt: skip


@given(scenes(), st.data())
def test_settling_a_reading_keeps_its_alternative_only(scene: tuple[Small, Case], data: st.DataObject) -> None:
    small, case = scene
    _, _, open_ = met(small, case)
    settled = {
        id_: case.reading[id_] for id_ in data.draw(st.sets(st.sampled_from(sorted(small.readings) or ["-"]))) - {"-"}
    }
    _, standing, oracle = met(replace(small, settled=settled), case)
    kept = [r for r in open_.readings if all(settled.get(id_, slug) == slug for id_, slug in r)]
    assert set(standing.possible) == frozenset().union(*(open_.possible()[r] for r in kept))
    assert by_reading(standing, oracle.readings) == oracle.possible()


@given(smalls())
def test_conflicts_are_those_of_brute_force(small: Small) -> None:
    function, standing, oracle = judged(small, {})
    assert set(function.conflicts) == oracle.conflicts()
    assert standing is not None
    assert {a for a in standing.possible if isinstance(a, Conflict)} == oracle.conflicts()


@given(smalls())
def test_a_refinement_yields_no_conflict_with_what_it_refines(small: Small) -> None:
    """Where each recommendation refines every earlier one, nothing can contradict."""
    said: list[tuple[dict[str, object], object]] = []
    for data, population in small.statements:
        above = [str(other["id"]) for other, _ in said if other["kind"] == "recommendation"]
        said.append(({**data, "refines": tuple(above)} if data["kind"] == "recommendation" else data, population))
    assert build(replace(small, statements=tuple(said)).knowledge, GUIDELINE, OPTION).conflicts == ()  # type: ignore[arg-type]


def test_silence_is_not_in_source() -> None:
    small = Small((), ())
    function = build(_without_statements(small), GUIDELINE, OPTION)
    standing = stand(function, {})
    assert standing is not None
    assert standing.answer == "not-in-source"
    assert relevant(function, standing.node) == ()
    assert deciding(function, standing.node, standing.allowed) == ()


def _without_statements(small: Small) -> Knowledge:
    return replace(small, statements=()).knowledge
