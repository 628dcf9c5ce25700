"""The decisions that `$apply` reads, on a public engine: the answer and what is possible, as `decidua.answers` says it.

Every letter is T or F: an engine that takes null for a no never meets a null here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from decidua.answers import Answers
from decidua.criteria import truth
from decidua.facts import Value
from decidua.fhir.care import Care, measured_care, population_name
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
AT_ONCE = 2000
GUIDELINES = ("asrm-2012", "eshre-2022", "asri-2025")
GENERATED = max(100, int(os.environ.get("DECIDUA_CQL_PATIENTS", "300")) // 10)


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
    for care in measured_care(knowledge, guideline):
        found |= measured(care, found, woman)
    return found


def measured(care: Care, found: Mapping[str, bool], woman: Mapping[str, Value]) -> dict[str, bool]:
    """Who is counted where, from what was decided of the statement and from what is recorded."""
    id_, statement = care.statement.id, care.statement
    given, withheld = (truth(criterion, woman, {}, {}) is True for criterion in (care.given, care.withheld))
    meant = found[f"{id_} applies"] and found.get(answer_is(care.option.id, str(statement.answer)), False)
    right = withheld and not given if statement.answer == "against" else given
    said = {
        "initial-population": found[f"{id_} applies"] or found[f"{id_} undetermined"],
        "denominator": meant,
        "denominator-exclusion": meant and not given and not withheld,
        "numerator": meant and right,
    }
    return {population_name(care, population): value for population, value in said.items()}


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
    names = named(made)
    differences = []
    seen = set[str]()
    for start in range(0, len(women), AT_ONCE):
        some = women[start : start + AT_ONCE]
        given = [engines.parameters(answers.knowledge.vocabulary, woman) for woman in some]
        lines = engines.run("run_cql_execution.mjs", source, given, names, tmp_path)
        for woman, line in zip(some, lines, strict=True):
            said = decided(answers, guideline, woman)
            assert set(said) <= set(names)
            seen |= {name for name, letter in zip(names, line, strict=True) if letter == "T"}
            differences += compared(names, said, line)
    print(f"decisions, {guideline}: {len(women)} patients x {len(names)} decisions, {len(differences)} differences")
    assert differences == []
    assert any("needs-data" in name for name in seen)
    assert any("disputed" in name for name in seen)


def compared(names: Sequence[Any], said: Mapping[Any, bool], line: str) -> list[tuple[Any, bool, str]]:
    """Where an engine says otherwise; a null would be `-`."""
    expected = [said.get(name, False) for name in names]
    return [
        (name, value, letter)
        for name, value, letter in zip(names, expected, line, strict=True)
        if letter != ("T" if value else "F")
    ]


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
