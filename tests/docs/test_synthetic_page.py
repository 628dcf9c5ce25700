"""The page of synthetic cohorts is what the model says, with every number of it."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

import pytest

from decidua.audit.synthetic import Model, read_model
from decidua.audit.synthetic.load import draws_of
from decidua.guidelines import Knowledge

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "write_synthetic_page.py"))
PAGE = (ROOT / "docs" / "synthetic.md").read_text("utf-8")


@pytest.fixture(scope="module")
def model(knowledge: Knowledge) -> Model:
    return read_model(knowledge)


def test_the_page_is_what_the_command_writes(model: Model) -> None:
    assert SCRIPT["page_text"](model) == PAGE


def test_a_changed_number_changes_the_page(model: Model) -> None:
    records = list(model.written.records)
    first = records[0].draws[0].model_copy(update={"chance": 0.123})
    records[0] = records[0].model_copy(update={"draws": (first, *records[0].draws[1:])})
    other = replace(model, written=model.written.model_copy(update={"records": tuple(records)}))
    text = SCRIPT["page_text"](other, 1000)
    assert "0.123" in text
    assert "0.123" not in PAGE


def test_every_reason_and_source_stands_on_the_page(model: Model) -> None:
    for name, draw in draws_of(model.written):
        assert (draw.assumption or draw.source or "?") in PAGE, name


def test_it_says_plainly_what_it_is(model: Model) -> None:
    assert "**plausible, not real**" in PAGE
    assert "No conclusion about care may be drawn" in PAGE
    assert model.written.as_of.isoformat() == "2026-06-30"
