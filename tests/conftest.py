"""Shared by all tests: Hypothesis profiles, and the shipped knowledge, loaded once.

`HYPOTHESIS_PROFILE=full` draws many random examples (the full ring); the default `fast` draws few, always the same.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from decidua.answers import Answers
from decidua.guidelines import Knowledge, read_knowledge

_QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("fast", max_examples=30, derandomize=True, **_QUIET)
settings.register_profile("full", max_examples=120, print_blob=True, **_QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The shipped content, validated and parsed."""
    return read_knowledge()


@pytest.fixture(scope="session")
def answers(knowledge: Knowledge) -> Answers:
    """Answer functions of the shipped content, each built once for the whole session."""
    return Answers(knowledge)
