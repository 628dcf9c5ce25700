"""Answers that a second extractor wrote from the talk before the engine existed (tests/expected/answers.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from decidua.answers import Answers
from decidua.facts import Value, close, read_value
from decidua.guidelines import Knowledge

FILE = Path(__file__).parents[1] / "expected" / "answers.yaml"
EXPECTED: list[dict[str, Any]] = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)["expected"]


def patient(knowledge: Knowledge, given: dict[str, Any]) -> dict[str, Value]:
    """What is known, in canonical units, closed; stated names as booleans."""
    known: dict[str, Value] = {}
    for id_, raw in given.items():
        if id_ in knowledge.named:
            assert id_ in knowledge.stated, f"{id_} cannot be stated"
            assert isinstance(raw, bool)
            known[id_] = raw
        else:
            value = read_value(knowledge.vocabulary.facts[knowledge.vocabulary.names[id_]], raw)
            if value is not None:
                known[knowledge.vocabulary.names[id_]] = value
    return close(knowledge.vocabulary, known)[0]


@pytest.mark.parametrize("expected", EXPECTED, ids=[entry["id"] for entry in EXPECTED])
def test_expected_answer(knowledge: Knowledge, answers: Answers, expected: dict[str, Any]) -> None:
    standing = answers.standing(expected["guideline"], expected["option"], patient(knowledge, expected["patient"]))
    assert standing is not None, "what is known contradicts itself"
    assert standing.answer == expected["answer"], (
        f"possible: {', '.join(map(str, standing.possible))}. {expected['why']}"
    )
    if "possible" in expected:
        assert set(standing.possible) == set(expected["possible"]), expected["why"]


def test_ids_are_unique() -> None:
    ids = [entry["id"] for entry in EXPECTED]
    assert len(ids) == len(set(ids))
