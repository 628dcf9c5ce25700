"""Knowledge and answer functions are built once for all runs within this process; commands are otherwise as shipped."""

from __future__ import annotations

import pytest

from decidua.answers import Answers
from decidua.guidelines import Knowledge


@pytest.fixture
def quick(knowledge: Knowledge, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decidua.guidelines.read_knowledge", lambda *_: knowledge)
    monkeypatch.setattr("decidua.answers.Answers", lambda *_: answers)
