"""The exported CQL on two public engines: cell by cell what the reference interpreter says, nulls included.

`DECIDUA_CQL_PATIENTS` sets how many generated patients meet cql-execution (20,000 for the full proof); the engine of
@cqframework/cql is a hundred times slower and meets a hundredth of them.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import pytest

from decidua.answers import Answers, masks
from decidua.criteria import Criterion, truth
from decidua.facts import Value
from decidua.fhir.care import given_name, measured_care, withheld_name
from decidua.fhir.cql import cql_text
from decidua.fhir.elm import elm
from decidua.fhir.rules import library_name, rules, ways_of
from decidua.fhir.steps import Ways, answer_name, define_name
from standards import engines
from standards.patients import patients
from standards.witnesses import witnesses

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(
        not engines.installed(), reason="Node or the CQL engines are absent: scripts/engines installs them"
    ),
]
GENERATED = int(os.environ.get("DECIDUA_CQL_PATIENTS", "300"))
AT_ONCE, REMEMBERED = 2000, 1_000_000
LETTERS = {True: "T", False: "F", None: "-"}
GUIDELINES = ("asrm-2012", "eshre-2022", "asri-2025")


@pytest.fixture(scope="module")
def answers() -> Answers:
    from decidua.guidelines import read_knowledge

    return Answers(read_knowledge())


@pytest.fixture(scope="module")
def exported(answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries and their ELM; a message of severity error fails."""
    folder = tmp_path_factory.mktemp("cql")
    files = [folder / f"{library_name(guideline)}.cql" for guideline in GUIDELINES]
    for guideline, file in zip(GUIDELINES, files, strict=True):
        file.write_text(cql_text(rules(answers, guideline, "0")), "utf-8")
    done = subprocess.run(
        ["node", "translate.mjs", str(folder), *map(str, files)],
        cwd=engines.HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def expected(answers: Answers, guideline: str) -> Iterator[tuple[str, Criterion, Ways]]:
    """Every define that says something of a patient: its name, the criterion it stands for, how the source is read."""
    knowledge = answers.knowledge
    definition = knowledge.definitions[guideline]
    for way in ways_of(knowledge, definition):
        yield define_name(f"{guideline} definition", way), definition, way
    for statement in knowledge.statements.values():
        if statement.guideline == guideline:
            for way in ways_of(knowledge, knowledge.populations[statement.id]):
                yield define_name(statement.id, way), knowledge.populations[statement.id], way
    for option in knowledge.options:
        for found in masks(answers.function(guideline, option)):
            for answer, criterion in found.criteria.items():
                yield answer_name(option, answer, found.readings), criterion, found.readings
    for care in measured_care(knowledge, guideline):
        yield given_name(care), care.given, ()
        yield withheld_name(care), care.withheld, ()


class Reference:
    """What the reference interpreter says of the cells of a guideline. It is asked once for each criterion, under the
    readings that it rests on and with the values that it rests on; other cells and other women may have the same."""

    def __init__(self, answers: Answers, guideline: str) -> None:
        self.knowledge = answers.knowledge
        found = list(expected(answers, guideline))
        self.names = [name for name, _, _ in found]
        apart = [(criterion, self._readings(criterion, way)) for _, criterion, way in found]
        self.asked = list(dict.fromkeys(apart))
        self.cells = [self.asked.index(one) for one in apart]
        names_under, expand = self.knowledge.names_under, self.knowledge.expand
        self.rests = [sorted(expand(criterion) | names_under(criterion)) for criterion, _ in self.asked]
        self.known: dict[tuple[int, tuple[Value | None, ...]], str] = {}

    def _readings(self, criterion: Criterion, way: Ways) -> Ways:
        return tuple(pair for pair in way if pair[0] in self.knowledge.readings_under(criterion))

    def line(self, woman: Mapping[str, Value]) -> str:
        if len(self.known) > REMEMBERED:
            self.known.clear()
        letters = [self._letter(index, woman) for index in range(len(self.asked))]
        return "".join(letters[index] for index in self.cells)

    def _letter(self, index: int, woman: Mapping[str, Value]) -> str:
        key = (index, tuple(map(woman.get, self.rests[index])))
        if key not in self.known:
            criterion, way = self.asked[index]
            settled = {**self.knowledge.settled, **dict(way)}
            self.known[key] = LETTERS[truth(criterion, woman, self.knowledge.names, settled)]
        return self.known[key]


def differences(
    answers: Answers, guideline: str, program: str, source: Path, women: list[dict[str, Value]], scratch: Path
) -> list[tuple[str, dict[str, Value], str, str]]:
    """Prints how much was compared: `pytest -rP` shows it."""
    reference, vocabulary = Reference(answers, guideline), answers.knowledge.vocabulary
    names, found = reference.names, list[tuple[str, dict[str, Value], str, str]]()
    for start in range(0, len(women), AT_ONCE):
        some = women[start : start + AT_ONCE]
        given = [engines.parameters(vocabulary, woman) for woman in some]
        for woman, line in zip(some, engines.run(program, source, given, names, scratch), strict=True):
            said = reference.line(woman)
            found += [(name, woman, a, b) for name, a, b in zip(names, said, line, strict=True) if a != b]
    print(f"{program}, {guideline}: {len(women)} patients x {len(names)} cells, {len(found)} differences")
    return found


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_our_elm_is_what_the_translator_makes_of_our_cql(answers: Answers, exported: Path, guideline: str) -> None:
    translated = json.loads((exported / f"{library_name(guideline)}.json").read_text("utf-8"))
    assert bare(translated) == bare(elm(rules(answers, guideline, "0")))


def bare(node: object) -> object:
    """Without what only says where in the text a node stands."""
    if isinstance(node, dict):
        places = ("localId", "locator", "annotation", "signature")
        kept = {key: value for key, value in node.items() if key not in places}
        return {key: bare(value) for key, value in kept.items()}
    return [bare(part) for part in node] if isinstance(node, list) else node


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_generated_patients_on_cql_execution(answers: Answers, exported: Path, guideline: str, tmp_path: Path) -> None:
    women = list(islice(patients(answers, 20261123), GENERATED))
    source = exported / f"{library_name(guideline)}.json"
    assert differences(answers, guideline, "run_cql_execution.mjs", source, women, tmp_path) == []


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_generated_patients_on_cqframework(answers: Answers, exported: Path, guideline: str, tmp_path: Path) -> None:
    women = list(islice(patients(answers, 23112026), max(10, GENERATED // 100)))
    source = exported / f"{library_name(guideline)}.cql"
    assert differences(answers, guideline, "run_cqframework.mjs", source, women, tmp_path) == []


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_witnesses_on_cql_execution(answers: Answers, exported: Path, guideline: str, tmp_path: Path) -> None:
    """Every satisfiable path of every diagram, whole and with each of its facts unknown."""
    women = list(witnesses(answers, guideline))
    source = exported / f"{library_name(guideline)}.json"
    assert len(women) > 100
    assert differences(answers, guideline, "run_cql_execution.mjs", source, women, tmp_path) == []
