"""One meaning: the reference interpreter, compiled Python, Polars, diagrams and CQL text say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from decidua.answers.diagram import Diagrams
from decidua.answers.functions import Builder, variables_of
from decidua.answers.space import allowed_cells
from decidua.criteria import Criterion, Truth, parse, trace, truth
from decidua.criteria.columns import column
from decidua.criteria.compiled import compile_criteria
from decidua.criteria.cql import expression
from decidua.criteria.trace import Trace
from decidua.criteria.tree import And, Compare, Named, Not, walk
from decidua.facts import Value, Vocabulary
from semantics import cql_reader
from semantics.frames import frame
from semantics.generators import Case, Small, cases, criteria, languages, spec, vocabularies
from semantics.printer import text

TRUE: Criterion = parse("true", Vocabulary({}, {}, ()))


@st.composite
def scenes(
    draw: st.DrawFn, ranges: bool = True, most: int = 5
) -> tuple[Small, list[Criterion], list[Case], dict[str, str]]:
    """A language, criteria in it, some patients, and some readings taken as settled."""
    small = draw(languages())
    make = criteria(small.vocabulary, list(small.names), small.readings)
    trees = draw(st.lists(make, min_size=1, max_size=3))
    patients = draw(st.lists(cases(small, ranges), min_size=1, max_size=most))
    settled = {id_: draw(st.sampled_from(slugs)) for id_, slugs in small.readings.items() if draw(st.booleans())}
    return small, trees, patients, settled


def reference(
    trees: Sequence[Criterion], values: Mapping[str, Value], small: Small, settled: dict[str, str]
) -> list[Truth]:
    return [truth(tree, values, small.names, settled) for tree in trees]


@given(scenes())
def test_compiled_python_is_the_reference(scene: tuple[Small, list[Criterion], list[Case], dict[str, str]]) -> None:
    small, trees, patients, settled = scene
    compiled = compile_criteria(trees, small.names, settled)
    for case in patients:
        assert compiled.truths(case.values) == reference(trees, case.values, small, settled)
        codes = compiled.run(case.values)[len(trees) :]
        assert list(codes) == [
            (False, True, None).index(truth(part, case.values, small.names, settled)) for part in compiled.parts
        ]


@given(scenes(), st.data())
def test_polars_is_the_reference(
    scene: tuple[Small, list[Criterion], list[Case], dict[str, str]], data: st.DataObject
) -> None:
    """Whole frames: with bounds; columns all null, of type Null, or absent."""
    small, trees, patients, settled = scene
    table = frame(small, [case.values for case in patients], data.draw(st.sampled_from(("null", "untyped", "absent"))))
    found = table.with_columns(
        column(tree, small.names, settled, table.columns).alias(f"t{i}") for i, tree in enumerate(trees)
    )
    for row, case in zip(found.iter_rows(named=True), patients, strict=True):
        assert [row[f"t{i}"] for i in range(len(trees))] == reference(trees, case.values, small, settled)


@given(scenes(ranges=False))
def test_polars_without_bounds_is_the_reference_without_ranges(
    scene: tuple[Small, list[Criterion], list[Case], dict[str, str]],
) -> None:
    """A frame that has no bound columns knows only exact numbers."""
    small, trees, patients, settled = scene
    exact = [{id_: v for id_, v in case.values.items() if v.__class__.__name__ != "Range"} for case in patients]
    table = frame(small, exact, "null", bounds=False)
    found = table.with_columns(
        column(tree, small.names, settled, table.columns).alias(f"t{i}") for i, tree in enumerate(trees)
    )
    for row, values in zip(found.iter_rows(named=True), exact, strict=True):
        assert [row[f"t{i}"] for i in range(len(trees))] == reference(trees, values, small, settled)


@st.composite
def clear_scenes(draw: st.DrawFn) -> tuple[Small, Criterion, list[Case]]:
    """A criterion as content writes it, in assembled knowledge."""
    small = draw(languages(anywhere=False))
    make = criteria(small.vocabulary, list(small.names))
    return small, draw(make), draw(st.lists(cases(small), min_size=1, max_size=4))


@given(clear_scenes())
def test_diagrams_are_the_reference(scene: tuple[Small, Criterion, list[Case]]) -> None:
    """On complete patients the same; on partial ones whatever the reference knows (a diagram may know more)."""
    small, tree, patients = scene
    knowledge = replace(small, definition=tree).knowledge
    diagrams = Diagrams(variables_of(knowledge, [tree]))
    builder = Builder(diagrams, knowledge)
    limits = [builder.stated(v.id) for v in diagrams.variables if v.kind == "named"]
    root = diagrams.combine(lambda t, *rest: t if all(rest) else "impossible", [builder.of(tree), *limits])
    for case, reading in product(patients, _ways(small)):
        allowed = allowed_cells(diagrams.variables, {**case.world, **reading})  # type: ignore[dict-item]
        allowed |= {i: (v.cells.index(reading[v.id]),) for i, v in enumerate(diagrams.variables) if v.kind == "reading"}
        complete = diagrams.reachable(diagrams.restrict(root, allowed))
        assert complete == {truth(tree, case.world, small.names, reading)}
        partial = truth(tree, case.values, small.names, case.reading)
        if partial is not None:
            allowed = allowed_cells(diagrams.variables, case.values)
            allowed |= {
                i: (v.cells.index(case.reading[v.id]),) for i, v in enumerate(diagrams.variables) if v.kind == "reading"
            }
            assert diagrams.reachable(diagrams.restrict(root, allowed)) == {partial}


def _ways(small: Small) -> list[dict[str, str]]:
    return [dict(way) for way in product(*([(r, slug) for slug in slugs] for r, slugs in small.readings.items()))]


@given(scenes(most=1))
def test_the_trace_has_the_truth_of_every_part(
    scene: tuple[Small, list[Criterion], list[Case], dict[str, str]],
) -> None:
    small, trees, (case,), settled = scene

    def check(node: Trace) -> None:
        assert node.truth == truth(node.node, case.values, small.names, settled)
        for part in node.parts:
            check(part)

    for tree in trees:
        check(trace(tree, case.values, small.names, settled))


@given(scenes(most=1), st.data())
def test_knowing_more_never_flips(
    scene: tuple[Small, list[Criterion], list[Case], dict[str, str]], data: st.DataObject
) -> None:
    """Applies and does not apply stay what they are when facts, names or readings are added."""
    small, trees, (case,), settled = scene
    settled = {id_: case.reading[id_] for id_ in settled}
    added = data.draw(st.sets(st.sampled_from(sorted(case.world))))
    more = {**case.values, **{id_: case.world[id_] for id_ in added}}
    for tree in trees:
        before = truth(tree, case.values, small.names, settled)
        if before is not None:
            assert truth(tree, more, small.names, settled) is before
            assert truth(tree, more, small.names, case.reading) is before


@st.composite
def written(draw: st.DrawFn) -> tuple[Small, Criterion]:
    small = draw(vocabularies())
    return small, draw(criteria(small.vocabulary, ["k1@g", "k2"]))


@given(written())
def test_what_is_printed_is_parsed_back(scene: tuple[Small, Criterion]) -> None:
    small, tree = scene
    assert parse(text(tree), small.vocabulary, ["k1@g", "k2"]) == tree


@given(written(), st.data())
def test_white_space_and_brackets_do_not_matter(scene: tuple[Small, Criterion], data: st.DataObject) -> None:
    small, tree = scene
    loose = f" ( {spec(tree)} ) ".replace(" and ", data.draw(st.sampled_from(("  and ", "\n and\t"))))
    assert parse(loose, small.vocabulary, ["k1@g", "k2"]) == tree


@given(scenes(most=1))
def test_cql_text_is_quoted_and_balanced_and_means_the_same(
    scene: tuple[Small, list[Criterion], list[Case], dict[str, str]],
) -> None:
    """By a small CQL reader: strict quoting and brackets, CQL's precedence, nulls for what is not exactly known."""
    small, trees, (case,), _ = scene
    exact = {id_: v for id_, v in case.values.items() if v.__class__.__name__ != "Range"}
    for tree in trees:
        said = expression(tree, small.vocabulary, case.reading)
        names = {name: truth(Named(name), exact, small.names, case.reading) for name in small.names}
        assert cql_reader.value(said, {**exact, **names}) == truth(tree, exact, small.names, case.reading)


def test_between_is_both_ends_and_unequal_is_not_equal() -> None:
    vocabulary = Small(
        ({"id": "n", "group": "all", "type": "integer", "ask": "ask", "label": {"en": "n", "ko": "n"}},), ()
    ).vocabulary
    low, high = parse("n >= 2", vocabulary), parse("n <= 4", vocabulary)
    assert parse("n between 2 and 4", vocabulary) == And((low, high))
    assert parse("not n between 2 and 4 and n = 1", vocabulary) == And(
        (Not(And((low, high))), parse("n = 1", vocabulary))
    )
    assert parse("n != 3", vocabulary) == Not(parse("n = 3", vocabulary))
    assert all(isinstance(node, Compare | And) for node in walk(parse("n between 2 and 4", vocabulary)))
