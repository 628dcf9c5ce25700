"""The content as written, walked: every mapping with its path, every id, every citation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from decidua.check.problem import Step
from decidua.content import Content, Item

CITING = ("cites", "definition_cites", "places")


@dataclass(frozen=True)
class Cite:
    """One citation as written; `id` is the nearest id around it, `section` the key under which that id stands."""

    item: Item
    path: tuple[Step, ...]
    id: str
    section: str
    data: Mapping[str, Any]

    @property
    def lines(self) -> tuple[int, ...]:
        written = self.data.get("lines") or ()
        return tuple(line for line in written if isinstance(line, int))


def items(content: Content) -> Iterator[Item]:
    for kind in content.items:
        yield from content.of(kind)


def mappings(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Mapping[str, Any]]]:
    """Every mapping below a value, itself included, with its path."""
    if isinstance(value, Mapping):
        yield path, value
        for key, below in value.items():
            yield from mappings(below, (*path, str(key)))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from mappings(below, (*path, index))


def inner_ids(item: Item) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Ids of the cited entries inside an item (an option's safety, a guideline's items …)."""
    for path, mapping in mappings(item.data):
        if path and isinstance(mapping.get("id"), str):
            yield path, mapping["id"]


def all_ids(content: Content) -> set[str]:
    inner = {id_ for item in items(content) for _, id_ in inner_ids(item)}
    return inner | {item.id for item in items(content)}


def cites(content: Content) -> Iterator[Cite]:
    """Every citation of a content, withdrawn statements left out."""
    for item in items(content):
        if not item.data.get("withdrawn_because"):
            yield from _cites(item, item.data, (), item.id, item.kind)


def _cites(item: Item, value: Any, path: tuple[Step, ...], id_: str, section: str) -> Iterator[Cite]:
    if isinstance(value, list):
        for index, below in enumerate(value):
            yield from _cites(item, below, (*path, index), id_, section)
    if not isinstance(value, Mapping):
        return
    id_ = str(value.get("id", id_))
    for key, below in value.items():
        if key in CITING and isinstance(below, list):
            found = ((i, one) for i, one in enumerate(below) if isinstance(one, Mapping))
            yield from (
                Cite(item, (*path, key, i), id_, section if key == "cites" else str(key), one) for i, one in found
            )
        else:
            inside = str(key) if isinstance(below, list) else section
            yield from _cites(item, below, (*path, str(key)), id_, inside)
