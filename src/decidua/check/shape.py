"""What a statement of each kind must and must not carry, and which statement may refine which."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.check.problem import Problem, at
from decidua.content import Item
from decidua.guidelines import Knowledge, Statement

ANSWERS = ("recommended", "conditional", "against", "insufficient", "research-only")
"""What a recommendation can answer; the other answers follow from the absence of one that applies."""


def shape_problems(knowledge: Knowledge) -> Iterator[Problem]:
    items = knowledge.content.items.get("statements", {})
    for statement in knowledge.statements.values():
        item = items[statement.id]
        yield from (_recommendation(statement, item) if statement.kind == "recommendation" else _other(statement, item))
        yield from _refines(knowledge, statement, item)
        if statement.mark == "corrected" and statement.correction is None:
            yield at(item, ["mark"], "is marked corrected without `correction`; say what the second source says.")
    yield from _circles(knowledge)


def _recommendation(statement: Statement, item: Item) -> Iterator[Problem]:
    for field in ("verb", "answer", "because"):
        if getattr(statement, field) is None:
            yield at(
                item,
                ["kind"],
                f"is a recommendation without `{field}`; give it, or make it evidence or a remark.",
            )
    if statement.answer is not None and statement.answer not in ANSWERS:
        allowed = ", ".join(ANSWERS)
        yield at(item, ["answer"], f"answers '{statement.answer}'; a recommendation can answer {allowed}.")


def _other(statement: Statement, item: Item) -> Iterator[Problem]:
    for field in ("verb", "answer", "because"):
        if getattr(statement, field) is not None:
            yield at(
                item,
                [field],
                f"is {statement.kind} and has `{field}`; only a recommendation may, take it out.",
            )


def _refines(knowledge: Knowledge, statement: Statement, item: Item) -> Iterator[Problem]:
    for index, id_ in enumerate(statement.refines):
        other = knowledge.statements.get(id_)
        if other is None:
            continue
        if statement.kind != "recommendation" or other.kind != "recommendation":
            yield at(item, ["refines", index], f"refines '{id_}', but only recommendations refine recommendations.")
        if statement.guideline != other.guideline:
            yield at(
                item,
                ["refines", index],
                f"refines '{id_}' of another guideline; only the same guideline's yield.",
            )


def _circles(knowledge: Knowledge) -> Iterator[Problem]:
    for statement in knowledge.statements.values():
        if statement.id in _below(knowledge, statement.refines):
            item = knowledge.content.items["statements"][statement.id]
            yield at(
                item,
                ["refines"],
                "refines itself by way of others, so that each yields to the other; cut the circle.",
            )


def _below(knowledge: Knowledge, ids: tuple[str, ...]) -> set[str]:
    """Everything that yields to these, and what yields to that."""
    found: set[str] = set()
    open_ = list(ids)
    while open_:
        id_ = open_.pop()
        if id_ not in found and id_ in knowledge.statements:
            found.add(id_)
            open_ += knowledge.statements[id_].refines
    return found
