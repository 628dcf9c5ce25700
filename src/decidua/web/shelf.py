"""What every page reads, opened once when the app starts. Nothing of a patient is ever on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decidua.answers import Answers
from decidua.content import Content
from decidua.evidence import Evidence, Verdict, read_evidence, read_verdicts
from decidua.guidelines import Knowledge


@dataclass(frozen=True)
class Shelf:
    """The content in the forms that pages need; `verdicts` by claim, as stored."""

    knowledge: Knowledge
    answers: Answers
    evidence: Evidence
    verdicts: Mapping[str, Verdict]

    @property
    def content(self) -> Content:
        return self.knowledge.content


def open_shelf(knowledge: Knowledge) -> Shelf:
    """Diagrams are built when an option is first shown."""
    return Shelf(knowledge, Answers(knowledge), read_evidence(knowledge.content), read_verdicts())
