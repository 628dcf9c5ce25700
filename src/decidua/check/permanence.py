"""Ids are permanent: `ids.tsv` of a package lists every id ever released, and none of them may vanish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from decidua.check.problem import Problem
from decidua.check.raw import inner_ids, items
from decidua.content import Content

NAME = "ids.tsv"
INNER = "entries"
"""The kind under which ids inside items (an option's safety, a guideline's items) are listed."""
Released = tuple[str, str]


def permanence_problems(content: Content) -> Iterator[Problem]:
    """Gone ids are errors (withdraw or supersede instead); new ones a warning until they are listed."""
    for root in content.roots:
        file = root / NAME
        if not file.is_file():
            if root == content.roots[0]:
                yield Problem(str(file), 1, NAME, "warning", "does not exist yet; run `decidua check --write-ids`.")
            continue
        here, anywhere = ids_of(content, root), ids_of(content)
        listed = read_ids(file)
        for line, released in enumerate(listed, start=2):
            if released not in anywhere:
                message = "was released and is gone; put it back, as withdrawn or superseded if it must rest."
                yield Problem(str(file), line, released[1], "error", message)
        for kind, id_ in sorted(here - set(listed)):
            message = f"is a new id of {kind} and not yet in {NAME}; run `decidua check --write-ids` before a release."
            yield Problem(str(file), 1, id_, "warning", message)


def ids_of(content: Content, root: Path | None = None) -> set[Released]:
    """(kind, id) of everything in the content, or of what stands in the files of one package. Withdrawn ones count."""
    found: set[Released] = set()
    for item in items(content):
        if root is None or item.file.is_relative_to(root):
            found.add((item.kind, item.id))
            found |= {(INNER, id_) for _, id_ in inner_ids(item)}
    return found


def read_ids(file: Path) -> list[Released]:
    rows = [line.split("\t") for line in file.read_text("utf-8").splitlines()[1:] if line]
    return [(row[0], row[1]) for row in rows]


def write_ids(content: Content, root: Path | None = None) -> Path:
    """Add the ids of one package (the shipped one) to its list. Nothing is ever taken from the list."""
    base = root or content.roots[0]
    file = base / NAME
    every = ids_of(content, base) | (set(read_ids(file)) if file.is_file() else set())
    file.write_text("kind\tid\n" + "".join(f"{kind}\t{id_}\n" for kind, id_ in sorted(every)), "utf-8")
    return file
