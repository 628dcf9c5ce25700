"""Every id that a content names must exist, and every citation must point somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from decidua.check.problem import Problem, Step, at, near
from decidua.check.raw import all_ids, cites, inner_ids, items
from decidua.content import Content, Item
from decidua.content.places import duplicates_in
from decidua.guidelines import Knowledge

ANY = "items"
"""A reference to whatever has an id."""

POINTERS: Mapping[str, Mapping[str, str]] = {
    "statements": {
        "options": "options", "refines": "statements", "readings": "readings", "superseded_by": "statements",
        "evidence": ANY, "regimens.*.readings": "readings", "regimens.*.timing_readings": "readings",
    },
    "readings": {"touches": ANY},
    "discrepancies": {"touches": ANY, "reading": "readings"},
    "options": {
        "parent": "options", "combines": "options", "decides": "facts", "done_fact": "facts",
        "before.*.guidelines": "guidelines",
    },
    "facts": {"test": "options"},
    "constraints": {"sum": "facts", "at_most": "facts", "if": "facts", "then": "facts", "if_known": "facts"},
}  # fmt: skip
"""Kind → where it points (`*` is each entry of a list) → the kind of what must exist there."""

SOURCE_LINES = {"lee-2025-talk": 687}
"""Sources of which a text is kept, with its number of lines."""


def reference_problems(knowledge: Knowledge) -> Iterator[Problem]:
    content = knowledge.content
    known: dict[str, Collection[str]] = {kind: set(shelf) for kind, shelf in content.items.items()}
    known[ANY] = all_ids(content)
    for item in items(content):
        for pointer, kind in POINTERS.get(item.kind, {}).items():
            for path, name in _named(item.data, tuple(pointer.split(".")), ()):
                if name not in known.get(kind, ()):
                    yield at(item, path, _missing(name, kind, known.get(kind, ())))
    yield from _citations(content)
    yield from _settled(knowledge)
    yield from _twice(content)


def _missing(name: str, kind: str, known: Collection[str]) -> str:
    return f"names '{name}', which is not among the {kind}{near(name, known)}; correct the id or add it."


def _named(value: Any, steps: tuple[str, ...], path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str]]:
    """The ids that stand at a pointer; `then` of a constraint may be `fact = 'choice'`."""
    if not steps:
        for i, one in enumerate(value if isinstance(value, list) else [value]):
            yield (*path, *((i,) if isinstance(value, list) else ())), str(one).split(" = ")[0]
    elif steps[0] == "*":
        for i, below in enumerate(value or []):
            yield from _named(below, steps[1:], (*path, i))
    elif isinstance(value, Mapping) and value.get(steps[0]) is not None:
        yield from _named(value[steps[0]], steps[1:], (*path, steps[0]))


def _citations(content: Content) -> Iterator[Problem]:
    sources = content.items.get("sources", {})
    for cite in cites(content):
        source = str(cite.data.get("source"))
        if source not in sources:
            yield at(
                cite.item,
                cite.path,
                f"cites '{source}', which is not among the sources{near(source, sources)}.",
            )
        last = SOURCE_LINES.get(source)
        outside = [line for line in cite.lines if last is not None and not 1 <= line <= last]
        if outside:
            yield at(cite.item, cite.path, f"cites lines {outside} of {source}, which has lines 1 to {last}.")
        if last is not None and not cite.lines:
            yield at(cite.item, cite.path, f"cites {source} without lines; give them, the text is kept.", "warning")


def _settled(knowledge: Knowledge) -> Iterator[Problem]:
    for reading in knowledge.readings.values():
        if reading.settled is not None and reading.settled not in reading.alternatives:
            allowed = ", ".join(reading.alternatives)
            item = knowledge.content.items["readings"][reading.id]
            yield at(item, ["settled"], f"is settled as '{reading.settled}'; its alternatives are {allowed}.")


def _twice(content: Content) -> Iterator[Problem]:
    """Ids of inner entries that stand twice (one would hide the other), and keys that stand twice in one mapping."""
    seen: dict[str, Item] = {}
    for item in items(content):
        for path, id_ in inner_ids(item):
            if id_ in seen:
                yield at(
                    item,
                    path,
                    f"the id '{id_}' stands already in {seen[id_].id}; ids are unique, choose another.",
                )
            seen.setdefault(id_, item)
    for file in sorted({item.file for item in items(content)}):
        for key, first, second in duplicates_in(file):
            message = (
                f"the key '{key}' stands already on line {first} of the same mapping; the first is lost, join them."
            )
            yield Problem(str(file), second, key, "error", message)
