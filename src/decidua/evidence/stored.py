"""Stored verdicts: what `decidua reproduce --write` found, read without NumPy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from decidua.content.package import shipped
from decidua.evidence.verdict import Verdict

NAME = Path("evidence") / "verdicts.json"


def read_verdicts(root: Path | None = None) -> dict[str, Verdict]:
    """By claim; empty where none are stored."""
    file = (root or shipped()) / NAME
    if not file.is_file():
        return {}
    rows = json.loads(file.read_text("utf-8"))["verdicts"]
    found = [Verdict(**{**row, "matching": tuple(row["matching"])}) for row in rows]
    return {verdict.claim: verdict for verdict in found}


def write_verdicts(verdicts: Iterable[Verdict], root: Path | None = None) -> Path:
    """One verdict a line, in the order of the tables."""
    lines = ",\n".join(json.dumps(asdict(verdict), ensure_ascii=False) for verdict in verdicts)
    file = (root or shipped()) / NAME
    file.write_text(f'{{"verdicts": [\n{lines}\n]}}\n', "utf-8")
    return file


def counts(verdicts: Iterable[Verdict]) -> Mapping[str, int]:
    """How many of each verdict, in a fixed order."""
    words = [verdict.word for verdict in verdicts]
    return {word: words.count(word) for word in ("exact", "rounding", "mismatch", "not-recomputable")}
