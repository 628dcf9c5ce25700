"""What was read, as counts: no value of a patient, no path, no row number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from decidua.language import Lang, say
from decidua.reports.audit.counts import count, small_count
from decidua.reports.audit.models import ColumnView, InputView, ProblemView
from decidua.reports.audit.suppress import lone

if TYPE_CHECKING:
    from decidua.intake.cohort.description import Column, Description, Problem


def input_view(description: Description, lang: Lang, least: int) -> InputView:
    return InputView(
        files=tuple(Path(file).name for file in description.files),
        rows=description.rows, refused=description.refused, duplicates=description.duplicates,
        columns=tuple(_column(column, least) for column in description.columns),
        problems=tuple(_problem(problem, lang, least) for problem in description.problems),
    )  # fmt: skip


def _column(column: Column, least: int) -> ColumnView:
    known = column.known + column.bounded
    total = known + column.unknown + column.refused
    counts = {"known": known, "unknown": column.unknown, "refused": column.refused}
    hide = any(lone(n, total, least) for n in counts.values())
    shown = {name: count(n, shown=not hide or n == 0) for name, n in counts.items()}
    return ColumnView(column=column.name, fact=column.fact or None, **shown)


def _problem(problem: Problem, lang: Lang, least: int) -> ProblemView:
    """Where its sentence would hold a refused cell, its kind alone is told."""
    says = say(lang, problem.key, **{"fact": problem.column, "given": "…", "given_ko": "…", **problem.parts})
    return ProblemView(says=says, column=problem.column or None, count=small_count(problem.count, least))
