"""What every page reads, opened once when the app starts. Nothing of a patient is ever on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decidua.answers import Answers
from decidua.consult import consult
from decidua.content import Content
from decidua.evidence import Evidence, Verdict, read_evidence, read_verdicts
from decidua.facts import Patient
from decidua.guidelines import Knowledge
from decidua.reports.build import build_report


@dataclass
class Shelf:
    """The content in the forms that pages need; `verdicts` by claim, as stored."""

    knowledge: Knowledge
    base: Answers
    """What every request's answers start from; it has met nobody."""
    evidence: Evidence
    verdicts: Mapping[str, Verdict]
    warmed: bool = False

    @property
    def content(self) -> Content:
        return self.knowledge.content

    @property
    def answers(self) -> Answers:
        """Answers for one request: take them once and let them go, with all that they learned of the patient."""
        return self.base.apart()

    def warm(self) -> None:
        """Work out, once, what is the same for every patient; from then on each request starts from it."""
        if self.warmed:
            return
        self.warmed = True
        warmed = self.answers
        build_report(consult(warmed, Patient({})), "en", why=True, deciding=True)
        warmed.ready()
        self.base = warmed


def open_shelf(knowledge: Knowledge) -> Shelf:
    """Diagrams are built when an option is first shown."""
    return Shelf(knowledge, Answers(knowledge), read_evidence(knowledge.content), read_verdicts())
