"""A small sound content in a folder of its own, which each test breaks in one place."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from decidua.check import Problem, inspect, write_ids
from decidua.content import load
from decidua.content.places import _root
from decidua.guidelines import Knowledge, read_knowledge

Data = dict[str, list[dict[str, Any]]]
Change = Callable[[Data], object]


def text(en: str = "words", ko: str = "글") -> dict[str, str]:
    return {"en": en, "ko": ko}


CITES = [{"source": "lee-2025-talk", "place": "somewhere", "lines": [3]}]


def fact(id_: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "group": "g", "type": type_, "ask": "ask", "label": text(id_), **more}


def statement(id_: str, population: Any, **more: Any) -> dict[str, Any]:
    yes, unknown = {"given": {"losses": 5, "fever": True}, "is": "applies"}, {"given": {}, "is": "undetermined"}
    given = {
        "id": id_, "options": ["drug"], "kind": "recommendation", "verb": "should", "answer": "recommended",
        "because": text(), "says": text(), "population": population, "cites": CITES, "examples": [yes, unknown],
    }  # fmt: skip
    return {key: value for key, value in {**given, **more}.items() if value is not None}


def reading(id_: str, *slugs: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_, "kind": "connector", "bears_on": "answer", "says": text(), "question": text(f"which of {id_}?"),
        "alternatives": {slug: text(slug) for slug in slugs}, "cites": CITES, **more,
    }  # fmt: skip


BASE: Data = {
    "sources": [{"id": "lee-2025-talk", "title": text(), "kind": "talk", "read": "whole"}],
    "fact_groups": [{"id": "g", "label": text(), "absence": text()}],
    "facts": [
        fact("losses", "integer", possible=[0, 40], codes=[
            {"system": "LOINC", "code": "11612-9", "display": "losses", "status": "verified"}
        ]),
        fact("clinical_losses", "integer", possible=[0, 40]),
        fact("fever", "boolean"),
        fact("marker", "choice", choices=["raised", "not-raised"], ask="test"),
        fact("level", "number", units=[{"code": "mg/dL", "label": "mg/dL"}], ask="test"),
    ],
    "constraints": [{"id": "within", "sum": ["clinical_losses"], "at_most": "losses", "says": text()}],
    "guidelines": [{
        "id": "soc-1", "name": text(), "society": "S", "year": 2000, "definition": "losses >= 2",
        "definition_says": text(), "definition_cites": CITES, "basis": text(),
    }],
    "readings": [reading("soc-1.connector", "or", "and")],
    "options": [{"id": "drug", "kind": "treatment", "label": text("the drug")}],
    "statements": [
        statement("soc-1.drug.main", {
            "reading": "soc-1.connector",
            "or": "losses >= 4 or marker = 'raised' or fever",
            "and": "losses >= 4 and (marker = 'raised' or level > 5 'mg/dL' or fever)",
        })
    ],
}  # fmt: skip


class Bench:
    """Writes the base content, changed, and checks it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, change: Change | None = None) -> None:
        data = deepcopy(BASE)
        if change:
            change(data)
        written = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        (self.root / "content.yaml").write_text(written, "utf-8")
        _root.cache_clear()

    def knowledge(self, change: Change | None = None) -> Knowledge:
        self.write(change)
        return read_knowledge()

    def problems(self, change: Change | None = None, ids: bool = True) -> list[Problem]:
        self.write(change)
        if ids:
            write_ids(load())
        return inspect()[1]

    def one(self, change: Change, severity: str = "error") -> Problem:
        """The single problem of that severity; the test fails if there is none or another."""
        found = [problem for problem in self.problems(change) if problem.severity == severity]
        assert len(found) == 1, [str(problem) for problem in found]
        return found[0]
