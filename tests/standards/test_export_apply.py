"""`PlanDefinition/$apply` of the public clinical-reasoning engine (Java) on the exported package: for every option
exactly one action, and it is the answer that the reference gives. So an engine that takes null for a no is not silent.
"""

from __future__ import annotations

import json
import os
from itertools import islice
from pathlib import Path

import pytest

from decidua.answers import Answers
from decidua.facts import close
from decidua.fhir.canonical import Resource, spoken
from decidua.fhir.export import resources
from decidua.fhir.observations import bundle
from standards import validator
from standards.test_export_decisions import GUIDELINES
from standards.test_export_facts import closed

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(
        not validator.built(), reason="Java or the engine of $apply is absent: scripts/engines builds it (Maven, npm)"
    ),
]
GENERATED = int(os.environ.get("DECIDUA_APPLY_PATIENTS", "6"))
OPEN = {"needs-data": "export.needs-title", "disputed": "export.disputed-title"}


@pytest.fixture(scope="module")
def answers() -> Answers:
    from decidua.guidelines import read_knowledge

    return Answers(read_knowledge())


@pytest.fixture(scope="module")
def artefacts(answers: Answers) -> list[Resource]:
    return json.loads(json.dumps(resources(answers, "0")))


@pytest.mark.parametrize("guideline", GUIDELINES)
def test_exactly_one_action_of_every_option_applies(
    answers: Answers, artefacts: list[Resource], guideline: str, tmp_path: Path
) -> None:
    vocabulary = answers.knowledge.vocabulary
    women = list(islice(closed(answers, 20261126), GENERATED))
    given = [bundle(f"p{i}", vocabulary, woman) for i, woman in enumerate(women)]
    titles = [option.label.en for option in answers.knowledge.options.values()]
    for woman, actions in zip(women, validator.apply(artefacts, guideline, given, tmp_path), strict=True):
        known = close(vocabulary, woman)[0]
        standings = [answers.standing(guideline, option, known) for option in answers.knowledge.options]
        words = [standing.answer if standing else "impossible" for standing in standings]
        said = [spoken(OPEN.get(word, f"answer.{word}")).en for word in words]
        assert actions == [[title, word] for title, word in zip(titles, said, strict=True)]
