"""Appraisal files for tests: one that contradicts nothing, and changes to it."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from decidua.appraisal.grade import Appraised, Shipped, appraise, read_appraisal, read_shipped
from decidua.content import load
from decidua.reports.grade.body import bodies_of

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "appraisal"
DOMAINS = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
Change = tuple[tuple[str | int, ...], Any]
"""Where in the file, and what stands there instead; None: nothing."""

NUMBERS = {
    "measure": "RR", "estimate": 0.7, "lower": 0.62, "upper": 0.79, "source": "made up", "studies": 4,
    "participants": 6000, "events": 1100, "i2": 10, "q_p": 0.4,
}  # fmt: skip
BASE: dict[str, Any] = {
    "kind": "grade",
    "title": "made up",
    "question": {"population": "p", "intervention": "i", "comparison": "c"},
    "judged_by": {"role": "a test", "date": "2026-11-22"},
    "outcomes": [
        {
            "id": "loss", "name": "loss", "kind": "benefit", "importance": {"value": 9, "set_by": "a test"},
            "design": "randomised", "start": {"level": "high", "because": "trials"}, "body": {"numbers": NUMBERS},
            "thresholds": {
                "baseline": {"per_1000": 210, "because": "b"}, "important": {"per_1000": [30], "because": "b"},
            },
            "domains": {name: {"judgement": 0, "reason": "r"} for name in DOMAINS},
        },
        {"id": "bleeding", "name": "bleeding", "kind": "harm", "importance": {"value": 5, "set_by": "a test"}},
    ],
}  # fmt: skip
LOSS = ("outcomes", 0)


def changed(*changes: Change) -> dict[str, Any]:
    """The base with changes, in order."""
    whole = copy.deepcopy(BASE)
    for (*steps, last), value in changes:
        node: Any = whole
        for step in steps:
            node = node[step] if isinstance(node, list) else node.setdefault(step, {})
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    return whole


def write(folder: Path, data: object) -> Path:
    file = folder / "appraisal.yaml"
    text = data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    file.write_text(text, "utf-8")
    return file


@cache
def shipped() -> Shipped:
    return read_shipped(load())


def appraised(file: Path) -> Appraised:
    given = read_appraisal(file)
    return appraise(given, bodies_of(file, given, shipped(), "en"))
