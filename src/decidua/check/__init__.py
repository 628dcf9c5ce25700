"""Content checks: is what the YAML says sound, complete in both languages, free of contradictions?

Also the coverage ledger (which line of the source is encoded where) and the docket (what only the authors can settle).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from decidua.check.codes import code_problems
from decidua.check.comparisons import comparison_problems
from decidua.check.conflicts import conflict_problems, size_problems
from decidua.check.coverage import Coverage, coverage, verify_source, write_ledger
from decidua.check.docket import Question, Settlement, apply_reply, docket
from decidua.check.examples import example_problems
from decidua.check.ledger import Ledger, LedgerLine, read_ledger, save_ledger
from decidua.check.limits import limit_problems
from decidua.check.permanence import permanence_problems, write_ids
from decidua.check.problem import Problem, at, from_text
from decidua.check.reach import reach_problems
from decidua.check.references import reference_problems
from decidua.check.shape import shape_problems
from decidua.check.texts import text_problems, word_problems
from decidua.check.unused import unused_problems
from decidua.check.witness import Witness
from decidua.errors import ContentError
from decidua.evidence import read_evidence
from decidua.guidelines import Knowledge, read_knowledge

__all__ = [
    "Coverage", "Ledger", "LedgerLine", "Problem", "Question", "Settlement", "Witness", "apply_reply", "coverage",
    "docket", "inspect", "problems", "read_ledger", "save_ledger", "verify_source", "write_ids", "write_ledger",
]  # fmt: skip


def problems(knowledge: Knowledge) -> list[Problem]:
    """Everything that is wrong with a content, all at once, by file and line."""
    found = [
        *reference_problems(knowledge), *shape_problems(knowledge), *text_problems(knowledge.content),
        *word_problems(knowledge.content.roots[0]), *code_problems(knowledge), *permanence_problems(knowledge.content),
        *unused_problems(knowledge), *reach_problems(knowledge), *conflict_problems(knowledge),
        *size_problems(knowledge), *limit_problems(knowledge), *example_problems(knowledge),
        *evidence_problems(knowledge), *comparison_problems(knowledge),
    ]  # fmt: skip
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.item, problem.message))


def evidence_problems(knowledge: Knowledge) -> list[Problem]:
    """What is wrong with tables, claims, methods and links; and links of statements that do not exist."""
    items = knowledge.content.items.get("evidence_links", {})
    lost = [item for id_, item in items.items() if id_ not in knowledge.statements]
    found = [at(item, ["id"], "links a statement that does not exist; name one that does.") for item in lost]
    try:
        read_evidence(knowledge.content)
    except ContentError as error:
        found += [from_text(text) for text in error.problems]
    return found


def inspect(extra: Sequence[Path] = ()) -> tuple[Knowledge | None, list[Problem]]:
    """Load and check; content that cannot even be read yields its schema problems and no knowledge."""
    try:
        knowledge = read_knowledge(extra)
    except ContentError as error:
        return None, [from_text(text) for text in error.problems]
    return knowledge, problems(knowledge)
