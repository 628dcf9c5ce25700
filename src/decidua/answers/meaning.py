"""What a guideline says about an option for one completely known patient: the precedence of its statements.

This is semantics 1–3 of the design in one function; diagrams, brute force and tests all use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from decidua.guidelines import Statement

FOR = ("recommended", "conditional")
AGAINST = ("against",)
WEAK = ("insufficient", "research-only", "evidence-only")
SILENT = ("other-population", "out-of-scope", "not-in-source")
ANSWERS = (*FOR, *AGAINST, *WEAK, *SILENT)


@dataclass(frozen=True)
class Conflict:
    """Two recommendations apply together, answer differently, and neither yields: an error of the content."""

    statements: tuple[str, ...]


def meaning(
    said: Sequence[Statement], applies: Sequence[bool], in_scope: bool, exists: Sequence[bool] | None = None
) -> str | Conflict:
    """The answer; `applies[i]` is whether statement i's population (with scope) holds for her, `exists[i]` whether it
    can hold for anybody under this reading of the source: a statement that speaks of nobody is not there."""
    there = exists or [True] * len(said)
    if not any(statement.kind != "remark" and live for statement, live in zip(said, there, strict=True)):
        return "not-in-source"
    applying = [statement for statement, true in zip(said, applies, strict=True) if true]
    recommending = unrefined([statement for statement in applying if statement.kind == "recommendation"])
    answers = {str(statement.answer) for statement in recommending}
    if len(answers) == 1:
        return answers.pop()
    if len(answers) > 1:
        return Conflict(tuple(sorted(statement.id for statement in recommending)))
    if any(statement.kind == "evidence" for statement in applying):
        return "evidence-only"
    return "other-population" if in_scope else "out-of-scope"


def unrefined(recommending: Sequence[Statement]) -> list[Statement]:
    """The recommendations to which none of the others is a refinement."""
    yielding = {id_ for statement in recommending for id_ in statement.refines}
    return [statement for statement in recommending if statement.id not in yielding]
