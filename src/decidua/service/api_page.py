"""The description of the API as a page asks for it: operations by section, schemas as tables of properties."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Part = Mapping[str, Any]


@dataclass(frozen=True)
class Property:
    """A parameter or a property of a schema. `kinds`: its type in words of JSON; `schema`: of its parts, if any."""

    name: str
    kinds: str
    schema: str | None
    required: bool
    says: str


@dataclass(frozen=True)
class Body:
    media: str
    kinds: str
    schema: str | None
    properties: tuple[Property, ...]
    example: str | None


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Property, ...]
    body_says: str
    bodies: tuple[Body, ...]
    answer: Body | None
    errors: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    name: str
    says: str
    operations: tuple[Operation, ...]


def sections(description: Part) -> tuple[Section, ...]:
    found = [
        _operation(path, method, said) for path, methods in description["paths"].items()
        for method, said in methods.items()
    ]  # fmt: skip
    return tuple(
        Section(tag["name"], tag["description"], tuple(one for name, one in found if name == tag["name"]))
        for tag in description["tags"]
    )


def schemas(description: Part) -> dict[str, tuple[Property, ...]]:
    """Every shape of an answer, by name."""
    return {name: properties(schema) for name, schema in sorted(description["components"]["schemas"].items())}


def _operation(path: str, method: str, said: Part) -> tuple[str, Operation]:
    request = said.get("requestBody", {})
    answers = said["responses"]
    answer = [_body(media, shape) for media, shape in answers["200"].get("content", {}).items()]
    return said["tags"][0], Operation(
        said["operationId"], method.upper(), path, said.get("summary", ""), said.get("description", ""),
        tuple(_parameter(one) for one in said.get("parameters", ())), request.get("description", ""),
        tuple(_body(media, shape) for media, shape in request.get("content", {}).items()),
        answer[0] if answer else None,
        tuple((code, told["description"]) for code, told in sorted(answers.items()) if code >= "400"),
    )  # fmt: skip


def _parameter(said: Part) -> Property:
    kinds, schema = kinds_of(said["schema"])
    return Property(said["name"], kinds, schema, said.get("required", False), said.get("description", ""))


def _body(media: str, shape: Part) -> Body:
    kinds, schema = kinds_of(shape["schema"])
    example = shape.get("example")
    shown = (
        example if isinstance(example, str) or example is None else json.dumps(example, ensure_ascii=False, indent=2)
    )
    return Body(media, kinds, schema, properties(shape["schema"]), shown)


def properties(schema: Part) -> tuple[Property, ...]:
    required = schema.get("required", ())
    return tuple(
        Property(name, *kinds_of(said), name in required, said.get("description", ""))
        for name, said in schema.get("properties", {}).items()
    )


def kinds_of(schema: Part) -> tuple[str, str | None]:
    """A type in short, and the named schema inside it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, name
    if "const" in schema or "enum" in schema:
        return " | ".join(
            json.dumps(one, ensure_ascii=False) for one in schema.get("enum", [schema.get("const")])
        ), None
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _joined([kinds_of(one) for one in schema[several]])
    return _plain(schema)


def _plain(schema: Part) -> tuple[str, str | None]:
    kind = schema.get("type", "any")
    kinds = " | ".join(kind) if isinstance(kind, list) else kind
    inner = schema.get("items") or (schema.get("additionalProperties") if kind == "object" else None)
    if isinstance(inner, Mapping) and inner:
        shape, name = kinds_of(inner)
        return f"{kinds} of {shape}", name
    return kinds, None


def _joined(parts: list[tuple[str, str | None]]) -> tuple[str, str | None]:
    return " | ".join(dict.fromkeys(kinds for kinds, _ in parts)), next((name for _, name in parts if name), None)
