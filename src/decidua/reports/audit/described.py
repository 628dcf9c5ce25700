"""What was understood of a cohort, for the user's own terminal: with row numbers, and refused cells as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.table import Table
from rich.text import Text

from decidua.intake.cohort.description import Description, Problem
from decidua.language import Lang, say


def described_lines(description: Description, lang: Lang) -> Iterator[object]:
    d = description
    yield Text(say(lang, "audited.describe-title"), style="bold")
    yield Text(say(lang, "audited.input-rows", rows=f"{d.rows:,}", refused=f"{d.refused:,}",
                   duplicates=f"{d.duplicates:,}"))  # fmt: skip
    if d.columns:
        yield _columns(description, lang)
    if d.problems:
        yield Text()
        yield Text(say(lang, "audited.problem"), style="bold")
    for problem in d.problems:
        yield from _problem(problem, lang)


def _columns(description: Description, lang: Lang) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for at, name in enumerate(("column-name", "fact", "known", "unknown", "refused")):
        table.add_column(say(lang, f"audited.{name}"), justify="left" if at < 2 else "right", overflow="fold")
    for column in description.columns:
        known = f"{column.known + column.bounded:,}"
        unit = f" [{column.unit}]" if column.unit else ""
        refused = f"{column.refused:,}" if column.refused else ""
        table.add_row(column.name + unit, column.fact or "–", known, f"{column.unknown:,}", refused)
    return table


def _problem(problem: Problem, lang: Lang) -> Iterator[Text]:
    said = say(lang, problem.key, **{"fact": problem.column, **problem.parts, **_given(problem)})
    place = ", ".join(part for part in (Path(problem.file).name, problem.column) if part)
    rows = ", ".join(f"{row:,}" for row in problem.rows) + (" …" if problem.count > len(problem.rows) > 0 else "")
    more = f" ({say(lang, 'audited.row-numbers', rows=rows)})" if rows else ""
    yield Text(f"  {problem.count:,} × {place}: {said}{more}" if place else f"  {problem.count:,} × {said}{more}")


def _given(problem: Problem) -> dict[str, object]:
    given = problem.given or "…"
    return {"given": given, "given_ko": problem.parts.get("given_ko", given)}
