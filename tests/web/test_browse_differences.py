"""Typed differences without a patient: expected by hand from the statements, and against the reference interpreter."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidua.answers import SILENT, Answers, meaning
from decidua.answers.diagram import IMPOSSIBLE, LEAF
from decidua.answers.functions import representative
from decidua.answers.space import Span
from decidua.criteria import truth
from decidua.facts import close
from decidua.guidelines import Knowledge
from decidua.web.browse.differences import Differences
from decidua.web.browse.together import Together, together

ASRM, ESHRE, ASRI = "asrm-2012", "eshre-2022", "asri-2025"

EXPECTED = {
    # option, older guideline, newer guideline → kinds, from reading the statements
    ("test:vitamin-d", ESHRE, ASRI): {"opposite"},  # not recommended; strongly recommended
    ("corticosteroids", ESHRE, ASRI): {"opposite", "test-against-treatment"},  # against; for with immune findings
    ("lit", ESHRE, ASRI): {"opposite"},  # against; conditional
    ("ivig", ESHRE, ASRI): {  # may after four losses; recommended with immune findings
        "force", "recommends-or-states", "test-against-treatment", "certainty", "window",
    },
    ("vitamin-d", ESHRE, ASRI): {"force", "recommends-or-states", "test-against-treatment"},
    ("heparin-aspirin", ASRM, ASRI): {"undecided-differently"},  # both for in antiphospholipid syndrome
    ("supportive-care", ESHRE, ASRI): {"silent"},  # ASRI does not speak of it
    ("supportive-care", ASRM, ESHRE): set(),  # both recommend
    ("anti-tnf", ESHRE, ASRI): {"silent"},  # ESHRE: only a speaker's remark
    ("test:nk-cells", ESHRE, ASRI): {"silent"},
    ("test:tsh", ASRM, ESHRE): set(),
    ("test:uterine-cavity", ESHRE, ASRI): set(),
    ("test:parental-karyotype", ASRM, ESHRE): {"force"},  # recommended; conditionally
    ("test:thyroid-antibodies", ASRM, ESHRE): {"opposite", "silent"},  # if “thyroid” means antibodies too; else silent
    ("hcg", ESHRE, ASRI): {"undecided-differently"},
    ("aspirin", ASRM, ESHRE): {"against-or-undecided", "silent"},  # by what ASRM's “no therapy is proven” covers
}  # fmt: skip


@pytest.fixture(scope="module")
def found(answers: Answers) -> Differences:
    return Differences(answers)


@pytest.mark.parametrize(("option", "one", "other"), EXPECTED)
def test_what_was_expected_by_hand(found: Differences, option: str, one: str, other: str) -> None:
    kinds = {d.kind for d in found.of(option) if set(d.between) == {one, other}}
    assert kinds == EXPECTED[option, one, other]


def test_a_declined_test_decides_a_therapy(found: Differences) -> None:
    (against,) = (d for d in found.of("vitamin-d") if d.kind == "test-against-treatment")
    assert (against.between, against.about) == ((ESHRE, ASRI), "test:vitamin-d")


def test_opposite_only_if_read_so(found: Differences) -> None:
    """ASRM lists “thyroid”: with antibodies by one reading, without by the other."""
    (opposite,) = (d for d in found.of("test:thyroid-antibodies") if d.kind == "opposite")
    assert opposite.example is not None
    assert opposite.example.readings == (("asrm-2012.tests.thyroid", "with-antibodies"),)


def test_no_regimen_is_no_difference(found: Differences, knowledge: Knowledge) -> None:
    """ESHRE prints neither dose nor frequency of IVIG: that is a gap, not another regimen."""
    (eshre,) = knowledge.statements["eshre-2022.ivig.four-unexplained"].regimens
    assert eshre.dose is None
    assert "regimen" not in {d.kind for d in found.of("ivig")}
    assert "regimen" in {d.kind for d in found.of("heparin-aspirin")}


def test_every_example_gets_the_two_answers(found: Differences, answers: Answers, knowledge: Knowledge) -> None:
    """The engine that answers for patients is asked about the smallest woman, under the readings that she takes."""
    checked = 0
    for option in knowledge.options:
        for one in found.of(option):
            if one.example is None:
                continue
            values, _ = close(knowledge.vocabulary, one.example.values)
            got = [possible(answers, guideline, option, values, one.example.readings) for guideline in one.between]
            assert len(got[0]) == len(got[1]) == 1, (one, got)
            assert (got[0].pop(), got[1].pop()) in one.pairs, one
            checked += 1
    assert checked > 30


def possible(answers: Answers, guideline: str, option: str, values, taken) -> set[str]:  # type: ignore[no-untyped-def]
    """The answers under every way of reading that agrees with the readings taken."""
    standing = answers.standing(guideline, option, values)
    assert standing is not None
    way = dict(taken)
    branches = [b for b in standing.branches if all(way.get(id_, slug) == slug for id_, slug in b.readings)]
    return {answer for branch in branches for answer in branch.possible}


@given(st.data())
def test_any_complete_woman_gets_the_pair_that_the_reference_interpreter_gives(
    answers: Answers, knowledge: Knowledge, data: st.DataObject
) -> None:
    option = data.draw(st.sampled_from(["ivig", "vitamin-d", "heparin-aspirin", "corticosteroids", "test:vitamin-d"]))
    one, other = data.draw(st.sampled_from(list(combinations((ASRM, ESHRE, ASRI), 2))))
    both = together(answers, (one, option), (other, option))
    cells = {level: data.draw(st.integers(0, len(v.cells) - 1)) for level, v in enumerate(both.diagrams.variables)}
    leaf = reached(both, cells)
    if leaf == IMPOSSIBLE:
        return
    chosen = {v.id: v.cells[cells[level]] for level, v in enumerate(both.diagrams.variables)}
    readings = {id_: str(cell) for id_, cell in chosen.items() if id_ in knowledge.readings}
    facts = {id_: representative(cell) if isinstance(cell, Span) else cell for id_, cell in chosen.items()
             if id_ not in knowledge.readings}  # fmt: skip
    for guideline, told in zip((one, other), leaf, strict=True):
        said = [s for s in knowledge.said(guideline, option) if s.kind != "remark"]
        applies = [truth(knowledge.populations[s.id], facts, knowledge.names, readings) is True for s in said]
        in_scope = truth(knowledge.definitions[guideline], facts, knowledge.names, readings) is True
        expected = meaning(said, applies, in_scope)
        # Which kind of silence it is can also turn on whether anybody at all is meant under this reading.
        assert told == expected or {told, expected} <= set(SILENT)


def reached(both: Together, cells: dict[int, int]) -> object:
    node = both.root
    while both.diagrams.level[node] != LEAF:
        node = both.diagrams.children[node][cells[both.diagrams.level[node]]]
    return both.diagrams.value[node]


def test_definitions_that_count_a_woman_differently(found: Differences) -> None:
    """Two losses, none of them clinical: ESHRE as other sources tell it, and ASRI by one reading; never ASRM."""
    pairs = {(one.by, one.not_by) for one in found.counted()}
    assert {(ESHRE, ASRM), (ASRI, ASRM)} <= pairs
    assert ASRM not in {by for by, _ in pairs}
