"""The decisions that `$apply` reads, on a public engine: the answer and what is possible, as `decidua.answers` says it.

Every letter is T or F: an engine that takes null for a no never meets a null here.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest

from decidua.answers import Answers
from decidua.criteria import truth
from decidua.facts import Value
from decidua.fhir.cql import cql_text
from decidua.fhir.decisions import OPEN, answer_is, may_be
from decidua.fhir.elm import elm
from decidua.fhir.rules import Rules, rules, ways_of
from standards import engines
from standards.patients import patients

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(
        not engines.installed(), reason="Node or the CQL engines are absent: scripts/engines installs them"
    ),
]
GUIDELINES = ("asrm-2012", "eshre-2022", "asri-2025")
GENERATED = int(os.environ.get("DECIDUA_CQL_PATIENTS", "300"))


@pytest.fixture(scope="module")
def answers() -> Answers:
    from decidua.guidelines import read_knowledge

    return Answers(read_knowledge())


def decided(answers: Answers, guideline: str, woman: dict[str, Value]) -> dict[str, bool]:
    """What the reference says: per option which answer, which are possible; per recommendation whether it applies."""
    knowledge, found = answers.knowledge, dict[str, bool]()
    for option in knowledge.options:
        standing = answers.standing(guideline, option, woman)
        found |= {answer_is(option, word): False for word in OPEN}
        if standing is None:
            found[answer_is(option, "impossible")] = True
            continue
        found |= {may_be(option, answer): True for answer in standing.possible}
        found[answer_is(option, standing.answer)] = True
    for statement in knowledge.statements.values():
        if statement.guideline == guideline and statement.kind == "recommendation":
            criterion = knowledge.populations[statement.id]
            ways = [{**knowledge.settled, **dict(way)} for way in ways_of(knowledge, criterion)]
            said = [truth(criterion, woman, knowledge.names, way) for way in ways]
            applies = all(one is True for one in said)
            found[f"{statement.id} applies"] = applies
            found[f"{statement.id} undetermined"] = not applies and any(one is not False for one in said)
    return found


def named(made: Rules) -> list[str]:
    """The decisions that the reference speaks of: those that name no way of reading and are no part of another."""
    return [
        one.name for one in made.decisions if "[" not in one.name and not one.name.endswith((" surely", " perhaps"))
    ]


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_every_decision_is_the_reference_s_and_never_null(answers: Answers, guideline: str, tmp_path: Path) -> None:
    import json

    made = rules(answers, guideline, "0")
    source = tmp_path / "library.json"
    source.write_text(json.dumps(elm(made)), "utf-8")
    women = list(islice(patients(answers, 20261124), GENERATED))
    given = [engines.parameters(answers.knowledge.vocabulary, woman) for woman in women]
    names = named(made)
    differences = []
    seen = set[str]()
    for woman, line in zip(women, engines.run("run_cql_execution.mjs", source, given, names, tmp_path), strict=True):
        said = decided(answers, guideline, woman)
        assert set(said) <= set(names)
        for name, letter in zip(names, line, strict=True):
            seen |= {name} if letter == "T" else set()
            if letter != ("T" if said.get(name, False) else "F"):
                differences.append((name, woman, said.get(name, False), letter))
    assert differences == []
    assert any("needs-data" in name for name in seen)
    assert any("disputed" in name for name in seen)


def test_no_decision_swallows_a_null(answers: Answers) -> None:
    """A decision rests on decisions; where it names a define that may be null, it asks `is true` or `is not false`."""
    for guideline in GUIDELINES:
        made = rules(answers, guideline, "0")
        names, defines = {one.name for one in made.decisions}, {one.name for one in made.defines}
        from decidua.criteria.tree import names_in

        for decision in made.decisions:
            assert names_in(decision.said) <= (defines if decision.leaf else names), decision.name
        assert "exists" not in cql_text(made)
        assert "oalesce" not in cql_text(made)


def test_contradicting_facts_are_said_and_not_silent(answers: Answers, tmp_path: Path) -> None:
    """A stated name against its definition: no answer is possible, and that is a decision of its own."""
    import json

    made = rules(answers, "eshre-2022", "0")
    source = tmp_path / "library.json"
    source.write_text(json.dumps(elm(made)), "utf-8")
    woman = {"unexplained@eshre-2022": True, "aps": True}
    names = [one.name for one in made.decisions if one.name.endswith("answer is impossible")]
    [line] = engines.run("run_cql_execution.mjs", source, [woman], names, tmp_path)
    standings = [answers.standing("eshre-2022", option, dict(woman)) for option in answers.knowledge.options]
    assert line == "".join("T" if standing is None else "F" for standing in standings)
    assert "T" in line
