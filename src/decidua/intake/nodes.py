"""From text to a small tree of scalars, lists and tables that know their lines.

Scalars stay the text that stands in the file: YAML 1.1 would read `6:00` as 360, `010` as 8, and `no` as a
boolean. The tags of the composed nodes only tell null, and which keys are text. Before anything is composed,
the events are looked through for what a patient file never needs and a hostile one may use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
)
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from decidua.errors import PatientSyntaxError
from decidua.intake.problems import Problems, clean, quoted

DEPTH = 20
KEYS = 2000
NODES = 10_000
_TAG = "tag:yaml.org,2002:"
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


@dataclass(frozen=True)
class Scalar:
    text: str | None
    """As written, white space collapsed to single spaces; None for null or nothing."""
    line: int


@dataclass(frozen=True)
class Listing:
    items: tuple[Tree, ...]
    line: int


@dataclass(frozen=True)
class Entry:
    key: str
    value: Tree
    line: int


@dataclass(frozen=True)
class Table:
    entries: tuple[Entry, ...]
    line: int


Tree = Scalar | Listing | Table


def read_table(text: str, problems: Problems, *, any_key: bool = False) -> Table:
    """The mapping at the top of a YAML or JSON text. Raises PatientSyntaxError, all duplicates at once.

    any_key: keys that YAML takes for a number or a yes are their text, too.
    """
    text = _joined_pairs(text) if text.lstrip()[:1] in ("{", "[") else text
    root = _composed(text, problems.name)
    if root is None or (isinstance(root, ScalarNode) and root.tag == f"{_TAG}null"):
        raise PatientSyntaxError("error.file-empty", where=problems.name)
    if not isinstance(root, MappingNode):
        raise PatientSyntaxError("error.file-not-mapping", where=problems.where(_line(root)))
    if _key_count(root) > KEYS:
        raise PatientSyntaxError("error.yaml-many", where=problems.name, keys=KEYS, nodes=NODES)
    table = _table(root, problems, any_key)
    problems.raise_any()
    return table


def _joined_pairs(text: str) -> str:
    r"""JSON writes one character beyond U+FFFF as two `\u` escapes, which YAML refuses."""

    def joined(match: re.Match[str]) -> str:
        high, low = int(match[2], 16), int(match[3], 16)
        return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + low - 0xDC00:08x}"

    return _PAIR.sub(joined, text)


def _composed(text: str, name: str) -> Node | None:
    try:
        _guard(text, name)
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.encode("utf-8").count(b"\n", 0, error.position) + 1
        raise PatientSyntaxError("error.yaml-character", where=f"{name}:{line}") from None
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, name) from None


def _not_yaml(error: yaml.MarkedYAMLError, name: str) -> PatientSyntaxError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = quoted(error.problem or error.context or "-")
    return PatientSyntaxError("error.yaml", where=f"{name}:{line}", column=column, problem=problem)


def _guard(text: str, name: str) -> None:
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        nodes += isinstance(event, NodeEvent)
        documents += isinstance(event, DocumentStartEvent)
        key = _refusal(event, depth, nodes, documents)
        if key:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise PatientSyntaxError(key, where=f"{name}:{line}", depth=DEPTH, keys=KEYS, nodes=NODES)


def _refusal(event: Event, depth: int, nodes: int, documents: int) -> str | None:
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        return "error.yaml-alias"
    if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
        return "error.yaml-tag"
    if depth > DEPTH:
        return "error.yaml-depth"
    if nodes > NODES:
        return "error.yaml-many"
    return "error.yaml-documents" if documents > 1 else None


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _tree(node: Node, problems: Problems, any_key: bool) -> Tree:
    if isinstance(node, MappingNode):
        return _table(node, problems, any_key)
    if isinstance(node, SequenceNode):
        return Listing(tuple(_tree(item, problems, any_key) for item in node.value), _line(node))
    return Scalar(None if node.tag == f"{_TAG}null" else clean(node.value), _line(node))


def _table(node: MappingNode, problems: Problems, any_key: bool) -> Table:
    entries: dict[str, Entry] = {}
    for key, value in node.value:
        line = _line(key)
        if not isinstance(key, ScalarNode) or (key.tag != f"{_TAG}str" and not any_key):
            problems.syntax("error.key-not-text", line, key=key.value if isinstance(key, ScalarNode) else "?")
        elif key.value in entries:
            first = entries[key.value].line
            problems.syntax("error.key-twice", line, key=key.value, first=first, second=line)
        else:
            entries[key.value] = Entry(key.value, _tree(value, problems, any_key), line)
    return Table(tuple(entries.values()), _line(node))


def _key_count(node: Node) -> int:
    if isinstance(node, MappingNode):
        return sum(1 + _key_count(value) for _, value in node.value)
    if isinstance(node, SequenceNode):
        return sum(_key_count(item) for item in node.value)
    return 0
