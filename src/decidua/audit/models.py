"""What an audit found: counts only, as plain rows, with nothing of one patient. The contract with `reports.audit`.

In every row with a group, `group=""` and `value=""` are the whole cohort; a null of a group column is `value=None`.
Rows of one kind add up: their `n` over one group are all rows of the cohort that were not refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

Met = Literal["yes", "no", "unknown"]
Screen = Literal["for", "against", "not-enough", "silent", "open"]
"""The five groups of answers, as a screen shows them."""
Verdict = Literal["concordant", "discordant", "variation", "not-recorded"]
Way = tuple[tuple[str, str], ...]
"""(reading, alternative) of each reading that is taken."""


@dataclass(frozen=True)
class About:
    """Where the counts come from. `rows`: read; `refused` of them contradict themselves and are counted nowhere."""

    software: str
    content: str
    """Hash of the content."""
    as_of: str | None
    synthetic: bool
    seed: int | None
    rows: int
    refused: int
    engine: str
    guidelines: tuple[str, ...]
    options: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class RefusedRows:
    """Rows that cannot be. `kind` and `id`: the constraint or stated name that is broken, or `cell` and
    `guideline/option`; `first`: row numbers of at most five, counted from 1."""

    kind: Literal["constraint", "name", "cell"]
    id: str
    n: int
    first: tuple[int, ...]


@dataclass(frozen=True)
class DefinitionRow:
    """`disputed`: known under every reading of the source, but not the same."""

    guideline: str
    group: str
    value: str | None
    met: Met | Literal["disputed"]
    n: int


@dataclass(frozen=True)
class AnswerRow:
    """`answer`: one of the nine, `needs-data` or `disputed`. `done`: whether the option was recorded as done."""

    guideline: str
    option: str
    group: str
    value: str | None
    answer: str
    done: Met
    n: int


@dataclass(frozen=True)
class BranchRow:
    """What is possible under one way of reading."""

    readings: Way
    possible: tuple[str, ...]


@dataclass(frozen=True)
class MaskRow:
    """The joint table of one cell: how many patients have exactly these answers possible, way by way."""

    guideline: str
    option: str
    answer: str
    possible: tuple[str, ...]
    branches: tuple[BranchRow, ...]
    n: int


@dataclass(frozen=True)
class AgreementRow:
    """`by_guideline`: each guideline with the group of its answer, in the order of `About.guidelines`."""

    option: str
    group: str
    value: str | None
    by_guideline: tuple[tuple[str, Screen], ...]
    done: Met
    n: int


@dataclass(frozen=True)
class UnknownRow:
    """`open`: patients in whom the fact is unknown and can still change the answer; `alone`: of these, those in whom
    some value of it settles the answer by itself."""

    guideline: str
    option: str
    fact: str
    open: int
    alone: int


@dataclass(frozen=True)
class ReadingRow:
    """Patients whose answer depends on how the source is read."""

    guideline: str
    option: str
    reading: str
    n: int


@dataclass(frozen=True)
class StepRow:
    """One step of a statement's conditions. `yes`, `no`, `unknown`: of the whole cohort, with all steps before it.

    The first step is the guideline's definition, unless the statement's scope is wider.
    """

    guideline: str
    option: str
    statement: str
    step: int
    criterion: str
    """As text of the language of criteria."""
    en: str
    ko: str
    yes: int
    no: int
    unknown: int


@dataclass(frozen=True)
class ConcordanceRow:
    """Care beside the answer. `statements`: what it was measured against; none where all care is variation."""

    guideline: str
    option: str
    statements: tuple[str, ...]
    group: str
    value: str | None
    verdict: Verdict
    n: int


@dataclass(frozen=True)
class Audit:
    """Everything that is counted; `seconds` is for the terminal and stands in no report."""

    about: About
    refused: tuple[RefusedRows, ...] = ()
    definitions: tuple[DefinitionRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    masks: tuple[MaskRow, ...] = ()
    agreement: tuple[AgreementRow, ...] = ()
    unknowns: tuple[UnknownRow, ...] = ()
    readings: tuple[ReadingRow, ...] = ()
    attrition: tuple[StepRow, ...] = ()
    concordance: tuple[ConcordanceRow, ...] = ()
    seconds: float = 0.0


def to_json(audit: Audit) -> bytes:
    """The audit as JSON; `from_json` gives back an equal one."""
    return msgspec.json.encode(audit)


def from_json(text: bytes) -> Audit:
    """Raises msgspec.ValidationError where the text is no audit."""
    return msgspec.json.decode(text, type=Audit)
