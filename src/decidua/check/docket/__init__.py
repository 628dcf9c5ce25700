"""The docket: every place where a guideline cannot be followed without a choice, as questions to its authors."""

from __future__ import annotations

from dataclasses import replace

from decidua.check.docket.gaps import cut_offs, lone_evidence, methods, missing_doses, unprinted, unreachable
from decidua.check.docket.question import Flip, Question
from decidua.check.docket.readings import open_readings
from decidua.check.docket.reply import Settlement, apply_reply
from decidua.guidelines import Knowledge

__all__ = ["Flip", "Question", "Settlement", "apply_reply", "docket"]


def docket(knowledge: Knowledge, guideline: str | None = None) -> tuple[Question, ...]:
    """The questions of one guideline (or of all), numbered from 1: open readings first, then the gaps."""
    asked = [
        *open_readings(knowledge, guideline), *cut_offs(knowledge), *methods(knowledge), *missing_doses(knowledge),
        *unreachable(knowledge), *lone_evidence(knowledge), *unprinted(knowledge),
    ]  # fmt: skip
    chosen = [question for question in asked if guideline in (None, question.guideline)]
    return tuple(replace(question, number=number) for number, question in enumerate(chosen, start=1))
