"""One cell of the matrix: what one guideline says about one option for this patient, and everything around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decidua.answers import FOR, Answers, Branch, DecidingSet, Standing, deciding, relevant, unrefined
from decidua.consult.around import LegalState, Now, PrecautionState, before, law, now, other_indications
from decidua.consult.findings import Finding
from decidua.consult.met import Met
from decidua.consult.regimens import Worked, work_out
from decidua.errors import PatientConflictError
from decidua.facts import Value
from decidua.guidelines import Indication, Statement


@dataclass(frozen=True)
class Cell:
    """`speaking`: the statements that carry the answer, or that still may; `notes`: remarks that name the option."""

    guideline: str
    option: str
    standing: Standing
    findings: tuple[Finding, ...]
    speaking: tuple[Statement, ...]
    notes: tuple[Statement, ...]
    regimens: tuple[Worked, ...]
    before: tuple[PrecautionState, ...]
    legal: tuple[LegalState, ...]
    now: Now
    other_indications: tuple[Indication, ...]
    readings: tuple[str, ...]
    """Open readings on which this answer depends."""
    relevant: tuple[str, ...]
    nearest: tuple[Statement, ...]
    """For other-population: the statements that exist, of whom none can apply."""

    @property
    def answer(self) -> str:
        return self.standing.answer

    @property
    def branches(self) -> tuple[Branch, ...]:
        return self.standing.branches


def meet(answers: Answers, guideline: str, option: str, met: Met) -> Cell:
    """Raises PatientConflictError if the known facts admit no complete patient."""
    knowledge, values = answers.knowledge, met.values
    standing = answers.standing(guideline, option, values)
    if standing is None:
        raise PatientConflictError("error.no-world", guideline=guideline, option=option)
    findings = tuple(met.findings[statement.id] for statement in knowledge.said(guideline, option))
    speaking = _speaking(findings, standing)
    meant = knowledge.options[option]
    checks = before(meant, guideline, met)
    others = other_indications(meant, met)
    return Cell(
        guideline, option, standing, findings, speaking,
        tuple(f.statement for f in findings if f.statement.kind == "remark" and f.applies != "does-not-apply"),
        work_out(knowledge, _with_regimens(findings, speaking), standing.answer, checks, bool(others), values),
        checks, law(meant, values), _now(standing, speaking, values), others, standing.readings,
        relevant(standing.function, standing.plain), _nearest(findings, standing),
    )  # fmt: skip


def deciding_sets(cell: Cell) -> tuple[DecidingSet, ...]:
    """The cell's deciding sets; asked for only where they are shown. What is settled or disputed has none."""
    if cell.answer != "needs-data":
        return ()
    return deciding(cell.standing.function, cell.standing.node, cell.standing.allowed)


def _speaking(findings: tuple[Finding, ...], standing: Standing) -> tuple[Statement, ...]:
    """Statements that apply, or still may where the answer is open, and whose answer is among the possible ones."""
    sure = [f for f in findings if f.applies == "applies" and f.statement.kind != "remark"]
    maybe = [f for f in findings if f.applies != "does-not-apply" and f.statement.kind != "remark"]
    live = [f.statement for f in (sure if standing.settled and sure else maybe)]
    recommending = unrefined([s for s in live if s.kind == "recommendation" and s.answer in standing.possible])
    carried = [s for s in live if s.kind == "evidence" and "evidence-only" in standing.possible]
    return tuple(recommending + carried)


def _with_regimens(findings: tuple[Finding, ...], speaking: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Regimens of what speaks; where nothing speaks, of what is said of others, to be shown as printed."""
    return speaking or tuple(f.statement for f in findings if f.statement.kind != "remark")


def _now(standing: Standing, speaking: tuple[Statement, ...], values: Mapping[str, Value]) -> Now:
    for_her = [statement for statement in speaking if statement.answer in FOR]
    return now(for_her, values) if set(FOR) & set(standing.possible) else "not-for"


def _nearest(findings: tuple[Finding, ...], standing: Standing) -> tuple[Statement, ...]:
    if "other-population" not in standing.possible:
        return ()
    return tuple(f.statement for f in findings if f.statement.kind == "recommendation")
