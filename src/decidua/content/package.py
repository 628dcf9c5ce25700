"""Packages of content: the shipped one, and those that a user adds with `--content DIR`.

A package is a folder of YAML files. Every file is a mapping from a kind (`facts`, `statements`, `options` …)
to a list of items, each with an `id`. Later packages add items; they replace one only where the item says
`replaces: <id>`, and their own ids carry the package's namespace (`<namespace>:…`, in `package.yaml`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from decidua.content.compiled import read_compiled, write_compiled
from decidua.content.places import line_of
from decidua.errors import ContentError

KINDS = (
    "fact_groups", "facts", "constraints", "criteria", "readings", "guidelines", "statements", "options",
    "sources", "discrepancies", "disagreement_kinds", "background", "not_covered", "chances", "indications_of",
    "tables", "claims", "methods", "evidence_links", "plots", "baselines", "outcomes", "comparisons", "harms",
)  # fmt: skip
NOT_CONTENT = re.compile(
    r"(^|/)(package\.yaml|words/[^/]+\.(en|ko)\.yaml|fhir/(mapping|orders)\.yaml|audit/codes\.yaml)$|^synthetic\.yaml$"
)
"""What holds no items: the manifest, the sentences of the interface, how FHIR is read, which code means an option, and
how a synthetic cohort is drawn."""
MAPPINGS = ("fhir/mapping.yaml", "audit/codes.yaml")
"""Of these, what changes which patient is read, and so an answer: they are part of the hash."""


@dataclass(frozen=True)
class Item:
    """One item as written, and where."""

    kind: str
    data: dict[str, Any]
    file: Path
    index: int

    @property
    def id(self) -> str:
        return str(self.data.get("id", "?"))

    def where(self, *path: str | int) -> str:
        """`file:line` of the item, or of a value inside it."""
        return f"{self.file}:{line_of(self.file, (self.kind, self.index, *path))}"


@dataclass(frozen=True)
class Content:
    """All items of all packages, in order, and one hash over every file that was read."""

    items: dict[str, dict[str, Item]]
    hash: str
    roots: tuple[Path, ...]
    problems: tuple[str, ...] = field(default=())

    def of(self, kind: str) -> Iterable[Item]:
        return self.items.get(kind, {}).values()


def shipped() -> Path:
    return Path(str(files("decidua") / "data"))


def load(extra: Sequence[Path] = ()) -> Content:
    """Read the shipped package and the given ones. Problems are collected, not raised: `check` shows them all."""
    digest = hashlib.sha256()
    items: dict[str, dict[str, Item]] = {}
    problems: list[str] = []
    roots = (shipped(), *extra)
    for root in roots:
        if not root.is_dir():
            raise ContentError(f"{root} is not a folder; --content takes a folder of YAML files.")
        package = read_files(root)
        digest.update(hash_of(root, package).encode())
        if root == roots[0]:
            digest.update(b"\0".join((root / name).read_bytes() for name in MAPPINGS if (root / name).exists()))
        rows = read_compiled(root, hash_of(root, package)) if root == roots[0] else None
        if rows is not None:
            for kind, name, index, data in rows:
                items.setdefault(kind, {})[str(data["id"])] = Item(kind, data, root / name, index)
            continue
        namespace = _namespace(root) if root != roots[0] else None
        for file, raw in package.items():
            problems += _add(items, file, raw, namespace)
    return Content(items, digest.hexdigest()[:16], roots, tuple(problems))


def read_files(root: Path) -> dict[Path, bytes]:
    """Every content file of a package, in order of names."""
    files = (file for file in sorted(root.rglob("*.yaml")) if not NOT_CONTENT.search(file.relative_to(root).as_posix()))
    return {file: file.read_bytes() for file in files}


def hash_of(root: Path, package: Mapping[Path, bytes]) -> str:
    digest = hashlib.sha256()
    for file, raw in package.items():
        digest.update(str(file.relative_to(root)).encode() + b"\0" + raw + b"\0")
    return digest.hexdigest()


def compile_package(root: Path) -> None:
    """Write the package's compiled form; a package with problems is left uncompiled, so that they are seen."""
    package = read_files(root)
    items: dict[str, dict[str, Item]] = {}
    problems = [problem for file, raw in package.items() for problem in _add(items, file, raw, None)]
    rows = [
        (item.kind, str(item.file.relative_to(root)), item.index, item.data)
        for shelf in items.values()
        for item in shelf.values()
    ]
    if not problems:
        write_compiled(root, hash_of(root, package), rows)


def _namespace(root: Path) -> str:
    manifest = root / "package.yaml"
    if not manifest.is_file():
        raise ContentError(f"{root} has no package.yaml; write one with `namespace: your-name`.")
    namespace = (yaml.load(manifest.read_text("utf-8"), Loader=yaml.CSafeLoader) or {}).get("namespace")
    if not isinstance(namespace, str) or not namespace.isascii():
        raise ContentError(f"{manifest}: `namespace` must be a short ascii word.")
    return namespace


def _add(items: dict[str, dict[str, Item]], file: Path, raw: bytes, namespace: str | None) -> list[str]:
    try:
        loaded = yaml.load(raw, Loader=yaml.CSafeLoader) or {}
    except yaml.YAMLError as error:
        return [f"{file}: not readable as YAML: {' '.join(str(error).split())}"]
    if not isinstance(loaded, dict):
        return [f"{file}:1: a content file is a mapping from a kind to a list of items."]
    problems = []
    for kind, entries in loaded.items():
        if kind not in KINDS:
            problems.append(f"{file}:{line_of(file, (kind,))}: unknown kind '{kind}'; allowed are {', '.join(KINDS)}.")
            continue
        for index, data in enumerate(entries or []):
            problem = _place(items.setdefault(kind, {}), Item(kind, data, file, index), namespace)
            problems += [problem] if problem else []
    return problems


def _place(shelf: dict[str, Item], item: Item, namespace: str | None) -> str | None:
    if not isinstance(item.data, dict) or "id" not in item.data:
        return f"{item.where()}: an item of '{item.kind}' needs an `id`."
    replaces = item.data.pop("replaces", None)
    if replaces is not None:
        if replaces not in shelf:
            return f"{item.where()}: replaces '{replaces}', which no earlier package has."
        shelf[replaces] = Item(item.kind, {**item.data, "id": replaces}, item.file, item.index)
        return None
    if item.id in shelf:
        return f"{item.where()}: id '{item.id}' stands already at {shelf[item.id].where()}; ids are unique."
    if namespace and not _in_namespace(item, namespace):
        return f"{item.where()}: id '{item.id}' of an added package must begin with '{namespace}'."
    shelf[item.id] = item
    return None


def _in_namespace(item: Item, namespace: str) -> bool:
    name = item.id.removeprefix("test:")
    return name.startswith((namespace, namespace.replace("-", "_")))
