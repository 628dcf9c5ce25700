"""The vocabulary of a content, validated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from decidua.content import Content, Item
from decidua.errors import ContentError
from decidua.facts.vocabulary import Constraint, Fact, FactGroup, Vocabulary
from decidua.language import Model

M = TypeVar("M", bound=Model)


def read_kind(content: Content, kind: str, model: type[M], problems: list[str]) -> dict[str, M]:
    """All items of one kind as `model`; what is wrong goes to `problems`, one line each with file and line."""
    read: dict[str, M] = {}
    for item in content.of(kind):
        try:
            read[item.id] = model.model_validate(item.data)
        except ValidationError as error:
            problems += [_line(item, detail) for detail in error.errors()]
    return read


def _line(item: Item, detail: Mapping[str, object]) -> str:
    path = [step for step in detail["loc"] if isinstance(step, str | int)]  # type: ignore[attr-defined]
    return f"{item.where(*path)}: {item.id}: {'.'.join(map(str, path)) or 'item'}: {detail['msg']}."


def read_vocabulary(content: Content) -> Vocabulary:
    """Raises ContentError with every problem of facts, groups and constraints."""
    problems: list[str] = list(content.problems)
    groups = read_kind(content, "fact_groups", FactGroup, problems)
    facts = read_kind(content, "facts", Fact, problems)
    constraints = read_kind(content, "constraints", Constraint, problems)
    problems += [
        f"{item.where('group')}: {item.id}: group '{item.data.get('group')}' is not among the fact groups."
        for item in content.of("facts")
        if item.data.get("group") not in groups
    ]
    if problems:
        raise ContentError(problems)
    return Vocabulary(facts, groups, tuple(constraints.values()))
