"""The shipped package as one JSON file, made when the project is built, because parsing YAML takes a third of a run.

The file names the hash of the YAML that it was made from. If the YAML has changed since, it is not used: stale
content can only be slower, never different.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAME = "compiled.json"
Row = tuple[str, str, int, dict[str, Any]]
"""Kind, file relative to the package, index in the file, the item."""


def read_compiled(root: Path, digest: str) -> list[Row] | None:
    """The rows, if they were made from exactly this YAML."""
    file = root / NAME
    if not file.is_file():
        return None
    stored = json.loads(file.read_bytes())
    return [tuple(row) for row in stored["rows"]] if stored["hash"] == digest else None


def write_compiled(root: Path, digest: str, rows: list[Row]) -> None:
    """Raises TypeError for content that JSON cannot hold as it is (a date, a key that is no text)."""
    for _, file, _, item in rows:
        _refuse_odd_keys(item, file)
    (root / NAME).write_text(json.dumps({"hash": digest, "rows": rows}, ensure_ascii=False), "utf-8")


def _refuse_odd_keys(value: object, file: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{file}: the key {key!r} is not text; quote it.")
            _refuse_odd_keys(inner, file)
    elif isinstance(value, list):
        for inner in value:
            _refuse_odd_keys(inner, file)
