"""From a YAML file to an appraisal: everything that is wrong is told at once, each with file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent, ScalarEvent
from yaml.nodes import Node

from decidua.appraisal.grade.model import Appraisal
from decidua.appraisal.problems import Problems, quoted
from decidua.content.places import duplicate_keys, line_of
from decidua.errors import AppraisalError

LARGEST = 1_000_000
"""Bytes; an appraisal has some thousand."""
DEEPEST = 12
TAGS = ("one", "both", "[key]")
"""Steps of pydantic's paths that do not stand in the file."""


def read_appraisal(path: Path) -> Appraisal:
    """Raises AppraisalError: all that is wrong at once."""
    problems = Problems(str(path))
    text = _text(path)
    for key, first, line in duplicate_keys(_composed(text, problems)):
        problems.add("error.grade-twice", line, name=quoted(key), first=first)
    problems.raise_any()
    try:
        data = yaml.load(text, Loader=yaml.CSafeLoader)
        return Appraisal.model_validate(data)
    except ValidationError as error:
        _tell(error, path, problems)
    except ValueError as error:  # a date such as 2024-13-45, or a number that is none
        problems.add("error.grade-bad-value", 1, given=quoted(error))
    problems.raise_any()
    raise AssertionError("a validation error without a detail")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise AppraisalError("error.grade-file", where=str(path), reason=error.strerror or "?") from None
    if len(data) > LARGEST:
        raise AppraisalError("error.grade-size", where=str(path), limit=LARGEST)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise AppraisalError("error.grade-encoding", where=f"{path}:{line}") from None


def _composed(text: str, problems: Problems) -> Node | None:
    """Depth, aliases and tags are looked at before anything is built: none may cost memory or run anything."""
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            tagged = isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag
            anchored = isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor)
            if depth > DEEPEST or tagged or anchored:
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise AppraisalError("error.grade-shape", where=problems.at(line), depth=DEEPEST)
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise AppraisalError("error.grade-yaml", where=problems.at(line), reason=quoted(error.problem)) from None
    except yaml.YAMLError as error:
        raise AppraisalError("error.grade-yaml", where=problems.file, reason=quoted(error)) from None


# ---- what pydantic found, in our words ------------------------------------------------------------------------------


def _tell(error: ValidationError, path: Path, problems: Problems) -> None:
    for detail in error.errors(include_url=False):
        steps = [step for step in detail["loc"] if step not in TAGS]
        told: dict[str, object] = {"name": quoted(".".join(map(str, steps)) or "-"), "given": quoted(detail["input"])}
        key = _KEYS.get(detail["type"], "error.grade-value")
        if detail["type"] == "value_error":
            key = f"error.grade-{detail['ctx']['error']}"
        if detail["type"] in ("literal_error", "greater_than", "less_than", "greater_than_equal", "less_than_equal"):
            told["allowed"] = _allowed(detail["ctx"])
        if detail["type"] == "extra_forbidden":
            told["allowed"] = ", ".join(_keys_at(steps[:-1])) or "-"
        if detail["type"] == "literal_error" and "[key]" in detail["loc"]:
            key, told["name"] = "error.grade-key", quoted(steps[-1])
        problems.add(key, line_of(path, steps), **told)


_KEYS: Mapping[str, str] = {
    "missing": "error.grade-missing",
    "extra_forbidden": "error.grade-key",
    "literal_error": "error.grade-choice",
    "string_type": "error.grade-words",
    "string_pattern_mismatch": "error.grade-words",
    "greater_than": "error.grade-bound",
    "greater_than_equal": "error.grade-bound",
    "less_than": "error.grade-bound",
    "less_than_equal": "error.grade-bound",
    "float_type": "error.grade-number",
    "float_parsing": "error.grade-number",
    "finite_number": "error.grade-number",
    "int_type": "error.grade-number",
    "int_parsing": "error.grade-number",
    "int_from_float": "error.grade-number",
    "date_type": "error.grade-date",
    "date_from_datetime_parsing": "error.grade-date",
    "date_from_datetime_inexact": "error.grade-date",
    "date_parsing": "error.grade-date",
    "model_type": "error.grade-table",
    "mapping_type": "error.grade-table",
    "tuple_type": "error.grade-list",
    "too_short": "error.grade-list",
}


def _allowed(context: Mapping[str, Any]) -> str:
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
    if "expected" in context:
        return str(context["expected"])
    return ", ".join(f"{signs[name]} {value}" for name, value in context.items() if name in signs)


def _keys_at(path: Sequence[str | int]) -> list[str]:
    """The keys that are allowed at a place of the file, from the shape itself."""
    whole = Appraisal.model_json_schema()
    node: dict[str, Any] = whole
    for step in (None, *path):
        if isinstance(step, int):
            node = node.get("items", {})
        elif step is not None:
            node = node.get("properties", {}).get(step, node.get("additionalProperties", {}))
        node = _followed(node, whole)
    return list(node.get("properties", ()))


def _followed(node: Any, whole: Mapping[str, Any]) -> dict[str, Any]:
    """Behind references and unions: the one part that is a table."""
    if not isinstance(node, dict):
        return {}
    for part in (node, *node.get("anyOf", ()), *node.get("oneOf", ())):
        if "$ref" in part:
            return _followed(whole["$defs"][part["$ref"].rsplit("/", 1)[1]], whole)
        if part.get("type") == "array":
            return dict(part)
    return node
