"""The shipped evidence, read once; and evidence with one number changed, to break it on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from decidua.content import Content, load
from decidua.evidence import Evidence, Verdict, read_evidence
from decidua.evidence.cells import number
from decidua.evidence.reproduce import reproduce

Changed = Callable[[str, str], dict[str, Verdict]]


@pytest.fixture(scope="session")
def content() -> Content:
    return load()


@pytest.fixture(scope="session")
def evidence(content: Content) -> Evidence:
    return read_evidence(content)


@pytest.fixture(scope="session")
def verdicts(evidence: Evidence) -> dict[str, Verdict]:
    return {verdict.claim: verdict for verdict in reproduce(evidence)}


@pytest.fixture(scope="session")
def changed(evidence: Evidence) -> Changed:
    """Verdicts after one printed number was changed."""

    def change(ref: str, text: str) -> dict[str, Verdict]:
        old = evidence.number(ref)
        assert old is not None
        other = replace(evidence, cells={**evidence.cells, ref: number(text, old.relation)})
        return {verdict.claim: verdict for verdict in reproduce(other)}

    return change
