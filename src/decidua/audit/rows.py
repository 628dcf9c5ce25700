"""The rows of an audit, made from its counts, in a fixed order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from decidua.answers import AGAINST, FOR, SILENT, WEAK, outcome, readings_of
from decidua.audit.cells import Cell, Class
from decidua.audit.counts import WHOLE, Counts
from decidua.audit.models import (
    AgreementRow,
    AnswerRow,
    BranchRow,
    ConcordanceRow,
    DefinitionRow,
    MaskRow,
    ReadingRow,
    RefusedRows,
    Screen,
    StepRow,
    UnknownRow,
)
from decidua.audit.plan import Plan
from decidua.criteria.phrases import phrase
from decidua.criteria.text import text

DONE = ("unknown", "no", "yes")
SCREENS: Mapping[str, Screen] = {
    **dict.fromkeys(FOR, "for"), **dict.fromkeys(AGAINST, "against"), **dict.fromkeys(WEAK, "not-enough"),
    **dict.fromkeys(SILENT, "silent"), "needs-data": "open", "disputed": "open",
}  # fmt: skip


def refused(counts: Counts) -> Iterator[RefusedRows]:
    for (kind, id_), n in sorted(counts.refused.items()):
        yield RefusedRows(kind, id_, n, counts.first.get((kind, id_), ()))  # type: ignore[arg-type]


def definitions(counts: Counts) -> Iterator[DefinitionRow]:
    for (guideline, (group, value), met), n in counts.definitions.items():
        yield DefinitionRow(guideline, group, value, met, n)  # type: ignore[arg-type]


def answers(plan: Plan, counts: Counts) -> Iterator[AnswerRow]:
    found = Counter[tuple[str, str, str, str | None, str, str]]()
    for (option, group, classes, done), n in counts.joint.items():
        for guideline, one in zip(plan.guidelines, classes, strict=True):
            found[guideline, option, *group, outcome(one)[0], DONE[done]] += n
    for key, n in found.items():
        yield AnswerRow(*key, n)  # type: ignore[arg-type]


def masks(plan: Plan, counts: Counts) -> Iterator[MaskRow]:
    for ((guideline, option), one), n in _classes(plan, counts).items():
        answer, possible = outcome(one)
        ways = tuple(BranchRow(branch.readings, branch.possible) for branch in one)
        yield MaskRow(guideline, option, answer, possible, ways, n)


def agreement(plan: Plan, counts: Counts) -> Iterator[AgreementRow]:
    found = Counter[tuple[str, str, str | None, tuple[tuple[str, Screen], ...], str]]()
    for (option, group, classes, done), n in counts.joint.items():
        screens = [SCREENS.get(outcome(one)[0], "open") for one in classes]  # a conflict of the content is open
        found[option, *group, tuple(zip(plan.guidelines, screens, strict=True)), DONE[done]] += n
    for key, n in found.items():
        yield AgreementRow(*key, n)  # type: ignore[arg-type]


def unknowns(counts: Counts) -> Iterator[UnknownRow]:
    for (cell, fact), n in counts.open.items():
        yield UnknownRow(*cell, fact, n, counts.alone[cell, fact])


def readings(plan: Plan, counts: Counts) -> Iterator[ReadingRow]:
    found = Counter[tuple[str, str, str]]()
    for (cell, one), n in _classes(plan, counts).items():
        for reading in readings_of(one):
            found[(*cell, reading)] += n
    for key, n in found.items():
        yield ReadingRow(*key, n)


def _classes(plan: Plan, counts: Counts) -> Counter[tuple[Cell, Class]]:
    """Of each cell how many of the whole cohort have which class."""
    found = Counter[tuple[Cell, Class]]()
    for (option, group, classes, _), n in counts.joint.items():
        if group == WHOLE:
            for guideline, one in zip(plan.guidelines, classes, strict=True):
                found[(guideline, option), one] += n
    return found


def attrition(plan: Plan, counts: Counts) -> Iterator[StepRow]:
    knowledge, rows = plan.knowledge, counts.rows - counts.refused.total()
    for one in plan.steps:
        for option in one.statement.options:
            for step, criterion in enumerate(one.criteria, 1):
                yes, no = (counts.steps[one.statement.id, step, held] for held in (True, False))
                en, ko = (phrase(criterion, knowledge.vocabulary, knowledge.labels, lang) for lang in ("en", "ko"))
                yield StepRow(
                    one.statement.guideline, option, one.statement.id, step, text(criterion), en, ko,
                    yes, no, rows - yes - no,
                )  # fmt: skip


def concordance(plan: Plan, counts: Counts) -> Iterator[ConcordanceRow]:
    """Cells without a statement to measure against fold from the joint table: all their care is variation."""
    found = Counter[tuple[str, str, tuple[str, ...], str, str | None, str]]()
    for (cell, group, statements, verdict), n in counts.care.items():
        found[(*cell, statements, *group, verdict)] += n
    for (option, group, _, done), n in counts.joint.items():
        for guideline in plan.guidelines:
            if not plan.measured(guideline, option):
                found[guideline, option, (), *group, "variation" if done else "not-recorded"] += n
    for key, n in found.items():
        yield ConcordanceRow(*key, n)  # type: ignore[arg-type]
